/** One conversation in the list; its tools appear on hover and focus. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import type { ThreadInfo } from '../../state/chat';
import { useChat } from '../context';

type Props = { thread: ThreadInfo; onOpen: (threadId: string) => void };

export function HistoryRow({ thread, onOpen }: Props) {
  const text = useText();
  const { state, options, dialog } = useChat();
  const renaming = useSignal(false);
  const rename = useRef<HTMLButtonElement>(null);
  const { showRename = true, showDelete = true } = options.value.history ?? {};
  const title = thread.title ?? text('history.untitled');
  const current = state.threadId.value === thread.id;

  const stopRenaming = () => {
    renaming.value = false;
    requestAnimationFrame(() => rename.current?.focus());
  };
  if (renaming.value) {
    return (
      <li class="history-row" part="history-row">
        <TitleField thread={thread} onDone={stopRenaming} />
      </li>
    );
  }
  return (
    <li class="history-row" part="history-row" data-current={current || undefined}>
      <button
        type="button"
        class="history-open"
        dir="auto"
        title={title}
        aria-current={current ? 'true' : undefined}
        onClick={() => onOpen(thread.id)}
      >
        {title}
      </button>
      {showRename && (
        <button
          ref={rename}
          type="button"
          class="icon-button"
          aria-label={text('history.rename', { title })}
          onClick={() => {
            renaming.value = true;
          }}
        >
          <Icon name="pencil" />
        </button>
      )}
      {showDelete && (
        <button
          type="button"
          class="icon-button"
          aria-label={text('history.delete', { title })}
          onClick={() => {
            dialog.value = { kind: 'delete', threadId: thread.id, title };
          }}
        >
          <Icon name="trash" />
        </button>
      )}
    </li>
  );
}

/** Enter and leaving keep the new title, Escape the old one. */
function TitleField({ thread, onDone }: { thread: ThreadInfo; onDone: () => void }) {
  const text = useText();
  const { commands } = useChat();
  const field = useRef<HTMLInputElement>(null);
  const over = useRef(false);

  useEffect(() => field.current?.select(), []);

  const finish = (keep: boolean) => {
    if (over.current) return;
    over.current = true;
    const title = field.current?.value.trim() ?? '';
    if (keep && title && title !== thread.title) void commands.renameThread(thread.id, title);
    onDone();
  };
  return (
    <input
      ref={field}
      class="history-field"
      dir="auto"
      defaultValue={thread.title ?? ''}
      aria-label={text('history.renameField')}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        if (event.isComposing) return;
        if (event.key === 'Enter' || event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          finish(event.key === 'Enter');
        }
      }}
    />
  );
}
