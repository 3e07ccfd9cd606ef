/** Questions that have been answered or skipped, with what was said. */
import { useText } from '../../../i18n';
import type { StructuredInputAnswer, StructuredInputItem } from '../../../protocol/generated';

export function Answers({ item }: { item: StructuredInputItem }) {
  const text = useText();
  return (
    <dl class="answers" part="structured-input-answers" dir="auto">
      {item.inputs.map(({ id, question, answer }) => (
        <div key={id}>
          <dt class="muted">{question}</dt>
          {valuesOf(answer)?.map((value, index) => <dd key={index}>{value}</dd>) ?? (
            <dd class="muted">{text('form.skipped')}</dd>
          )}
        </div>
      ))}
    </dl>
  );
}

/** What was answered; null if nothing was. */
function valuesOf(answer: Partial<StructuredInputAnswer> | null | undefined): readonly string[] | null {
  return answer?.values?.length ? answer.values : null;
}
