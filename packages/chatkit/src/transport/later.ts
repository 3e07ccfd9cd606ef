/** Parts of the chat that are fetched when they are needed. */
import { NetworkError } from './errors';

/** @throws NetworkError if the part could not be fetched. */
export function later<T>(load: () => Promise<T>): Promise<T> {
  return load().catch((cause: unknown) => {
    throw new NetworkError('A part of the chat could not be loaded.', false, { cause });
  });
}
