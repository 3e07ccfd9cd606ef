/** What a page may set the composer to (element.md §4), checked: pages are mostly not type-checked. */
import { batch } from '@preact/signals-core';
import { IntegrationError } from '../events';
import type { ComposerValue } from './chat';
import { asSent, type Desk, type Field } from './desk';
import { replaceAttachments } from './attached';
import { uploaded } from './drafts';

/** Milliseconds in which what attaches files has been fetched, on any line that is good for something. */
const FETCHED_MS = 30_000;

/**
 * Sets the parts of the draft that are given. Nothing is set if one of them cannot be.
 *
 * @throws IntegrationError if a part is not what it should be, or the options do not allow it.
 */
export async function setComposerValue(desk: Desk, field: Field, value: ComposerValue): Promise<void> {
  const { text, content, reply, attachments, files, selectedToolId, selectedModelId } = checked(value);
  const { state, options } = desk.around;
  if (state.thread.peek()?.status.type === 'closed')
    throw new Error('setComposerValue: this thread is closed.');
  const { api, composer } = options.peek();
  if (selectedToolId != null && !composer?.tools?.some(({ id }) => id === selectedToolId))
    throw wrong(`there is no tool "${selectedToolId}" in options.composer.tools.`);
  if (
    selectedModelId != null &&
    !composer?.models?.some((one) => one.id === selectedModelId && !one.disabled)
  )
    throw wrong(`there is no model "${selectedModelId}" to choose in options.composer.models.`);
  if (files?.length && !composer?.attachments?.enabled)
    throw wrong('options.composer.attachments is not enabled.');
  if (files?.length && 'url' in api && !api.uploadStrategy)
    throw wrong('options.api.uploadStrategy does not say how files are uploaded.');
  const takeFiles = files?.length ? await whoTakesFiles(desk) : null;
  batch(() => {
    if (attachments || files) replaceAttachments(desk, (attachments ?? []).map(uploaded));
    if (selectedToolId !== undefined) desk.selectTool(selectedToolId);
    if (selectedModelId !== undefined) desk.selectModel(selectedModelId);
    if (content) field.setContent(content.map(asSent));
    else if (text !== undefined) field.setContent([{ type: 'input_text', text }]);
    if (reply !== undefined) desk.setQuote(reply);
  });
  takeFiles?.(files ?? []);
}

function whoTakesFiles(desk: Desk): Promise<(files: readonly File[]) => void> {
  return new Promise((resolve, reject) => {
    const over = () => {
      end();
      clearTimeout(clock);
      reject(new Error('setComposerValue: what attaches files could not be loaded.'));
    };
    const clock = setTimeout(over, FETCHED_MS);
    const end = desk.takeFiles.subscribe((take) => {
      if (!take) return;
      resolve(take);
      queueMicrotask(over);
    });
    desk.onEnd(over);
  });
}

/** What a page is told of a value that cannot be set. */
const wrong = (words: string) => new IntegrationError(`setComposerValue: ${words}`);

/** Text, or a tag, as a page writes it. */
export function isWritten(part: unknown): boolean {
  const { type, id, text } = (part ?? {}) as Record<string, unknown>;
  return (
    typeof text === 'string' && (type === 'input_text' || (type === 'input_tag' && typeof id === 'string'))
  );
}

/**
 * A value of which every part is what it should be.
 *
 * @throws IntegrationError naming the part.
 */
function checked(value: unknown): ComposerValue {
  if (typeof value !== 'object' || value === null) throw wrong('expected an object.');
  const fields = value as Record<string, unknown>;
  for (const key of ['text', 'reply', 'selectedToolId', 'selectedModelId']) {
    const one = fields[key];
    if (one === null && key !== 'text') continue;
    if (one !== undefined && typeof one !== 'string') throw wrong(`${key} is not a string.`);
  }
  for (const key of ['content', 'attachments', 'files']) {
    if (fields[key] !== undefined && !Array.isArray(fields[key])) throw wrong(`${key} is not an array.`);
  }
  const { content, attachments, files } = value as ComposerValue;
  content?.forEach((part, index) => {
    if (!isWritten(part)) throw wrong(`content[${String(index)}] is neither text nor a tag.`);
  });
  attachments?.forEach((one: { id?: unknown; name?: unknown } | null, index) => {
    if (typeof one?.id !== 'string' || typeof one.name !== 'string')
      throw wrong(
        `attachments[${String(index)}] has no id or no name; upload the file first, or pass it in files.`,
      );
  });
  files?.forEach((file: unknown, index) => {
    if (!(file instanceof Blob)) throw wrong(`files[${String(index)}] is not a file.`);
  });
  return fields;
}
