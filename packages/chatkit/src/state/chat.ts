/** What the views see of a running chat: signals to read, commands to call. The one contract between state and views. */
import type { ReadonlySignal } from '@preact/signals-core';
import type {
  ActionConfig,
  Attachment,
  StructuredInputSubmission,
  ThreadItem,
  ThreadStatus,
  UserMessageContent,
} from '../protocol/generated';
import type { UserMessageContent as WrittenContent } from '../options';
import type { Surroundings } from './signals';

/** Everything about a thread except its items. */
export type ThreadInfo = {
  readonly id: string;
  readonly title: string | null;
  readonly status: ThreadStatus;
  readonly createdAt: string;
  readonly allowedImageDomains: readonly string[] | null;
};

/** One item on screen. The row object is stable while the item streams; only its signals change. */
export type Row = {
  /** Stays the same when a pending message gets its id from the server: the key for drawing. */
  readonly key: string;
  readonly id: string;
  readonly item: ReadonlySignal<ThreadItem>;
  /** True from `thread.item.added` until `thread.item.done`, a stop or the end of the response. */
  readonly streaming: ReadonlySignal<boolean>;
  /** A message that was typed here and that the server has not confirmed yet. */
  readonly pending: boolean;
};

/**
 * idle: nothing runs. sending: posted, no frame yet. waiting: accepted, nothing visible yet, or a lull after a finished
 * item. streaming: something of the answer is visible.
 */
export type ResponsePhase = 'idle' | 'sending' | 'waiting' | 'streaming';

/** Why something failed, in terms the views can put into words (`i18n` keys `failure.<kind>`). */
export type Failure = {
  readonly kind:
    | 'network'
    | 'offline'
    | 'unauthorized'
    | 'forbidden'
    | 'not_found'
    | 'gone'
    | 'busy'
    | 'attachment'
    | 'conflict'
    | 'changed'
    | 'too_large'
    | 'too_much'
    | 'rate_limited'
    | 'unavailable'
    | 'server'
    | 'bad_reply'
    | 'interrupted'
    | 'broken'
    | 'stream'
    | 'unanswered'
    | 'custom';
  /** Words from the server that are already in the reader's language (kind `custom`). */
  readonly message?: string;
  /** HTTP status or error code, for the details only. */
  readonly detail?: string;
  /** Seconds to wait, for `rate_limited` and `unavailable`. */
  readonly retryAfter?: number;
};

/** The error row at the end of the thread. `retry` is null when trying again makes no sense. */
export type ResponseFailure = { readonly failure: Failure; readonly retry: (() => void) | null };

export type Progress = { readonly text: string; readonly icon: string | null };

export type Notice = {
  readonly level: 'info' | 'warning' | 'danger';
  readonly title: string | null;
  readonly message: string;
};

/** down: lost for some seconds, and being sought. offline: the same, and the browser says that there is no network. */
export type Line = 'up' | 'down' | 'offline';

export type LoadState = 'idle' | 'loading' | 'failed';

/** What the composer hands over. The draft itself belongs to the composer view until it is accepted. */
export type Draft = {
  readonly content: readonly UserMessageContent[];
  /** Uploaded already; their ids are sent. */
  readonly attachments?: readonly Attachment[];
  readonly quotedText?: string | null;
  readonly toolChoice?: string | null;
  readonly model?: string | null;
};

export type HistoryState = {
  readonly open: ReadonlySignal<boolean>;
  /** Newest first; null until first loaded. */
  readonly threads: ReadonlySignal<readonly ThreadInfo[] | null>;
  readonly load: ReadonlySignal<LoadState>;
  readonly failure: ReadonlySignal<Failure | null>;
  readonly hasMore: ReadonlySignal<boolean>;
  /** Ids of threads in which an answer is being written. Empty where the server does not tell. */
  readonly running: ReadonlySignal<ReadonlySet<string>>;
  /** Ids of threads with an answer that nobody has seen in this browser. */
  readonly unread: ReadonlySignal<ReadonlySet<string>>;
};

