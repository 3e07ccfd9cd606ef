/** What a person or a page can ask of a chat, and the chat itself. */
import { batch } from '@preact/signals-core';
import type { Action, ClientToolCallItem, ThreadItem } from '../protocol/generated';
import type { Chat, ChatCommands, ChatState, ComposerControl, Draft } from './chat';
import { failureOf, isWorthRetrying } from './failures';
import { Hearing } from './hearing';
import { History } from './history';
import { messageInput, pendingMessage } from './message';
import { clearThread, createSignals, type Surroundings } from './signals';
import { Timeline } from './timeline';
import { Turn, type Opening, type Outcome, type TurnListener } from './turn';
import { newTurnId, placeIn } from '../transport/client';
import { later } from '../transport/later';
import type { Home, Threads } from './threads';

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
const busy = () => new Error('A response is running; wait for its end, or stop it.');

class ChatMachine implements RunningChat {
  readonly #signals = createSignals();
  readonly #timeline = new Timeline();
  readonly #history = new History();
  #threads: Promise<Threads> | null = null;
  /** Ends the requests for the thread that is open. */
  #open = new AbortController();
  #turn: Turn | null = null;
  #opening: Promise<void> = Promise.resolve();
  /** The server is known to keep turns running without their reader. */
  #resumes = false;
  #hearing: Hearing | null = null;
  composer: ComposerControl | null = null;
  readonly state: ChatState;
  readonly commands: ChatCommands;

  readonly #home: Home;

