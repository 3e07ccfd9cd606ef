/** What a person or a page can ask of a chat, and the chat itself. */
import type {
  Action,
  ThreadItem,
  UserMessageContent,
  UserMessageInput,
  UserMessageItem,
} from '../protocol/generated';
import type { Chat, ChatCommands, ChatState, ComposerControl, Draft, ThreadInfo } from './chat';
import { failureOf, isWorthRetrying } from './failures';
import { History } from './history';
import { Loading } from './loading';
import { createSignals, type Surroundings } from './signals';
import { Timeline } from './timeline';
import { Turn, type Opening, type Outcome } from './turn';

/** A chat with what only the element's own methods need. */
export type RunningChat = Chat & {
  readonly composer: ComposerControl | null;
  /** Every item held, kinds without a row included. */
  items(): readonly ThreadItem[];
  /** Resolves when the server's answer is complete. */
  sendAction(action: Action, itemId: string | null): Promise<void>;
  /** Reads the open thread, and the list of threads if it was loaded, again; after a running response. */
  refresh(): Promise<void>;
  /** The server is another one now: back to the new-thread view. */
  forget(): void;
  /** Ends every request. */
  stop(): void;
};

export function createChat(around: Surroundings): RunningChat {
  return new ChatMachine(around);
}

/** No commands while a response runs: its stream writes to the thread that is open. */
const busy = () => new Error('A response is running; wait for it to end, or stop it.');

class ChatMachine implements RunningChat {
  readonly #signals = createSignals();
  readonly #timeline = new Timeline();
  readonly #history: History;
  readonly #loading: Loading;
  #turn: Turn | null = null;
  #opening: Promise<void> = Promise.resolve();
  #pendingSerial = 0;
  composer: ComposerControl | null = null;
  readonly state: ChatState;
  readonly commands: ChatCommands;

  constructor(private readonly around: Surroundings) {
    this.#history = new History(around);
    this.#loading = new Loading(around, this.#signals, this.#timeline);
    this.state = { ...this.#signals, rows: this.#timeline.rows, history: this.#history.state };
    this.commands = {
      send: (draft) => handled(this.#send(draft)),
      stop: () => {
        if (this.#signals.canStop.value) this.#turn?.stop();
      },
      retryAfter: (itemId) => handled(this.#retryAfter(itemId)),
      openThread: (threadId) => handled(this.#openThread(threadId)),
      reloadThread: () => handled(this.#reloadThread()),
      loadOlder: () => handled(this.#loading.loadOlder()),
      dismissNotice: (notice) => {
        const { notices } = this.#signals;
        notices.value = notices.value.filter((one) => one !== notice);
      },
      openHistory: () => handled(this.#history.open()),
      closeHistory: () => {
        this.#history.close();
      },
      loadMoreHistory: () => handled(this.#history.loadMore()),
      renameThread: (threadId, title) => handled(this.#reported(this.#rename(threadId, title))),
      deleteThread: (threadId) => handled(this.#reported(this.#delete(threadId))),
    };
  }

  readonly attachComposer = (composer: ComposerControl | null): void => {
    this.composer = composer;
  };

  items(): readonly ThreadItem[] {
    return this.#timeline.items;
  }

  async sendAction(action: Action, itemId: string | null): Promise<void> {
    const threadId = this.#signals.threadId.value;
    if (threadId === null) throw new Error('An action needs a thread, and none is open.');
    const params = { thread_id: threadId, item_id: itemId, action };
    const turn = this.#begin({ type: 'threads.custom_action', params }, (outcome) => {
      if (outcome.error) this.#showFailure(outcome.error, null);
    });
    const { error } = await turn.finished;
    if (error) throw error;
  }

  async refresh(): Promise<void> {
    await this.#turn?.finished;
    const threadId = this.#signals.threadId.value;
    await this.#reported(
      Promise.all([
        threadId !== null && this.#signals.load.value !== 'loading' && this.#loading.refresh(threadId),
        this.#history.refresh(),
      ]),
    );
  }

  forget(): void {
    this.#turn?.stop();
    if (this.#signals.threadId.value !== null) this.#show(null);
    this.#history.forget();
  }

  stop(): void {
    this.#turn?.stop();
    this.#loading.stop();
    this.#history.stop();
  }

  // --- messages --------------------------------------------------------------------------------

  async #send(draft: Draft): Promise<void> {
    const { threadId, thread, load, accepted } = this.#signals;
    if (this.#turn) throw busy();
    if (load.value !== 'idle') throw new Error('The thread is not loaded.');
    const status = thread.value?.status.type;
    if (status && status !== 'active') throw new Error(`The thread is ${status}.`);

    const input = messageInput(draft);
    const opening: Opening =
      threadId.value === null
        ? { type: 'threads.create', params: { input } }
        : { type: 'threads.add_user_message', params: { thread_id: threadId.value, input } };
    const turn = this.#begin(opening, (outcome) => {
      if (!outcome.accepted) this.#timeline.dropPending();
      if (!outcome.error) return;
      const again = () => void this.commands.send(draft);
      this.#showFailure(outcome.error, outcome.accepted ? this.#retryOfLastMessage() : again);
    });
    this.#timeline.putPending(this.#pendingItem(input));
    await turn.accepted;
    accepted.value = draft;
  }

  async #retryAfter(itemId: string): Promise<void> {
    const threadId = this.#signals.threadId.value;
    const question = this.#questionBefore(itemId);
    if (threadId === null || question === null)
      throw new Error(`There is no message to answer before ${itemId}.`);
    if (this.#turn) throw busy();
    const params = { thread_id: threadId, item_id: question };
    let putBack: () => void = () => undefined;
    const turn = this.#begin({ type: 'threads.retry_after_item', params }, (outcome) => {
      // Nothing was answered: the old answer is still the answer.
      if (!outcome.accepted) putBack();
      if (outcome.error) this.#showFailure(outcome.error, () => void this.commands.retryAfter(question));
    });
    // The server deletes what follows and does not say so (protocol.md §9).
    putBack = this.#timeline.removeAfter(question);
    await turn.accepted;
  }

  #begin(opening: Opening, onEnd: (outcome: Outcome) => void): Turn {
    if (this.#turn) throw busy();
    const listener = {
      onFailed: (error: Error & { allowRetry: boolean }) => {
        this.#showFailure(error, error.allowRetry ? this.#retryOfLastMessage() : null);
      },
      onEnd: (outcome: Outcome) => {
        this.#turn = null;
        // What the server reported itself is on screen already.
        const isReported = outcome.error !== null && 'allowRetry' in outcome.error;
        onEnd(isReported ? { ...outcome, error: null } : outcome);
      },
    };
    return (this.#turn = new Turn(
      this.around,
      this.#signals,
      this.#timeline,
      this.#history,
      listener,
      opening,
    ));
  }

  #showFailure(error: Error, retry: (() => void) | null): void {
    const failure = failureOf(error);
    this.#signals.failure.value = { failure, retry: isWorthRetrying(failure) ? retry : null };
  }

  #retryOfLastMessage(): (() => void) | null {
    const last = this.#timeline.items.at(-1);
    const question = last && this.#questionBefore(last.id);
    return question ? () => void this.commands.retryAfter(question) : null;
  }

  /** The id of the last message of the person at or before an item. */
  #questionBefore(itemId: string): string | null {
    const { items } = this.#timeline;
    const end = items.findIndex((item) => item.id === itemId);
    return (
      items
        .slice(0, end + 1)
        .reverse()
        .find((item) => item.type === 'user_message')?.id ?? null
    );
  }

  #pendingItem(input: UserMessageInput): UserMessageItem {
    return {
      type: 'user_message',
      id: `pending-${String(++this.#pendingSerial)}`,
      thread_id: this.#signals.threadId.value ?? '',
      created_at: new Date().toISOString(),
      content: input.content,
      attachments: [],
      inference_options: input.inference_options,
      ...(input.quoted_text != null && { quoted_text: input.quoted_text }),
    };
  }

