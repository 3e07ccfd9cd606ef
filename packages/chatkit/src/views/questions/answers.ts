/** What a person has entered for a question, and what is sent of it. */
import type { StructuredInput, StructuredInputAnswerSubmission } from '../../protocol/generated';

/** The options that are chosen, and an answer in words of one's own. */
export type Entry = { readonly chosen: readonly string[]; readonly own: string };

export const nothing: Entry = { chosen: [], own: '' };

/** An answer of one's own goes with the chosen options where several are allowed, and instead of one where not. */
export function answerOf(question: StructuredInput, { chosen, own }: Entry): StructuredInputAnswerSubmission {
  const words = own.trim() ? [own.trim()] : [];
  const several = question.type === 'multiple_choice' && question.multiple;
  const values = several ? [...chosen, ...words] : words.length ? words : [...chosen];
  return { values, skipped: values.length === 0 };
}
