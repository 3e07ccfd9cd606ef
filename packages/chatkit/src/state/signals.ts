/** The signals behind `ChatState`, writable for the rest of this room. */
import { signal } from '@preact/signals-core';
import type { Emit } from '../events';
import type { ClientToolHandler, WidgetsOption } from '../options';
import type { Thread } from '../protocol/generated';
import type { Client } from '../transport/client';
import type {
  Draft,
  Failure,
  Line,
  LoadState,
  Notice,
  Progress,
  ResponseFailure,
  ResponsePhase,
  ThreadInfo,
} from './chat';

/** What a chat needs from outside; options are read when they are used. */
export type Surroundings = {
  readonly client: Client;
  readonly emit: Emit;
  clientTool(): ClientToolHandler | undefined;
  /** What the page does about actions of widgets that are meant for it. */
  widgetAction?(): WidgetsOption['onAction'];
  /** Missing without a page: then nothing is watched. */
  readonly page?: Page;
};

/** The page around a chat, and what the browser keeps for it. */
export type Page = {
  /** Names the server, among the tabs of this browser. */
  server(): string;
  isVisible(): boolean;
  /** Calls back whenever the page is shown or hidden; returns what ends that. */
  onVisibility(listener: () => void): () => void;
  /** What was kept for this server; null if there is nothing. */
  recall(): string | null;
  keep(value: string): void;
};

export type Signals = ReturnType<typeof createSignals>;

export function createSignals() {
  return {
    threadId: signal<string | null>(null),
    thread: signal<ThreadInfo | null>(null),
    load: signal<LoadState>('idle'),
    loadFailure: signal<Failure | null>(null),
    older: signal<LoadState>('idle'),
    hasOlder: signal(false),
    phase: signal<ResponsePhase>('idle'),
    canStop: signal(false),
    canLeave: signal(true),
    line: signal<Line>('up'),
    stopped: signal(false),
    accepted: signal<Draft | null>(null),
    progress: signal<Progress | null>(null),
    failure: signal<ResponseFailure | null>(null),
    notices: signal<readonly Notice[]>([]),
  };
}

export function threadInfo(thread: Thread): ThreadInfo {
  return {
    id: thread.id,
    title: thread.title ?? null,
    status: thread.status,
    createdAt: thread.created_at,
    allowedImageDomains: thread.allowed_image_domains ?? null,
  };
}

/** Puts the signals to what holds for a thread of which nothing is known yet. */
export function clearThread(signals: Signals, threadId: string | null): void {
  signals.threadId.value = threadId;
  signals.thread.value = null;
  signals.load.value = 'idle';
  signals.loadFailure.value = null;
  signals.older.value = 'idle';
  signals.hasOlder.value = false;
  signals.stopped.value = false;
  signals.progress.value = null;
  signals.failure.value = null;
  signals.notices.value = [];
}