  // --- threads ---------------------------------------------------------------------------------

  async #openThread(threadId: string | null): Promise<void> {
    const isShown = threadId === this.#signals.threadId.value && this.#signals.load.value !== 'failed';
    if (isShown) return this.#opening;
    if (this.#turn) throw busy();
    this.#show(threadId);
    this.#opening = threadId === null ? Promise.resolve() : this.#loading.load(threadId);
    return this.#opening;
  }

  async #reloadThread(): Promise<void> {
    const threadId = this.#signals.threadId.value;
    if (threadId === null) return;
    if (this.#turn) throw busy();
    this.#opening = this.#loading.load(threadId);
    await this.#opening;
  }

  #show(threadId: string | null): void {
    this.#loading.clear(threadId);
    this.around.emit('chatkit.thread.change', { threadId });
  }

  async #rename(threadId: string, title: string): Promise<void> {
    const info: ThreadInfo = await this.#history.rename(threadId, title);
    if (this.#signals.threadId.value === threadId) this.#signals.thread.value = info;
  }

  async #delete(threadId: string): Promise<void> {
    const isOpen = () => this.#signals.threadId.value === threadId;
    if (isOpen()) this.#turn?.stop();
    await this.#history.delete(threadId);
    if (isOpen()) this.#show(null);
  }

  /** Failures that no part of the state holds are at least events. */
  async #reported<T>(work: Promise<T>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.around.emit('chatkit.error', { error: error as Error });
      throw error;
    }
  }
}

/** The views see failures in the state and need not catch; those who wait for the promise still get its rejection. */
function handled(work: Promise<void>): Promise<void> {
  work.catch(() => undefined);
  return work;
}

function messageInput(draft: Draft): UserMessageInput {
  return {
    content: draft.content as UserMessageContent[],
    attachments: [...(draft.attachments ?? [])],
    quoted_text: draft.quotedText ?? null,
    inference_options: {
      ...(draft.toolChoice != null && { tool_choice: { id: draft.toolChoice } }),
      ...(draft.model != null && { model: draft.model }),
    },
  };
}
