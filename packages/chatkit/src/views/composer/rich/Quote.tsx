/** What the message will answer to, above the field. */
import { useText } from '../../../i18n';
import { IconButton } from '../../../icons/IconButton';
import styles from '../../../styles/later/composer.css?inline';
import { useValue } from '../../../useValue';
import type { PartProps } from './slots';

export { styles };

export function View({ desk, editor }: PartProps) {
  const text = useText();
  return (
    <div class="quote" part="composer-quote">
      <blockquote aria-label={text('thread.quoted')} dir="auto">
        {useValue(desk.quote)}
      </blockquote>
      <IconButton
        icon="close"
        label={text('quote.remove')}
        onClick={() => {
          desk.setQuote(null);
          editor.focus();
        }}
      />
    </div>
  );
}
