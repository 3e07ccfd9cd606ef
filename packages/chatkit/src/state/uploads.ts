/** The files of a draft, and the way of each to the server (element.md §3.9, protocol.md §14). */
import type { ReadonlySignal } from '@preact/signals-core';
import type { Emit } from '../events';
import type { ChatKitOptions } from '../options';
import type { Attachment } from '../protocol/generated';
import type { Client } from '../transport/client';
import { HttpError } from '../transport/errors';
import { AttachmentError, strategyOf, upload, type Sender } from '../transport/uploads';
import { sortOut, type Refusal } from './accepting';
import type { Failure } from './chat';
import type { DraftAttachment } from './drafts';
import { failureBeside } from './failuresBeside';

/** Why an upload failed: `type`, the server takes no such files; `size`, none so large. */
export type UploadFailure = Failure['kind'] | 'size' | 'type';

/** What is on the desk: the list of files, and the ways to change it. */
export type DraftFiles = {
  readonly attachments: ReadonlySignal<readonly DraftAttachment[]>;
  addAttachment(attachment: DraftAttachment): void;
  /** null takes it out. */
  changeAttachment(localId: string, change: Partial<DraftAttachment> | null): void;
};

/** What went wrong, one after the other, for whoever tells the person. */
export type Trouble =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'failed'; readonly name: string; readonly failure: UploadFailure };

/** Files that came back with a message: which of them are not there is in the server's words, or it may be any. */
export function lookThrough(
  attachments: readonly DraftAttachment[],
  error: unknown,
): readonly DraftAttachment[] {
  if (!(error instanceof HttpError) || error.code !== 'attachment_missing') return attachments;
  const isNamed = ({ attachment }: DraftAttachment) => !!attachment && error.message.includes(attachment.id);
  const isAny = !attachments.some(isNamed);
  return attachments.map((one) =>
    isAny || isNamed(one) ? { ...one, state: 'failed', progress: null, error: 'attachment' } : one,
  );
}

/** What uploads need from outside; options are read when they are used. */
export type UploadSurroundings = {
  readonly client: Client;
  readonly emit: Emit;
  readonly options: () => ChatKitOptions;
  readonly draft: DraftFiles;
  /** Tells the person. */
  readonly tell: (trouble: Trouble) => void;
  /** How bytes go out; the browser's own way if it is left out. */
  readonly send?: Sender;
};

/** Uploads that run at a time: the other connections of the browser are left to the chat. */
const AT_ONCE = 3;

let serial = 0;

/** A key that is there, so that it takes the place of the old one. */
const NO_ATTACHMENT = { attachment: undefined } as unknown as Partial<DraftAttachment>;

/** Whether files can be attached with these options: they are asked for, and it is said how they travel. */
export function canUpload({ api, composer }: ChatKitOptions): boolean {
  return composer?.attachments?.enabled === true && strategyOf(api) !== null;
}

/** Failures after which the same file may get through. */
export function isWorthUploading(failure: string): boolean {
  return !['size', 'type', 'forbidden'].includes(failure);
}

export class Uploads {
  /** Ends what runs, by the id of its file. */
  readonly #running = new Map<string, AbortController>();
  readonly #waiting: [localId: string, file: File][] = [];

  constructor(private readonly around: UploadSurroundings) {}

  /** Takes files that may be attached, and begins to upload them; the rest is told of. */
  add(files: readonly File[]): void {
    const { options, draft, tell } = this.around;
    const option = options().composer?.attachments;
    if (!option || !canUpload(options())) return;
    const { accepted, refused } = sortOut(files, option, draft.attachments.peek().length);
    for (const refusal of refused) this.#report(refusedError(refusal));
    if (refused.length) tell({ kind: 'refused', refusals: refused });
    for (const file of accepted) {
      const localId = `upload-${String(++serial)}`;
      draft.addAttachment({ localId, file, state: 'uploading', progress: null, error: null });
      this.#queue(localId, file);
    }
  }

