/** One response, from its request to the end of the last stream of its chain of client tool calls. */
import { batch } from '@preact/signals-core';
import type { ClientToolCallItem, ThreadItem, ThreadStreamEvent } from '../protocol/generated';
import { IntegrationError } from '../events';
import type { Params } from '../transport/client';
import { NetworkError, ReplyError, StreamError } from '../transport/errors';
import type { History } from './history';
import { threadInfo, type Signals, type Surroundings } from './signals';
import type { Timeline } from './timeline';

type StreamingType =
  | 'threads.create'
  | 'threads.add_user_message'
  | 'threads.add_client_tool_output'
  | 'threads.add_structured_input'
  | 'threads.retry_after_item'
  | 'threads.custom_action';

/** Milliseconds of silence after a finished item until the person is told that more is to come. */
const LULL_MS = 300;

/** A request that is answered by a stream. */
export type Opening = {
  [Type in StreamingType]: { readonly type: Type; readonly params: Params<Type> };
}[StreamingType];

/** How a response ended. */
export type Outcome = {
  /** The server had begun to answer. */
  readonly accepted: boolean;
  /** Null for a good end and for a stop. */
  readonly error: Error | null;
};

/** Told while the response runs, before the events of the element that go with it. */
export type TurnListener = {
  /** The server says that it failed; more may follow. */
  onFailed(error: StreamError): void;
  onEnd(outcome: Outcome): void;
};

