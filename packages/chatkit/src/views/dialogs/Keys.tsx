/** The list of keys, opened by `?`. */
import type { MessageKey } from '../../i18n';
import { useText } from '../../i18n';
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
  ['keys.reply', () => 'R'],
  ['keys.help', () => '?'],
];

export function Keys({ onClose }: { onClose: () => void }) {
  const text = useText();
  return (
    <Modal title={text('keys.title')} onClose={onClose}>
      <dl class="keys">
        {keys.map(([label, key]) => (
          <div>
            <dt>{text(label)}</dt>
            <dd>
              <kbd dir="ltr">{key()}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onClose}>
          {text('close')}
        </button>
      </div>
    </Modal>
  );
}
