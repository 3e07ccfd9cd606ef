/** What a page may set the composer to (element.md §4), checked: pages are mostly not type-checked. */
import { IntegrationError } from '../events';
import type { UserMessageContent } from '../protocol/generated';
import type { ComposerValue } from './chat';
import type { DraftTag } from './drafts';

/** A tag, of which pages often leave something out. */
type WrittenByPages = Pick<DraftTag, 'type' | 'id' | 'text'> & Partial<DraftTag>;

/** On the wire a tag always has data, and nothing that is only for who writes. */
export function asSent(part: UserMessageContent): UserMessageContent {
  if (part.type !== 'input_tag') return part;
  const { type, id, text, group, interactive = false, data = {} } = part as WrittenByPages;
  return { type, id, text, ...(group && { group }), interactive, data };
}

/** What a page is told of a value that cannot be set. */
export const wrong = (words: string) => new IntegrationError(`setComposerValue: ${words}`);

/**
 * A value of which every part is what it should be.
 *
 * @throws IntegrationError naming the part.
 */
export function checked(value: unknown): ComposerValue {
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
  content?.forEach((part: { type?: unknown; id?: unknown; text?: unknown }, index) => {
    const isNamed = part.type === 'input_text' || (part.type === 'input_tag' && typeof part.id === 'string');
    if (!isNamed || typeof part.text !== 'string')
      throw wrong(`content[${String(index)}] is neither text nor a tag.`);
  });
  attachments?.forEach(({ id, name }: { id?: unknown; name?: unknown }, index) => {
    if (typeof id !== 'string' || typeof name !== 'string')
      throw wrong(
        `attachments[${String(index)}] has no id or no name; upload the file first, or pass it in files.`,
      );
  });
  files?.forEach((file: unknown, index) => {
    if (!(file instanceof Blob)) throw wrong(`files[${String(index)}] is not a file.`);
  });
  return fields;
}
