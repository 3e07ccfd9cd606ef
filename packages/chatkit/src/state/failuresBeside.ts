/** The same for what is not an answer: it has no message that could be too long, and is not a conversation that changed. */
import type { Failure } from './chat';
import { failureOf } from './failures';

type Kind = Failure['kind'];

const BESIDE: Partial<Record<Kind, Kind>> = {
  conflict: 'changed',
  too_large: 'too_much',
  interrupted: 'broken',
};

/**
 * What to tell the person about an error of something beside the answers.
 *
 * @param missing What it means that the server does not know what was asked for.
 */
export function failureBeside(error: unknown, missing: Kind): Failure {
  const failure = failureOf(error);
  const { kind } = failure;
  return { ...failure, kind: kind === 'gone' ? missing : (BESIDE[kind] ?? kind) };
}