export type ChatState = {
  /** null = the new-thread view: the start screen, unless `rows` already holds a message on its way. */
  readonly threadId: ReadonlySignal<string | null>;
  readonly thread: ReadonlySignal<ThreadInfo | null>;
  /** Oldest first, hidden kinds left out. */
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly load: ReadonlySignal<LoadState>;
  /** Of the thread, or of its older messages. */
  readonly loadFailure: ReadonlySignal<Failure | null>;
  readonly older: ReadonlySignal<LoadState>;
  readonly hasOlder: ReadonlySignal<boolean>;
  readonly phase: ReadonlySignal<ResponsePhase>;
  readonly canStop: ReadonlySignal<boolean>;
  /** Another thread may be opened: nothing runs, or it goes on without its reader. */
  readonly canLeave: ReadonlySignal<boolean>;
  /** The connection that the answer comes by. */
  readonly line: ReadonlySignal<Line>;
  /** The last response ended because a person stopped it. */
  readonly stopped: ReadonlySignal<boolean>;
  /** The last draft that the server accepted: when it is the one in the composer, the composer may be cleared. */
  readonly accepted: ReadonlySignal<Draft | null>;
  readonly progress: ReadonlySignal<Progress | null>;
  readonly failure: ReadonlySignal<ResponseFailure | null>;
  readonly notices: ReadonlySignal<readonly Notice[]>;
  readonly history: HistoryState;
};

/** Promises reject with an Error whose message is for developers; views rely on the `failure` signals. */
export type ChatCommands = {
  /** Resolves when the server has accepted the message (first frame). The draft may then be cleared. */
  send(draft: Draft): Promise<void>;
  /** The same for what stands ready to be sent: with the tool and the model that are chosen in the composer. */
  prompt(content: readonly UserMessageContent[]): Promise<void>;
  stop(): void;
  /** Answers again the last user message at or before this item (`threads.retry_after_item`). */
  retryAfter(itemId: string): Promise<void>;
  /** Says what a person thinks of the answer that an item belongs to (`items.feedback`). */
  rate(itemId: string, kind: 'positive' | 'negative'): Promise<void>;
  /** Does what a control of a widget asks for; resolves when it is done, and tells of a failure by itself. */
  act(itemId: string, action: ActionConfig): Promise<void>;
  /** Sends the answers to the questions of an item. Resolves when the server has accepted them. */
  submit(itemId: string, input: StructuredInputSubmission): Promise<void>;
  openThread(threadId: string | null): Promise<void>;
  reloadThread(): Promise<void>;
  loadOlder(): Promise<void>;
  dismissNotice(notice: Notice): void;
  openHistory(): Promise<void>;
  closeHistory(): void;
  loadMoreHistory(): Promise<void>;
  renameThread(threadId: string, title: string): Promise<void>;
  deleteThread(threadId: string): Promise<void>;
};

/** What the composer on screen offers to the element's methods. */
export type ComposerControl = {
  focus(): void;
  /** Sends a message that was not written here, with the tool and the model that are chosen here. */
  prompt(content: readonly UserMessageContent[]): Promise<void>;
  /** Sets the parts that are given; rejects or throws with a clear message what it cannot take. */
  setValue(value: ComposerValue): Promise<void>;
};

/** Parts of a draft; those left out stay as they are. `content` replaces `text`. */
export type ComposerValue = {
  readonly text?: string;
  readonly content?: readonly WrittenContent[];
  readonly reply?: string | null;
  /** Uploaded already. These and `files` together take the place of what is there. */
  readonly attachments?: readonly Attachment[];
  readonly files?: readonly File[];
  /** null clears the tool. */
  readonly selectedToolId?: string | null;
  /** null is the default of the options. */
  readonly selectedModelId?: string | null;
};

export type Chat = {
  readonly state: ChatState;
  readonly commands: ChatCommands;
  /** The composer view calls this when it appears, and with null when it goes. */
  readonly attachComposer: (composer: ComposerControl | null) => void;
  /** The way to the server and to the page, for parts of the chat that are fetched later. */
  readonly around: Surroundings;
};
