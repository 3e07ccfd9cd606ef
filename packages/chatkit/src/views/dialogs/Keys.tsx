/** The list of keys, opened by `?`. */
import type { MessageKey } from '../../i18n';
import { useText } from '../../i18n';
import { useChat } from '../context';
import { Modal } from './Modal';

const command = (): string => (/mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘' : 'Ctrl');

const keys: readonly (readonly [MessageKey, () => string])[] = [
  ['keys.send', () => 'Enter'],
  ['keys.newline', () => 'Shift + Enter'],
  ['keys.stop', () => 'Esc'],
  ['keys.previous', () => '↑'],
  ['keys.history', () => `${command()} + K`],
  ['keys.newChat', () => `${command()} + Shift + O`],
  ['keys.copy', () => `${command()} + Shift + C`],
  ['keys.move', () => 'Alt + ↑ ↓'],
  ['keys.help', () => '?'],
];

export function Keys() {
  const text = useText();
  const { dialog } = useChat();
  const close = () => {
    dialog.value = null;
  };
  return (
    <Modal title={text('keys.title')} onClose={close}>
      <dl class="keys">
        {keys.map(([label, key]) => (
          <>
            <dt>{text(label)}</dt>
            <dd>
              <kbd dir="ltr">{key()}</kbd>
            </dd>
          </>
        ))}
      </dl>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          {text('close')}
        </button>
      </div>
    </Modal>
  );
}