  constructor(readonly around: Surroundings) {
    this.#home = {
      around,
      signals: this.#signals,
      timeline: this.#timeline,
      history: this.#history,
      read: new Set(),
      meanwhile: null,
      turn: () => this.#turn,
      knownToResume: () => this.#resumes || around.page?.recall() != null,
      learnsToResume: () => {
        this.#resumes = true;
        this.#hear();
      },
      begin: (opening, onEnd, place) => this.#begin(opening, onEnd, place),
      failed: (error, retry = this.#retryOfLastMessage()) => this.#showFailure(error, retry),
      show: (threadId) => this.#show(threadId),
      retryAfter: (question) => void this.commands.retryAfter(question),
      refresh: (threadId) => this.#refresh(threadId),
      refreshList: () => this.#refreshList(),
      opening: () => this.#opening,
    };
    this.state = { ...this.#signals, rows: this.#timeline.rows, history: this.#history.state };
    const later =
      <Name extends 'act' | 'delete' | 'rate' | 'rename' | 'submit'>(name: Name) =>
      (...given: Parameters<Threads[Name]>) =>
        handled(
          this.#later((threads) => (threads[name] as (...all: typeof given) => Promise<void>)(...given)),
        );
    this.commands = {
      send: (draft) => handled(this.#send(draft)),
      prompt: (content) => handled(this.composer?.prompt(content) ?? this.#send({ content })),
      stop: () => {
        if (this.#signals.canStop.value) this.#turn?.stop();
      },
      retryAfter: (itemId) => handled(this.#retryAfter(itemId)),
      rate: later('rate'),
      act: later('act'),
      submit: later('submit'),
      openThread: (threadId) => handled(this.#openThread(threadId)),
      reloadThread: () => handled(this.#reloadThread()),
      loadOlder: () => handled(this.#later((threads) => threads.open.loadOlder(this.#open.signal))),
      dismissNotice: (notice) => {
        const { notices } = this.#signals;
        notices.value = notices.value.filter((one) => one !== notice);
      },
      openHistory: () => {
        this.#hear();
        this.#hearing?.open(); // for the marks
        if (!this.#history.open.value) {
          this.#history.open.value = true;
          around.emit('chatkit.history.open');
        }
        return handled(this.#readList());
      },
      closeHistory: () => {
        if (!this.#history.open.value) return;
        this.#history.open.value = false;
        around.emit('chatkit.history.close');
      },
      loadMoreHistory: () => handled(this.#later(({ list }) => list.loadMore())),
      renameThread: later('rename'),
      deleteThread: later('delete'),
    };
    if (around.page?.recall() != null) this.#hear();
  }

  readonly attachComposer = (composer: ComposerControl | null): void => {
    this.composer = composer;
  };

  items(): readonly ThreadItem[] {
    return this.#timeline.items;
  }

  sendAction(action: Action, itemId: string | null): Promise<void> {
    return this.#later((threads) => threads.sendAction(action, itemId));
  }

  refresh(): Promise<void> {
    return this.#later((threads) => threads.refresh());
  }

  forget(): void {
    this.#turn?.leave();
    this.#hearing?.stop();
    this.#hearing = null;
    this.#resumes = false;
    if (this.#signals.threadId.value !== null) this.#show(null);
    this.#history.forget();
    this.#stopReading();
    if (this.#history.open.value) void handled(this.#readList());
    if (this.around.page?.recall() != null) this.#hear();
  }

  stop(): void {
    this.#turn?.leave();
    this.#hearing?.stop();
    this.#hearing = null;
    this.#open.abort();
    this.#stopReading();
  }

  #stopReading(): void {
    void this.#threads?.then(
      ({ list }) => list.stop(),
      () => undefined,
    );
  }

  // --- messages --------------------------------------------------------------------------------

  /** `turnId` is that of an earlier try, which may have got through after all. */
  async #send(draft: Draft, turnId = newTurnId()): Promise<void> {
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
    const onEnd = (outcome: Outcome) => {
      if (!outcome.accepted) this.#timeline.dropPending();
      if (!outcome.error) return;
      const again = () => void handled(this.#send(draft, turnId));
      if (outcome.accepted) this.#showFailure(outcome.error, this.#retryOfLastMessage(), 'a');
      else this.#showFailure(outcome.error, again);
    };
    const turn = this.#begin(opening, onEnd, placeIn(turnId));
    this.#timeline.putPending(pendingMessage(threadId.value, input, draft));
    await turn.accepted;
    accepted.value = draft;
  }

  async #retryAfter(itemId: string): Promise<void> {
    const question = this.#questionBefore(itemId);
    if (question === null) throw new Error('There is no message to answer.');
    await this.#later((threads) => threads.retryAfter(question));
  }

  #begin(
    opening: Opening | readonly ClientToolCallItem[],
    onEnd: (outcome: Outcome) => void,
    place = placeIn(newTurnId()),
  ): Turn {
    if (this.#turn) throw busy();
    const home = this.#home;
    home.meanwhile = null;
    let isInterrupted = false;
    const listener: TurnListener = {
      resumes: () => this.#resumes,
      onResumable: () => {
        if (this.#turn) home.read.add(this.#turn.turnId);
        home.learnsToResume();
      },
      reload: async () => {
        const threadId = this.#signals.threadId.value;
        if (threadId !== null) await this.#refresh(threadId);
      },
      onFailed: (error) => {
        isInterrupted ||= error.code === 'turn_interrupted';
        this.#showFailure(error, error.allowRetry ? this.#retryOfLastMessage() : null);
      },
      onEnd: (outcome: Outcome) => {
        this.#turn = null;
        // Whoever ended the turn of a dead worker does not know all that was said: what is stored is what there is.
        if (isInterrupted) listener.reload().catch(() => undefined);
        // What the server reported itself is on screen already.
        const isReported = outcome.error !== null && 'allowRetry' in outcome.error;
        onEnd(isReported ? { ...outcome, error: null } : outcome);
        // What runs there now may be another turn.
        const thread = home.meanwhile;
        home.meanwhile = null;
        const next = thread?.active_turn?.turn_id;
        if (thread && next !== undefined && !home.read.has(next))
          this.#later(async (threads) => threads.join(thread, false)).catch(() => undefined);
      },
    };
    return (this.#turn = new Turn(
      this.around,
      this.#signals,
      this.#timeline,
      this.#history,
      listener,
      opening,
      place,
    ));
  }

  // --- what runs elsewhere ---------------------------------------------------------------------

  /** Begins to hear what happens to the threads, where there is a page. */
  #hear(): void {
    const { page } = this.around;
    if (page) this.#hearing ??= new Hearing(this.#home, page);
  }

  #showFailure(error: Error, retry: (() => void) | null, where: 'a' | '' = ''): void {
    const failure = failureOf(error, this.#signals.threadId.value === null ? 'n' : where);
    const isOld = failure.kind === 'conflict';
    const wayOn = isOld ? () => void handled(this.#later((threads) => threads.catchUp())) : retry;
    this.#signals.failure.value = { failure, retry: isOld || isWorthRetrying(failure) ? wayOn : null };
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

  // --- threads ---------------------------------------------------------------------------------

  async #openThread(threadId: string | null): Promise<void> {
    const isShown = threadId === this.#signals.threadId.value && this.#signals.load.value !== 'failed';
    if (isShown) return this.#opening;
    if (!this.#signals.canLeave.value) throw busy();
    if (this.#turn) this.#hearing?.open(); // it goes on, and is to be marked
    this.#turn?.leave();
    this.#show(threadId);
    this.#opening = threadId === null ? Promise.resolve() : this.#load(threadId);
    return this.#opening;
  }

  /** Does what takes the part of the chat that is fetched later; another try fetches it again. */
  async #later<T>(work: (threads: Threads) => Promise<T>): Promise<T> {
    this.#threads ??= later(() => import('./threads')).then(
      ({ Threads }) => new Threads(this.#home),
      (error: unknown) => {
        this.#threads = null;
        throw error as Error;
      },
    );
    return work(await this.#threads);
  }

  async #load(threadId: string): Promise<void> {
    const { load, loadFailure } = this.#signals;
    const { emit } = this.around;
    const { signal } = this.#open;
    batch(() => {
      load.value = 'loading';
      loadFailure.value = null;
    });
    emit('chatkit.thread.load.start', { threadId });
    // One that is left ends before the next begins.
    const end = () => emit('chatkit.thread.load.end', { threadId });
    signal.addEventListener('abort', end);
    emit('chatkit.log', { name: 'thread.load', data: { threadId } });
    try {
      await this.#later((threads) => threads.open.load(threadId, signal));
    } catch (error) {
      if (!signal.aborted) {
        batch(() => {
          load.value = 'failed';
          loadFailure.value ??= failureOf(error);
        });
        emit('chatkit.error', { error: error as Error });
      }
      throw error;
    } finally {
      signal.removeEventListener('abort', end);
      if (!signal.aborted) end();
    }
  }

  async #refresh(threadId: string): Promise<void> {
    const { signal } = this.#open;
    await this.#later((threads) => threads.open.refresh(threadId, signal));
  }

  async #readList(): Promise<void> {
    const { load, failure } = this.#history;
    load.value = 'loading';
    const list = await this.#later(async (threads) => threads.list).catch((error: unknown) => {
      batch(() => {
        load.value = 'failed';
        failure.value = failureOf(error);
      });
      this.around.emit('chatkit.error', { error: error as Error });
      throw error;
    });
    await list.read();
  }

  /** Does nothing while there is no list. */
  async #refreshList(): Promise<void> {
    if (this.#history.threads.value) await this.#later(({ list }) => list.refresh());
  }

  async #reloadThread(): Promise<void> {
    const threadId = this.#signals.threadId.value;
    if (threadId === null) return;
    if (this.#turn) throw busy();
    this.#opening = this.#load(threadId);
    await this.#opening;
  }

  #show(threadId: string | null): void {
    this.#open.abort();
    this.#open = new AbortController();
    batch(() => {
      clearThread(this.#signals, threadId);
      this.#timeline.reset([]);
    });
    this.around.emit('chatkit.thread.change', { threadId });
  }
}

/** The views see failures in the state and need not catch; those who wait for the promise still get its rejection. */
function handled(work: Promise<void>): Promise<void> {
  work.catch(() => undefined);
  return work;
}