export class Turn {
  /** Resolves with the first event; rejects if there is none. */
  readonly accepted: Promise<void>;
  readonly finished: Promise<Outcome>;
  #accept!: () => void;
  #refuse!: (error: Error) => void;
  #finish!: (outcome: Outcome) => void;
  readonly #request = new AbortController();
  #isAccepted = false;
  #isOver = false;
  /** An `error` event has come. */
  #error: StreamError | null = null;
  #call: ClientToolCallItem | null = null;
  #lull: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly around: Surroundings,
    private readonly signals: Signals,
    private readonly timeline: Timeline,
    private readonly history: History,
    private readonly listener: TurnListener,
    opening: Opening,
  ) {
    this.accepted = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    // Whoever waits only for the end must not see an unhandled rejection.
    this.accepted.catch(() => undefined);
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    batch(() => {
      signals.phase.value = 'sending';
      signals.canStop.value = false;
      signals.stopped.value = false;
      signals.progress.value = null;
      signals.failure.value = null;
      signals.notices.value = [];
    });
    around.emit('chatkit.response.start');
    void this.#run(opening);
  }

  /** Ends the response here and now, keeping what has been said. */
  stop(): void {
    if (this.#isOver) return;
    this.signals.stopped.value = true;
    this.#end(null);
    this.#request.abort();
  }

  async #run(opening: Opening): Promise<void> {
    try {
      await this.#read(opening);
      while (this.#call && !this.#over()) {
        const call = this.#call;
        this.#call = null;
        const result = await this.#callTool(call);
        if (this.#over()) return;
        const params = { thread_id: call.thread_id, result };
        await this.#read({ type: 'threads.add_client_tool_output', params });
      }
      this.#end(this.#error);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  async #read({ type, params }: Opening): Promise<void> {
    let empty = true;
    for await (const events of this.around.client.stream(type, params, this.#request.signal)) {
      // An app's fetch may not pass our signal on; then stopping is done here.
      if (this.#over()) return;
      empty = false;
      batch(() => {
        for (const event of events) this.#apply(event);
        if (this.signals.phase.value === 'sending') this.signals.phase.value = 'waiting';
      });
      this.timeline.drawSoon();
      this.#watchForLull();
      if (!this.#isAccepted) {
        this.#isAccepted = true;
        this.#accept();
      }
    }
    if (this.#over()) return;
    if (empty) throw new ReplyError(`The stream of ${type} ended before its first event.`);
    // A growing item without its end was not stored: what is on screen would be gone after a reload.
    if (this.timeline.settle() && !this.#error)
      throw new NetworkError(`The stream of ${type} ended half-way.`, true);
  }

  /** An answer with a tool in its middle is silent for a while: that is waiting, not the end. */
  #watchForLull(): void {
    clearTimeout(this.#lull);
    if (this.signals.phase.value !== 'streaming' || this.timeline.isGrowing) return;
    this.#lull = setTimeout(() => (this.signals.phase.value = 'waiting'), LULL_MS);
  }

  /** A method because the compiler thinks that a field cannot change during an await. */
  #over(): boolean {
    return this.#isOver;
  }

  #apply(event: ThreadStreamEvent): void {
    const { signals, timeline, around } = this;
    if (event.type === 'thread.item.updated') {
      if (!timeline.update(event.item_id, event.update))
        this.#log('stream.unknown_item', { id: event.item_id });
      // An added message or part is still empty.
      else if (event.update.type !== 'assistant_message.content_part.added')
        signals.phase.value = 'streaming';
      return;
    }
    this.#log('stream.event', { type: event.type });
    switch (event.type) {
      case 'thread.created':
      case 'thread.updated': {
        const info = threadInfo(event.thread);
        const isNew = signals.threadId.value !== info.id;
        signals.threadId.value = info.id;
        signals.thread.value = info;
        this.history.put(info);
        if (isNew) around.emit('chatkit.thread.change', { threadId: info.id });
        break;
      }
      case 'thread.item.added':
        this.#put(event.item, true);
        break;
      case 'thread.item.done':
        this.#put(event.item, false);
        break;
      case 'thread.item.replaced':
        timeline.put(event.item);
        break;
      case 'thread.item.removed':
        timeline.remove(event.item_id);
        break;
      case 'stream_options':
        signals.canStop.value = event.stream_options.allow_cancel;
        break;
      case 'progress_update':
        signals.progress.value = { text: event.text, icon: event.icon ?? null };
        break;
      case 'client_effect':
        around.emit('chatkit.effect', { name: event.name, data: event.data });
        break;
      case 'notice':
        signals.notices.value = [
          ...signals.notices.value,
          { level: event.level, title: event.title ?? null, message: event.message },
        ];
        break;
      case 'error':
        this.#error = new StreamError(event.code, event.message ?? null, event.allow_retry);
        this.listener.onFailed(this.#error);
        around.emit('chatkit.error', { error: this.#error });
        break;
    }
  }

  #put(item: ThreadItem, growing: boolean): void {
    if (item.type === 'user_message') this.timeline.confirmPending(item);
    else this.timeline.put(item, growing);
    if (item.type === 'client_tool_call') {
      if (item.status === 'pending') this.#call = item;
      return;
    }
    if (item.type === 'user_message' || item.type === 'end_of_turn') return;
    this.signals.progress.value = null;
    if (!growing || item.type !== 'assistant_message') this.signals.phase.value = 'streaming';
  }

  /** Asks the page, and turns every way to fail into a result that the assistant can read (protocol.md §10). */
  async #callTool({ name, arguments: params }: ClientToolCallItem): Promise<unknown> {
    try {
      const handler = this.around.clientTool();
      if (!handler)
        throw new IntegrationError(`onClientTool is not set, so the call of ${name} cannot be answered.`);
      const result: unknown = await handler({ name, params });
      // Here rather than while sending: a result that is not JSON is the handler's mistake.
      return result === undefined ? null : (JSON.parse(JSON.stringify(result)) as unknown);
    } catch (cause) {
      const error = cause instanceof Error ? cause : new IntegrationError(String(cause));
      this.around.emit('chatkit.error', { error });
      return { error: { message: error.message } };
    }
  }

  #end(error: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#lull);
    const { signals, timeline, around } = this;
    const outcome: Outcome = { accepted: this.#isAccepted, error };
    batch(() => {
      timeline.settle();
      signals.phase.value = 'idle';
      signals.canStop.value = false;
      signals.progress.value = null;
      this.listener.onEnd(outcome);
    });
    if (!outcome.accepted) this.#refuse(error ?? new Error('The response was stopped before it began.'));
    this.#finish(outcome);
    if (error && error !== this.#error) around.emit('chatkit.error', { error });
    around.emit('chatkit.response.end');
  }

  #log(name: string, data: Record<string, unknown>): void {
    this.around.emit('chatkit.log', { name, data });
  }
}
