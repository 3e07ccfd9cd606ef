/** The bar above the conversation: history, title, new chat, and the page's own buttons at the far ends. */
import type { HeaderAction } from '../../options';
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { Heading } from '../Heading';

export function Header() {
  const text = useText();
  const { options, state, commands, focusComposer } = useChat();
  const { header, history } = useValue(options);
  const open = useValue(state.history.open);
  const thread = useValue(state.thread);
  const threadId = useValue(state.threadId);
  const canLeave = useValue(state.canLeave);
  const canStop = useValue(state.canStop);
  if (header?.enabled === false) return null;
  const title = header?.title?.text ?? thread?.title ?? '';

  const toggleHistory = (event: MouseEvent) => {
    if (open) {
      commands.closeHistory();
      return;
    }
    (event.currentTarget as HTMLElement).focus(); // not every browser does that at a click
    void commands.openHistory();
  };

  return (
    <header class="header" part="header">
      {header?.leftAction && <Action {...header.leftAction} />}
      {history?.enabled !== false && (
        <IconButton
          icon="history"
          label={text('header.history')}
          part="history-button"
          aria-expanded={open}
          onClick={toggleHistory}
        />
      )}
      {/* A heading without words would be read out all the same. */}
      {header?.title?.enabled !== false && title ? (
        <Heading class="title">{title}</Heading>
      ) : (
        <span class="title" />
      )}
      {threadId !== null && (
        <IconButton
          icon="compose"
          label={text('header.newChat')}
          part="new-chat-button"
          disabled={!canLeave && !canStop}
          onClick={() => {
            if (!state.canLeave.peek()) commands.stop();
            queueMicrotask(() => void commands.openThread(null).then(focusComposer));
          }}
        />
      )}
      {header?.rightAction && <Action {...header.rightAction} />}
    </header>
  );
}

/** A button of the page; without words of its own it is named after its icon. */
function Action({ icon, label, onClick }: HeaderAction) {
  const { attempt } = useChat();
  return (
    <IconButton
      icon={icon}
      label={label || icon.replaceAll('-', ' ')}
      onClick={() => void attempt(() => onClick())}
    />
  );
}
