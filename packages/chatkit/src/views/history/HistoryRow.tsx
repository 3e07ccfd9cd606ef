/** One conversation in the list; its tools appear on hover and focus. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { unturned } from '../../i18n/unturned';
import { paths } from '../../icons/history';
import { IconButton } from '../../icons/IconButton';
import { Icon } from '../../icons/Icon';
import type { Failure, ThreadInfo } from '../../state/chat';
import { failureBeside } from '../../state/failuresBeside';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { guarded } from '../guarded';
import { wordsFor } from '../items/TurnState';

type Props = { thread: ThreadInfo; onOpen: (threadId: string) => void };

/** A title that is being written; `failure` says why it is not the title yet. */
type NewTitle = { readonly title: string; readonly failure?: Failure };

export const HistoryRow = guarded(Conversation);

function Conversation({ thread, onOpen }: Props) {
  const text = useText();
  const { state, commands, options, dialog } = useChat();
  const [renaming, setRenaming] = useState<NewTitle | null>(null);
  const rename = useRef<HTMLButtonElement>(null);
  const { showRename = true, showDelete = true } = useValue(options).history ?? {};
  const title = thread.title ?? text('history.untitled');
  const named = { title: unturned(title) };
  const current = useValue(state.threadId) === thread.id;
  const running = useValue(state.history.running).has(thread.id);
  const unread = useValue(state.history.unread).has(thread.id);
  const mark = running ? 'running' : unread ? 'unread' : null;

  const stopRenaming = (wanted: string | null) => {
    setRenaming(null);
    requestAnimationFrame(() => rename.current?.focus());
    if (wanted === null) return;
    commands.renameThread(thread.id, wanted).catch((error: unknown) => {
      setRenaming({ title: wanted, failure: failureBeside(error, 'gone') }); // what was written is not lost
    });
  };
  if (renaming) {
    return (
      <li class="history-row" part="history-row">
        <TitleField {...renaming} current={thread.title} onDone={stopRenaming} />
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
          onClick={() => setRenaming({ title: thread.title ?? '' })}
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

type FieldProps = NewTitle & { current: string | null; onDone: (title: string | null) => void };

/** Enter and leaving keep the new title, Escape the old one; one that has failed is tried again by Enter alone. */
function TitleField({ title, failure, current, onDone }: FieldProps) {
  const text = useText();
  const field = useRef<HTMLInputElement>(null);
  const over = useRef(false);

  useEffect(() => field.current?.select(), []);

  const finish = (keeps: boolean) => {
    if (over.current) return;
    over.current = true;
    const written = field.current?.value.trim() ?? '';
    onDone(keeps && written && written !== current ? written : null);
  };
  return (
    <>
      <input
        ref={field}
        class="history-field"
        dir="auto"
        defaultValue={title}
        aria-label={text('history.renameField')}
        aria-invalid={failure !== undefined}
        onBlur={() => finish(!failure)}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === 'Enter' || event.key === 'Escape') {
            event.preventDefault();
            event.stopPropagation();
            finish(event.key === 'Enter');
          }
        }}
      />
      {failure && (
        <p class="history-failed" role="alert" dir="auto">
          <Icon name="warning" /> {wordsFor(failure, text)}
        </p>
      )}
    </>
  );
}
