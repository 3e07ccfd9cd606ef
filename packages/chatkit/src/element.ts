/** `<openai-chatkit>`: holds the options, queues what is asked of it until the interface has been loaded, and passes it on. */
import { isDeveloped } from './developed';
import { emitterOf, type ChatKitEventDetails, type ChatKitEvents } from './events';
import type { ChatKitOptions, UserMessageContent } from './options';
import { checkOptions } from './optionsSchema';
import type { Attachment, ThreadItem, ToolChoice } from './protocol/generated';

/** What to send as the person. `content` replaces `text`; what is left out is not taken from the composer. */
export type SendUserMessageParams = {
  text?: string;
  content?: UserMessageContent[];
  /** Quoted with the message. */
  reply?: string;
  /** Already uploaded; only their ids are sent. */
  attachments?: Attachment[];
  /** Start a new thread even if one is open. */
  newThread?: boolean;
  /** For this message only. */
  toolChoice?: ToolChoice;
  /** For this message only. */
  model?: string;
};

/** A new draft. Keys left out keep their part of the present one. */
export type SetComposerValueParams = {
  text?: string;
  content?: UserMessageContent[];
  reply?: string;
  attachments?: Attachment[];
  files?: File[];
  selectedToolId?: string | null;
  selectedModelId?: string | null;
};

/** The state of a chat, as plain data, for those who draw something beside it. */
export type ChatKitSnapshot = {
  readonly threadId: string | null;
  readonly title: string | null;
  readonly items: readonly ThreadItem[];
  readonly responding: boolean;
  readonly historyOpen: boolean;
};

/** Follows the state from outside; the snapshot is the same object until something changed. */
export type ChatKitStore = {
  subscribe(listener: () => void): () => void;
  getSnapshot(): ChatKitSnapshot;
};

