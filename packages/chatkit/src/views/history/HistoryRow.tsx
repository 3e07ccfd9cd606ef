/** One conversation in the list; its tools appear on hover and focus. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { unturned } from '../../i18n/unturned';
import { paths } from '../../icons/history';
import { IconButton } from '../../icons/IconButton';
import type { ThreadInfo } from '../../state/chat';
import { useValue } from '../../useValue';
import { useChat } from '../context';

type Props = { thread: ThreadInfo; onOpen: (threadId: string) => void };

export function HistoryRow({ thread, onOpen }: Props) {
  const text = useText();
  const { state, options, dialog } = useChat();
  const [renaming, setRenaming] = useState(false);
  const rename = useRef<HTMLButtonElement>(null);
  const { showRename = true, showDelete = true } = useValue(options).history ?? {};
  const title = thread.title ?? text('history.untitled');
  const named = { title: unturned(title) };
  const current = useValue(state.threadId) === thread.id;
  const running = useValue(state.history.running).has(thread.id);
  const unread = useValue(state.history.unread).has(thread.id);
  const mark = running ? 'running' : unread ? 'unread' : null;

  const stopRenaming = () => {
    setRenaming(false);
    requestAnimationFrame(() => rename.current?.focus());
  };
  if (renaming) {
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
        title={title}
        aria-current={current ? 'true' : undefined}
        onClick={() => onOpen(thread.id)}
      >
        <span class="history-name" dir="auto">
          {title}
        </span>
        {mark && (
          <i
            class="history-mark"
            part="history-mark"
            role="img"
            data-mark={mark}
            aria-label={text(`history.${mark}`)}
          />
        )}
      </button>
      {showRename && (
        <IconButton
          icon="pencil"
          paths={paths}
          label={text('history.rename', named)}
          button={rename}
          onClick={() => setRenaming(true)}
        />
      )}
      {showDelete && (
        <IconButton
          icon="trash"
          paths={paths}
          label={text('history.delete', named)}
          onClick={() => {
            dialog.value = { kind: 'delete', threadId: thread.id, ...named };
          }}
        />
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
