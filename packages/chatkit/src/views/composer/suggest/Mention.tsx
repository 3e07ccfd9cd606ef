/** A button that writes the `@` for those who do not know of it. */
import { useText } from '../../../i18n';
import styles from '../../../styles/later/suggest.css?inline';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import type { PartProps } from '../rich/slots';

export { styles };

export function View({ editor }: PartProps) {
  const label = useText()('suggest.mention');
  const status = useValue(useChat().state.thread)?.status.type ?? 'active';
  return (
    <button
      type="button"
      class="icon-button mention"
      part="mention-button"
      aria-label={label}
      title={label}
      disabled={status !== 'active'}
      // The caret stays where the sign is to stand.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => {
        editor.focus();
        const range = editor.selection();
        const before = editor.draft.text.slice(0, range.start);
        editor.edit(range, !before || /\s$/.test(before) ? '@' : ' @');
        editor.box.dispatchEvent(new InputEvent('input'));
      }}
    >
      @
    </button>
  );
}
