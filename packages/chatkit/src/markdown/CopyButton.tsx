/** Copies a text and says that it did. */
import { useEffect, useState } from 'preact/hooks';
import { useText } from '../i18n';
import { IconButton } from '../icons/IconButton';

type Props = {
  text: string | (() => string);
  labelKey: 'code.copy' | 'message.copy';
  /** There is nothing to copy, and nobody wants that in the place of what they copied before. */
  disabled?: boolean;
};

export function CopyButton({ text: content, labelKey, disabled }: Props) {
  const text = useText();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof content === 'string' ? content : content());
      setCopied(true);
    } catch {
      setCopied(false); // the page may not use the clipboard; nothing has been promised
    }
  };

  return (
    <>
      <IconButton
        icon={copied ? 'check' : 'copy'}
        label={text(labelKey)}
        disabled={disabled}
        onClick={() => void copy()}
      />
      {/* Beside the button: what is inside of one is only its name. */}
      <span class="visually-hidden" role="status">
        {copied ? text('copied') : ''}
      </span>
    </>
  );
}
