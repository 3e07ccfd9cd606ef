/** One response, from its request to the end of the last stream of its chain of client tool calls. */
import { batch } from '@preact/signals-core';
import type { ClientToolCallItem, ThreadItem, ThreadStreamEvent } from '../protocol/generated';
import { newTurnId, placeIn, type Params, type Place } from '../transport/client';
import { later } from '../transport/later';
import { NetworkError, ReplyError, StreamError } from '../transport/errors';
import { fetchOthers, needsOthers } from './fold';
import type { History } from './history';
import { Drops } from './resuming';
import { threadInfo, type Signals, type Surroundings } from './signals';
import type { Timeline } from './timeline';

type StreamingType =
  | 'threads.create'
  | 'threads.add_user_message'
  | 'threads.add_client_tool_output'
  | 'threads.add_structured_input'
  | 'threads.retry_after_item'
  | 'threads.custom_action'
  | 'threads.attach';

/** Milliseconds of silence after a finished item until the person is told that more is to come. */
const LULL_MS = 300;

/** Milliseconds without any answer after which it can be given up: some are never given. */
const SILENCE_MS = 10_000;

/** What always gets an answer: a stream that ends without one has perhaps been cut off. */
const QUESTIONS = ['threads.create', 'threads.add_user_message', 'threads.retry_after_item'];

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
  /** The server is known to keep turns running without their reader. */
  resumes(): boolean;
  /** This turn goes on without its reader. */
  onResumable(): void;
  /** The server says that it failed; more may follow. */
  onFailed(error: StreamError): void;
  onEnd(outcome: Outcome): void;
  /** Shows the thread as the server has it. */
  reload(): Promise<void>;
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
  /** A stream is open, or being sought again. */
  #isReading = false;
  /** The server has not said that it may not be stopped. */
  #mayStop = true;
  /** The stream has brought something of an answer. */
  #isAnswered = false;
  /** An `error` event has come. */
  #error: StreamError | null = null;
  /** Calls that wait for the page, by the id of their item. */
  readonly #calls = new Map<string, ClientToolCallItem>();
  #lull: ReturnType<typeof setTimeout> | undefined;

  /** `opening` is a request, or calls that were left without an answer by an earlier visit. */
  constructor(
    private readonly around: Surroundings,
    private readonly signals: Signals,
    private readonly timeline: Timeline,
    private readonly history: History,
    private readonly listener: TurnListener,
    private readonly opening: Opening | readonly ClientToolCallItem[],
    private place: Place = placeIn(newTurnId()),
  ) {
    this.accepted = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    // Whoever waits only for the end must not see an unhandled rejection.
    this.accepted.catch(() => undefined);
    this.finished = new Promise((resolve) => (this.#finish = resolve));
    batch(() => {
      signals.phase.value = !this.isJoining ? 'sending' : timeline.isGrowing ? 'streaming' : 'waiting';
      signals.canStop.value = false;
      signals.canLeave.value = this.isJoining;
      signals.stopped.value = false;
      signals.progress.value = null;
      signals.failure.value = null;
      signals.notices.value = [];
    });
    around.emit('chatkit.response.start');
    // Where nothing at all comes, the person may give it up.
    this.#lull = setTimeout(() => (signals.canStop.value = true), SILENCE_MS);
    void this.#run();
  }

  get turnId(): string {
    return this.place.turnId;
  }

  /** It was begun elsewhere: in another tab, or before the page was loaded. */
  get isJoining(): boolean {
    return !('type' in this.opening) || this.opening.type === 'threads.attach';
  }

  /** Ends the response, keeping what has been said. Where it runs without its reader, the server is told. */
  stop(): void {
    if (this.#isOver) return;
    this.signals.stopped.value = true;
    if (this.#isReading && this.place.resumable) void this.#cancel();
    else this.leave();
  }

  /** Reads no further: what can be resumed goes on, the rest ends. */
  leave(): void {
    this.#end(null);
    this.#request.abort();
  }

  async #cancel(): Promise<void> {
    this.signals.canStop.value = false;
    try {
      await this.around.client.ask('threads.cancel', {
        thread_id: this.signals.threadId.value ?? '',
        turn_id: this.place.turnId,
      });
      // The stream brings what is kept, and its end.
    } catch (error) {
      if (this.#isOver) return;
      this.signals.stopped.value = !(error instanceof NetworkError);
      this.#end(error instanceof NetworkError ? error : null);
      this.#request.abort();
    }
  }

  async #run(): Promise<void> {
    try {
      if ('type' in this.opening) await this.#read(this.opening, this.place);
      else for (const call of this.opening) this.#calls.set(call.id, call);
      while (this.#calls.size && !this.#over()) {
        const calls = [...this.#calls.values()];
        this.#calls.clear();
        await this.#answer(calls);
      }
      this.#end(this.#error);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  async #answer(calls: readonly ClientToolCallItem[]): Promise<void> {
    // It is the page that works now, and may never come to an end.
    this.signals.canStop.value = this.#mayStop;
    const { answerAll, answerNewest } = await later(() => import('./calls'));
    await (this.listener.resumes() ? answerAll : answerNewest)(calls, {
      around: this.around,
      isJoining: this.isJoining,
      isOver: () => this.#isOver,
      items: () => this.timeline.items,
      reload: () => this.listener.reload(),
      read: (opening, place) => this.#read(opening, place),
    });
  }

  /** Reads to the end of the turn, over as many lines as that takes. */
  async #read(opening: Opening, place: Place): Promise<void> {
    const { signals, timeline } = this;
    const { client } = this.around;
    const { signal } = this.#request;
    this.place = place;
    place.resumable ||= this.listener.resumes();
    this.#isReading = true;
    this.#isAnswered = false;
    let stream = client.stream(opening.type, opening.params, signal, place);
    let drops: Drops | undefined;
    let isFirst = true;
    try {
      for (;;) {
        let error: unknown = null;
        let empty = true;
        try {
          for await (const events of stream) {
            // Without it, what they are about comes whole when it is done.
            if (events.some(needsOthers)) await fetchOthers().catch(() => undefined);
            // An app's fetch may not pass our signal on; then stopping is done here.
            if (this.#over()) return;
            // What has no numbers cannot be read again.
            if (empty) place.resumable &&= place.seq > 0;
            // From here on it is the server that says so.
            if (isFirst) signals.canStop.value = isFirst = false;
            empty = false;
            this.#take(events);
          }
        } catch (thrown) {
          error = thrown;
        }
        if (this.#over()) return;
        const asked = QUESTIONS.includes(opening.type) && !this.#isAnswered;
        const resumes = place.resumable || place.seq > 0 || (empty && this.listener.resumes());
        if (resumes) {
          const isWhole =
            this.#error ?? (!drops && !timeline.isGrowing && !asked && opening.type !== 'threads.attach');
          const isEnd = !error && isWhole;
          if (isEnd) return;
          const isDrop =
            !error || drops || error instanceof NetworkError || opening.type === 'threads.attach';
          if (isDrop) {
            drops ??= new Drops({ client, signals, timeline, opening, place, signal }, () =>
              this.listener.reload(),
            );
            const next = await drops.next(error);
            if (!next || this.#over()) return;
            stream = next;
            continue;
          }
        }
        if (error) throw error as Error;
        // An action may have no effect at all.
        if (empty && opening.type !== 'threads.custom_action')
          throw new ReplyError(`The stream of ${opening.type} is empty.`);
        // A growing item without its end was not stored: what is on screen would be gone after a reload.
        if (timeline.settle() && !this.#error)
          throw new NetworkError(`The stream of ${opening.type} broke off.`, true);
        return;
      }
    } finally {
      this.#isReading = false;
      drops?.close();
    }
  }

  #take(events: readonly ThreadStreamEvent[]): void {
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
      case 'thread.item.done': {
        const { item } = event;
        const isNews = timeline.isNews(item);
        this.#put(item, false);
        if (!isNews) break;
        if (item.type === 'user_message') around.emit('chatkit.message.sent', { item });
        else around.emit('chatkit.item.done', { item });
        break;
      }
      case 'thread.item.replaced':
        timeline.put(event.item);
        break;
      case 'thread.item.removed':
        timeline.remove(event.item_id);
        break;
      case 'stream_options':
        this.#mayStop = event.stream_options.allow_cancel;
        signals.canStop.value = this.#mayStop && !signals.stopped.value;
        if (event.stream_options.resumable) {
          this.place.resumable = signals.canLeave.value = true;
          this.listener.onResumable();
        }
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
        this.#isAnswered = true;
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
      this.#isAnswered = true;
      if (item.status === 'pending') this.#calls.set(item.id, item);
      else this.#calls.delete(item.id);
      return;
    }
    // No part of the answer that anybody sees.
    if (/^user|^end|hidden/.test(item.type)) return;
    this.#isAnswered = true;
    this.signals.progress.value = null;
    if (!growing || item.type !== 'assistant_message') this.signals.phase.value = 'streaming';
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
      signals.canLeave.value = true;
      signals.line.value = 'up';
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
