/** Options to choose from, and always a place for an answer that is not among them. */
import { useText } from '../../i18n';
import type { StructuredInputMultipleChoice } from '../../protocol/generated';
import type { Entry } from './answers';

type Props = {
  question: StructuredInputMultipleChoice;
  entry: Entry;
  onChange: (entry: Entry) => void;
};

export function Choices({ question, entry, onChange }: Props) {
  const text = useText();
  // Not every server sends a list that is empty (protocol.md W-5).
  const { multiple } = question;
  const options = (question.options as typeof question.options | undefined) ?? [];
  const choose = (value: string, isChosen: boolean) => {
    if (!multiple) onChange({ chosen: [value], own: '' });
    else {
      const chosen = new Set(entry.chosen);
      if (isChosen) chosen.add(value);
      else chosen.delete(value);
      // In the order of the options, not of the clicks.
      const values = options.map((option) => option.value).filter((one) => chosen.has(one));
      onChange({ ...entry, chosen: values });
    }
  };
  return (
    <>
      {options.map(({ value }, index) => (
        <label key={index} class="choice">
          <input
            type={multiple ? 'checkbox' : 'radio'}
            name="choice"
            value={value}
            checked={entry.chosen.includes(value)}
            onChange={(event) => choose(value, event.currentTarget.checked)}
          />
          <span dir="auto">{value}</span>
        </label>
      ))}
      <input
        type="text"
        class="choice-own"
        dir="auto"
        enterkeyhint="next"
        aria-label={text('form.own')}
        placeholder={text('form.own')}
        value={entry.own}
        onInput={(event) => {
          const own = event.currentTarget.value;
          onChange(multiple ? { ...entry, own } : { chosen: own.trim() ? [] : entry.chosen, own });
        }}
      />
    </>
  );
}