/** What can be asked of a chat on screen; every answer is a promise. */
export type ChatKitMethods = {
  focusComposer(): Promise<void>;
  setThreadId(threadId: string | null): Promise<void>;
  sendUserMessage(message: SendUserMessageParams): Promise<void>;
  setComposerValue(value: SetComposerValueParams): Promise<void>;
  sendCustomAction(action: { type: string; payload?: unknown }, itemId?: string): Promise<void>;
  stop(): Promise<void>;
  fetchUpdates(): Promise<void>;
  showHistory(): Promise<void>;
  hideHistory(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
  toggle(): Promise<void>;
};

/** What an interface can be asked for. */
export type Calls = Omit<ChatKitMethods, 'open' | 'close' | 'toggle'> & {
  /** Opens a floating chat or closes it; without a wish, whichever it is not. */
  show(open?: boolean): Promise<void>;
};

/** One interface on screen, made by `mount` in ui.ts. */
export type Ui = {
  call<Name extends keyof Calls>(name: Name, ...given: Parameters<Calls[Name]>): Promise<void>;
  readonly store: ChatKitStore;
  items(): readonly ThreadItem[];
  setOptions(options: ChatKitOptions): void;
  /** Ends streams and takes the interface off the screen; returns the thread to come back to. */
  unmount(): { threadId: string | null };
};

/** The lazily loaded part. */
export type UiModule = {
  mount(
    host: ChatKitElement,
    root: ShadowRoot,
    options: ChatKitOptions,
    threadId: string | null | undefined,
    /** Asked before anything is drawn: a start that has been overtaken by another one throws. */
    isWanted: () => boolean,
  ): Promise<Ui>;
};

const emptySnapshot: ChatKitSnapshot = {
  threadId: null,
  title: null,
  items: [],
  responding: false,
  historyOpen: false,
};

// Importing this on a server, where there are no elements, must not throw.
const Base = typeof HTMLElement === 'undefined' ? (Object as unknown as typeof HTMLElement) : HTMLElement;

let blockSheet: CSSStyleSheet | undefined;

/** Before the interface brings its own styles: the place of the chat is a block from the start, so that nothing jumps. */
function asBlock(): CSSStyleSheet {
  if (!blockSheet) {
    blockSheet = new CSSStyleSheet();
    blockSheet.replaceSync(':host{display:block}:host([hidden]){display:none}');
  }
  return blockSheet;
}

/** Listening with the types of our own events. A type alone: at run time these are HTMLElement's own. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- nothing is left to initialise: HTMLElement has both
export interface ChatKitElement {
  addEventListener<Name extends keyof ChatKitEvents>(
    name: Name,
    listener: (this: this, event: ChatKitEvents[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends keyof HTMLElementEventMap>(
    name: Name,
    listener: (this: HTMLElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof ChatKitEventDetails>(
    name: Name,
    listener: (this: this, event: ChatKitEvents[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    name: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** The element without a way to load its interface; chatkit.js and the npm package each add theirs. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- the other half of the same
export abstract class ChatKitElement extends Base implements ChatKitMethods {
  static readonly tag = 'openai-chatkit';
  static load: () => Promise<UiModule>;
  static readonly #modules = new WeakMap<object, Promise<UiModule>>();

  /** Starts loading the interface, once for all elements. A failure is forgotten, so that a later try can succeed. */
  static preload(): Promise<UiModule> {
    const modules = ChatKitElement.#modules;
    const loading = modules.get(this) ?? this.load();
    modules.set(this, loading);
    loading.catch(() => modules.delete(this));
    return loading;
  }

  readonly #emit = emitterOf(this);
  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #waiting: ((ui: Ui) => void)[] = [];
  readonly #listeners = new Set<() => void>();
  #options: ChatKitOptions | null = null;
  #ui: Ui | null = null;
  /** Rises with every connection, so that a slow start can see that it has been overtaken. */
  #connection = 0;
  #lastThreadId: string | null | undefined;
  #stopFollowing: (() => void) | null = null;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [asBlock()];
  }

  /** Why options were refused, the last time they were. For those who look after the page. */
  fault: Error | null = null;

  /** The options last set; null before. */
  get options(): ChatKitOptions | null {
    return this.#options;
  }

  /** The state of the chat, for bindings that draw their own chrome. */
  readonly store: ChatKitStore = {
    subscribe: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
    getSnapshot: () => this.#ui?.store.getSnapshot() ?? emptySnapshot,
  };

  /**
   * Replaces the whole configuration; nothing is merged with the one before. May be called at any time: thread, stream,
   * draft and scroll position stay.
   *
   * @throws IntegrationError if a known key has the wrong type; the message names its path. Unknown keys only warn.
   */
  setOptions(options: ChatKitOptions): void {
    try {
      checkOptions(options);
    } catch (error) {
      this.fault = error as Error;
      this.#emit('chatkit.error', { error: this.fault });
      throw error;
    }
    this.#options = options;
    if (this.#ui) this.#ui.setOptions(options);
    else if (this.isConnected) void this.#start();
  }

  connectedCallback(): void {
    if (this.#options) void this.#start();
  }

  disconnectedCallback(): void {
    this.#connection++;
    this.#stopFollowing?.();
    if (this.#ui) this.#lastThreadId = this.#ui.unmount().threadId;
    this.#ui = null;
  }

  async #start(): Promise<void> {
    const connection = ++this.#connection;
    const isWanted = () => connection === this.#connection;
    try {
      const module = await (this.constructor as typeof ChatKitElement).preload();
      if (!isWanted() || !this.#options) return;
      const ui = await module.mount(this, this.#root, this.#options, this.#lastThreadId, isWanted);
      this.#ui = ui;
      this.#stopFollowing = ui.store.subscribe(() => {
        for (const listener of this.#listeners) listener();
      });
    } catch (cause) {
      if (isWanted()) this.#fail(cause);
      return;
    }
    this.#ui.setOptions(this.#options);
    this.#emit('chatkit.ready');
    for (const run of this.#waiting.splice(0)) run(this.#ui);
  }

  /** The interface could not be loaded; so there are no translated words either. */
  #fail(cause: unknown): void {
    const error = new Error('The chat could not be loaded.', { cause });
    error.name = 'FatalAppError';
    const words = error.message;
    const button = document.createElement('button');
    button.textContent = 'Try again';
    button.onclick = () => {
      this.#root.replaceChildren();
      void this.#start();
    };
    const text = document.createElement('p');
    text.setAttribute('role', 'alert');
    // What the browser says names the file, and mostly the policy of the page that forbids it.
    text.textContent = isDeveloped(this) ? `${words} ${String(cause)}` : words;
    this.#root.replaceChildren(text, button);
    this.#emit('chatkit.error', { error });
  }

  #ask<Name extends keyof Calls>(name: Name, ...given: Parameters<Calls[Name]>): Promise<void> {
    if (this.#ui) return this.#ui.call(name, ...given);
    return new Promise((resolve, reject) => {
      this.#waiting.push((ui) => {
        ui.call(name, ...given).then(resolve, reject);
      });
    });
  }

  /** Puts the cursor into the composer. */
  focusComposer(): Promise<void> {
    return this.#ask('focusComposer');
  }

  /**
   * Shows a thread, or the new-thread view for null. Resolves when it is loaded.
   *
   * Rejects if the thread cannot be loaded, and while a response is running that would end with it.
   */
  setThreadId(threadId: string | null): Promise<void> {
    return this.#ask('setThreadId', threadId);
  }

  /** Sends a message as the person, and leaves the composer alone. Resolves when the server has accepted it. */
  sendUserMessage(message: SendUserMessageParams): Promise<void> {
    return this.#ask('sendUserMessage', message);
  }

  /** Sets the draft in the composer. */
  setComposerValue(value: SetComposerValueParams): Promise<void> {
    return this.#ask('setComposerValue', value);
  }

  /** Sends an action of the app's own to the server, for a widget item or for the thread. Resolves when it has been answered. */
  sendCustomAction(action: { type: string; payload?: unknown }, itemId?: string): Promise<void> {
    return this.#ask('sendCustomAction', action, itemId);
  }

  /** Stops the answer that is on screen, wherever it was asked for. Does nothing if there is none, or it may not be stopped. */
  stop(): Promise<void> {
    return this.#ask('stop');
  }

  /** A frozen copy of what is loaded of the open thread, oldest first. Empty before there is a chat. */
  getItems(): readonly ThreadItem[] {
    return this.#ui?.items() ?? [];
  }

  /** Reads the open thread, and the list of threads if it was loaded, from the server again. */
  fetchUpdates(): Promise<void> {
    return this.#ask('fetchUpdates');
  }

  /** Opens the list of threads; rejects if the history is switched off. */
  showHistory(): Promise<void> {
    return this.#ask('showHistory');
  }

  /** Closes the list of threads. */
  hideHistory(): Promise<void> {
    return this.#ask('hideHistory');
  }

  /** Opens a floating chat, and puts the focus into it; rejects in another layout. */
  open(): Promise<void> {
    return this.#ask('show', true);
  }

  /** Closes a floating chat; an answer that is being written goes on. */
  close(): Promise<void> {
    return this.#ask('show', false);
  }

  /** Opens a floating chat, or closes it. */
  toggle(): Promise<void> {
    return this.#ask('show');
  }
}
