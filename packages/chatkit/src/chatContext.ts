/** What everything drawn can reach: the running chat, its options, and the dialogs of the moment. */
import type { ReadonlySignal, Signal } from '@preact/signals-core';
import { createContext, type RefObject } from 'preact';
import { useContext } from 'preact/hooks';
import type { Emit } from './events';
import type { ChatKitOptions } from './options';
import type { Chat } from './state/chat';
import type { Frame } from './views/frame/frame';

export type ViewContext = Chat & {
  readonly options: ReadonlySignal<ChatKitOptions>;
  /** The outermost element, once it is there. */
  readonly root: RefObject<HTMLElement | null>;
  /** The element's place in its page, once that is known. */
  readonly frame: ReadonlySignal<Frame | null>;
  readonly emit: Emit;
  /** Tells the page of a failure that no part of the state holds. */
  readonly report: (error: Error) => void;
  /** Calls something of the page's: if it fails, now or later, that is reported and goes no further. */
  readonly attempt: (work: () => unknown) => Promise<void>;
  /** The dialog that is open: the list of keys, a picture in full, or the question before a thread is deleted. */
  readonly dialog: Signal<Dialog | null>;
  /** Says something to screen readers, once. */
  readonly announce: (words: string) => void;
  readonly focusComposer: () => void;
};

export type Dialog =
  | { kind: 'keys' }
  | { kind: 'picture'; url: string; name?: string }
  | { kind: 'delete'; threadId: string; title: string };

export const ChatContext = createContext<ViewContext | null>(null);

export function useChat(): ViewContext {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error('useChat: there is no chat around this view.');
  return chat;
}
