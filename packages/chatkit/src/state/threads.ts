/** What a chat does with threads beyond the answer on screen. Fetched when the first is opened, or the list of them. */
import { IntegrationError } from '../events';
import type {
  Action,
  ActionConfig,
  ClientToolCallItem,
  StructuredInputSubmission,
  Thread,
  ThreadItem,
} from '../protocol/generated';
import { isRecord, isThreadItem } from '../protocol/guards';
import { placeIn, type Place } from '../transport/client';
import type { WidgetAction } from '../options';
import type { History } from './history';
import { Loading } from './loading';
import type { Signals, Surroundings } from './signals';
import { ThreadList } from './threadList';
import type { Timeline } from './timeline';
import type { Opening, Outcome, Turn } from './turn';

/** The chat, as those parts of it see it that are fetched later. */
export type Home = {
  readonly around: Surroundings;
  readonly signals: Signals;
  readonly timeline: Timeline;
  readonly history: History;
  /** Turns that were read here. */
  readonly read: Set<string>;
  /** The last thread that was read while a response ran. */
  meanwhile: Thread | null;
  turn(): Turn | null;
  /** The server is known to keep turns running without their reader. */
  knownToResume(): boolean;
  learnsToResume(): void;
  begin(
    opening: Opening | readonly ClientToolCallItem[],
    onEnd: (outcome: Outcome) => void,
    place?: Place,
  ): Turn;
  /** Says so in the thread; without a way to try again, the last message can be answered again. */
  failed(error: Error, retry?: (() => void) | null): void;
  /** Shows another thread, or the new-thread view. */
  show(threadId: string | null): void;
  /** Has a message answered anew, whatever comes of it. */
  retryAfter(question: string): void;
  /** Reads the open thread again. */
  refresh(threadId: string): Promise<void>;
  /** Reads the list of threads again, if there is one. */
  refreshList(): Promise<void>;
  /** The open thread is being read. */
  opening(): Promise<void>;
};

export class Threads {
  readonly open: Loading;
  readonly list: ThreadList;

  constructor(private readonly home: Home) {
    const { around, signals, timeline, history } = home;
    this.open = new Loading(around, signals, timeline, (thread, isOpened) => {
      if (home.turn()) home.meanwhile = thread;
      else this.join(thread, isOpened);
    });
    this.list = new ThreadList(around, history);
  }

  /** Reads on where a thread that was loaded is being answered, or where it waits for the page. */
  join({ id, active_turn: active }: Thread, isOpened: boolean): void {
    const { home } = this;
    const { timeline } = home;
    const { failure, thread } = home.signals;
    if (home.turn() || home.signals.threadId.value !== id) return;
    const onEnd = ({ error }: Outcome) => {
      if (error) this.#failed(error);
    };
    if (active) {
      home.learnsToResume();
      home.read.add(active.turn_id);
      for (const item of active.items) timeline.put(item, true);
      timeline.draw();
      const params = { thread_id: id, turn_id: active.turn_id, after_seq: 0 };
      // From the start, for what no thread holds: whether it can be stopped, what it is doing.
      home.begin({ type: 'threads.attach', params }, onEnd, placeIn(active.turn_id, active.last_seq, true));
      return;
    }
    const isSaid = failure.value?.failure.kind === 'unanswered';
    if (isSaid) failure.value = null;
    // Of another server nobody knows whether it is still at work; of a message that has just come neither.
    if (!home.knownToResume() || !(isOpened || isSaid)) return;
    const calls = isOpened && home.around.clientTool() ? pendingCalls(timeline.items) : [];
    const last = timeline.items.at(-1);
    if (calls.length) {
      home.learnsToResume();
      home.begin(calls, onEnd);
    } else if (last?.type === 'user_message' && thread.value?.status.type === 'active' && !failure.value) {
      const retry = () => home.retryAfter(last.id);
      failure.value = { failure: { kind: 'unanswered', detail: '' }, retry };
    }
  }