  /** Tries again what failed, from the beginning. */
  retry({ localId, file, attachment }: DraftAttachment): void {
    if (!file || this.#running.has(localId)) return;
    if (attachment) this.#delete(attachment);
    const again = { state: 'uploading', progress: null, error: null } as const;
    this.around.draft.changeAttachment(localId, { ...again, ...NO_ATTACHMENT });
    this.#queue(localId, file);
  }

  /** Takes a file out of the draft, ends its upload, and deletes what the server has of it. */
  remove({ localId, attachment }: DraftAttachment): void {
    this.around.draft.changeAttachment(localId, null);
    const place = this.#waiting.findIndex(([id]) => id === localId);
    if (place >= 0) this.#waiting.splice(place, 1);
    this.#running.get(localId)?.abort();
    if (attachment) this.#delete(attachment);
  }

  /** Ends all that is on its way. */
  stop(): void {
    this.#waiting.length = 0;
    for (const running of this.#running.values()) running.abort();
  }

  #queue(localId: string, file: File): void {
    this.#waiting.push([localId, file]);
    this.#startNext();
  }

  #startNext(): void {
    while (this.#running.size < AT_ONCE) {
      const next = this.#waiting.shift();
      if (!next) return;
      void this.#run(...next);
    }
  }

  async #run(localId: string, file: File): Promise<void> {
    const { client, emit, send, draft } = this.around;
    const stop = new AbortController();
    this.#running.set(localId, stop);
    const log = (state: string) =>
      emit('chatkit.log', { name: 'attachment.upload', data: { localId, state } });
    log('start');
    const held: { created: Attachment | null } = { created: null };
    const progress = {
      onCreated: (attachment: Attachment) => {
        held.created = attachment;
        if (stop.signal.aborted) this.#delete(attachment);
        else draft.changeAttachment(localId, { attachment });
      },
      onProgress: (share: number) => draft.changeAttachment(localId, { progress: share }),
    };
    try {
      const strategy = strategyOf(this.around.options().api);
      if (!strategy) throw new Error('options.api.uploadStrategy is not set any more.');
      const attachment = await upload(file, strategy, client, stop.signal, progress, send);
      // An app's fetch may not pass the signal on: what came through all the same is not wanted any more.
      if (!stop.signal.aborted) {
        // Where the bytes went is used up.
        delete attachment.upload_descriptor;
        draft.changeAttachment(localId, { state: 'ready', progress: 1, attachment });
      }
      if (stop.signal.aborted && !held.created) this.#delete(attachment);
      log('done');
    } catch (cause) {
      if (stop.signal.aborted) {
        log('cancelled');
        return;
      }
      log('failed');
      const failure = uploadFailureOf(cause);
      draft.changeAttachment(localId, { state: 'failed', progress: null, error: failure });
      this.#report(uploadError(file.name, cause));
      this.around.tell({ kind: 'failed', name: file.name, failure });
    } finally {
      this.#running.delete(localId);
      this.#startNext();
    }
  }

  /** Nobody waits for it: what stays behind is swept away by the server in time. */
  #delete({ id }: Attachment): void {
    this.around.client.ask('attachments.delete', { attachment_id: id }).catch(() => undefined);
  }

  #report(error: AttachmentError): void {
    this.around.emit('chatkit.error', { error });
  }
}

function uploadFailureOf(cause: unknown): UploadFailure {
  if (cause instanceof HttpError) {
    const { status, code } = cause;
    if (status === 413) return 'size';
    if (status === 415 || code === 'chatkit.file_upload_type_rejected') return 'type';
    if (code === 'chatkit.file_upload_disabled') return 'forbidden';
  }
  // Where a file was to go may have been given up by then; a new place is asked for with each try.
  return failureBeside(cause, 'changed').kind;
}

function uploadError(name: string, cause: unknown): AttachmentError {
  const { status = null, code = null } = cause instanceof HttpError ? cause : {};
  const words = cause instanceof Error ? cause.message : String(cause);
  return new AttachmentError(`${name} could not be uploaded: ${words}`, name, code, status, { cause });
}

function refusedError(refusal: Refusal): AttachmentError {
  const { name, reason } = refusal;
  const words = {
    type: 'its type is not among those in options.composer.attachments.accept',
    size: `it has ${'size' in refusal ? String(refusal.size) : ''} bytes, and may have ${'limit' in refusal ? String(refusal.limit) : ''}`,
    count: `a message may have ${'limit' in refusal ? String(refusal.limit) : ''} files`,
  }[reason];
  return new AttachmentError(`${name} was not attached: ${words}.`, name, reason, null);
}