  rename(threadId: string, title: string): Promise<void> {
    return this.#reported(async () => {
      const info = await this.list.rename(threadId, title);
      const { threadId: open, thread } = this.home.signals;
      if (open.value === threadId) thread.value = info;
    });
  }

  delete(threadId: string): Promise<void> {
    const { home } = this;
    const isOpen = () => home.signals.threadId.value === threadId;
    return this.#reported(async () => {
      if (isOpen() && !home.signals.canLeave.value) home.turn()?.stop();
      await this.list.delete(threadId);
      if (!isOpen()) return;
      home.turn()?.leave();
      home.show(null);
    });
  }

  /** Reads the open thread, and the list of threads if there is one, again; after a running response. */
  async refresh(): Promise<void> {
    const { home } = this;
    await home.turn()?.finished;
    await this.#reported(async () => {
      const threadId = home.signals.threadId.value;
      const isShown = threadId !== null && home.signals.load.value !== 'loading';
      await Promise.all([isShown && home.refresh(threadId), home.refreshList()]);
    });
  }

  /** Failures that no part of the state holds are at least events. */
  async #reported(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.home.around.emit('chatkit.error', { error: error as Error });
      throw error;
    }
  }

  /** Reads the open thread again, whose server has said that it is not what is shown here. */
  async catchUp(): Promise<void> {
    const { home } = this;
    const { failure, threadId } = home.signals;
    const about = failure.value;
    try {
      if (threadId.value !== null) await home.refresh(threadId.value);
      if (failure.value === about) failure.value = null;
    } catch (error) {
      if (failure.value === about) home.failed(error as Error, () => void this.catchUp());
      home.around.emit('chatkit.error', { error: error as Error });
    }
  }

  /** Says so in the thread. What is too large is no message here, and what is missing need not be the conversation. */
  #failed(error: Error, retry?: (() => void) | null): void {
    const { failure: shown } = this.home.signals;
    this.home.failed(error, retry);
    const { failure, retry: again } = shown.value!;
    const { kind } = failure;
    if (kind === 'too_large') shown.value = { failure: { ...failure, kind: 'too_much' }, retry: again };
    if (kind === 'gone')
      shown.value = { failure: { ...failure, kind: 'not_found' }, retry: () => void this.catchUp() };
  }

  /** Sends the answers to the questions of an item, and reads what follows (protocol.md §11). */
  async submit(itemId: string, input: StructuredInputSubmission): Promise<void> {
    const { home } = this;
    const threadId = home.signals.threadId.value;
    if (threadId === null) throw new Error('There is nothing to answer.');
    const params = { thread_id: threadId, item_id: itemId, input };
    const again = () => void this.submit(itemId, input).catch(() => undefined);
    const turn = home.begin({ type: 'threads.add_structured_input', params }, ({ accepted, error }) => {
      if (!error) return;
      this.#failed(error, accepted ? undefined : again);
      // Answered elsewhere, in all likelihood.
      if ('status' in error && error.status === 409) home.refresh(threadId).catch(() => undefined);
    });
    await turn.accepted;
  }

  /** Does what a control of a widget asks for: in the page, or on the server, with or without a stream (protocol.md §12). */
  async act(itemId: string, { type, payload = null, handler, streaming }: ActionConfig): Promise<void> {
    const { around, signals, timeline } = this.home;
    const action = { type, payload };
    if (handler !== 'client' && streaming) return this.sendAction(action, itemId);
    try {
      if (handler === 'client') await this.#actInPage(itemId, action);
      else {
        const threadId = signals.threadId.value;
        if (threadId === null) throw new Error('An action needs a thread, and none is open.');
        const params = { thread_id: threadId, item_id: itemId, action };
        const reply = await around.client.ask('threads.sync_custom_action', params);
        const item = isRecord(reply) ? reply['updated_item'] : null;
        if (!isThreadItem(item) || !timeline.items.some(({ id }) => id === item.id)) return;
        timeline.put(item);
        timeline.draw();
      }
    } catch (error) {
      around.emit('chatkit.error', { error: error as Error });
      throw error;
    }
  }

  /** Sends an action to the server, as a response of its own; resolves with its end. */
  async sendAction(action: Action, itemId: string | null): Promise<void> {
    const { home } = this;
    const threadId = home.signals.threadId.value;
    if (threadId === null) throw new Error('An action needs a thread, and none is open.');
    if (home.signals.load.value !== 'idle') throw new Error('The thread is not loaded.');
    const params = { thread_id: threadId, item_id: itemId, action };
    const turn = home.begin({ type: 'threads.custom_action', params }, (outcome) => {
      if (outcome.error) this.#failed(outcome.error, null);
    });
    const { error } = await turn.finished;
    if (error) throw error;
  }

  /** Has a message of the person answered anew. */
  async retryAfter(question: string): Promise<void> {
    const { home } = this;
    const threadId = home.signals.threadId.value;
    if (threadId === null) throw new Error('There is no thread to answer in.');
    const params = { thread_id: threadId, item_id: question };
    let putBack: () => void = () => undefined;
    const turn = home.begin({ type: 'threads.retry_after_item', params }, ({ accepted, error }) => {
      // Nothing was answered: the old answer is still the answer.
      if (!accepted) putBack();
      if (error) this.#failed(error, () => home.retryAfter(question));
    });
    // The server deletes what follows and does not say so (protocol.md §9).
    putBack = home.timeline.removeAfter(question);
    await turn.accepted;
  }

  async #actInPage(itemId: string, action: Action): Promise<void> {
    const item = this.home.timeline.items.find(({ id }) => id === itemId);
    const onAction = this.home.around.widgetAction?.();
    if (item?.type !== 'widget') throw new Error(`${itemId} is no widget that is loaded.`);
    if (!onAction)
      throw new IntegrationError(`options.widgets.onAction is not set, but ${action.type} is for it.`);
    try {
      await onAction(action as WidgetAction, { id: itemId, widget: item.widget });
    } catch (cause) {
      throw new IntegrationError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  /** Says what a person thinks of the answer that an item belongs to. */
  rate(itemId: string, kind: 'positive' | 'negative'): Promise<void> {
    return this.#reported(async () => {
      const threadId = this.home.signals.threadId.value;
      if (threadId === null) throw new Error('There is no answer to rate.');
      const { items } = this.home.timeline;
      const at = items.findIndex((item) => item.id === itemId);
      const isQuestion = (item: ThreadItem) => item.type === 'user_message';
      const start = items.slice(0, at + 1).findLastIndex(isQuestion) + 1;
      const next = items.findIndex((item, index) => index > at && isQuestion(item));
      const ids = items.slice(start, next < 0 ? undefined : next).map((item) => item.id);
      await this.home.around.client.ask('items.feedback', { thread_id: threadId, item_ids: ids, kind });
    });
  }
}

/** The calls of the last answer that nobody has answered. */
function pendingCalls(items: readonly ThreadItem[]): ClientToolCallItem[] {
  const question = items.findLastIndex((item) => item.type === 'user_message');
  return items
    .slice(question + 1)
    .filter((item) => item.type === 'client_tool_call')
    .filter((call) => call.status === 'pending');
}
