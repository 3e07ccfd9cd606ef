/** The bar above the conversation: history, title, new chat, and the page's own buttons at the far ends. */
import type { HeaderAction } from '../../options';
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import { useChat } from '../context';
import { Heading } from '../Heading';

export function Header() {
  const text = useText();
  const { options, state, commands, focusComposer } = useChat();
  const { header, history } = options.value;
  if (header?.enabled === false) return null;
  const open = state.history.open.value;
  const title = header?.title?.text ?? state.thread.value?.title ?? '';

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
        <button
          type="button"
          class="icon-button"
          part="history-button"
          aria-label={text('header.history')}
          title={text('header.history')}
          aria-expanded={open}
          onClick={toggleHistory}
        >
          <Icon name="history" />
        </button>
      )}
      {header?.title?.enabled === false ? <span class="spacer" /> : <Heading>{title}</Heading>}
      {state.threadId.value !== null && (
        <button
          type="button"
          class="icon-button"
          part="new-chat-button"
          aria-label={text('header.newChat')}
          title={text('header.newChat')}
          disabled={state.phase.value !== 'idle' && !state.canStop.value}
          onClick={() => {
            if (state.phase.peek() !== 'idle') commands.stop();
            queueMicrotask(() => void commands.openThread(null).then(focusComposer));
          }}
        >
          <Icon name="compose" />
        </button>
      )}
      {header?.rightAction && <Action {...header.rightAction} />}
    </header>
  );
}

/** A button of the page. Its name is its icon's, since the option has no other words. */
function Action({ icon, onClick }: HeaderAction) {
  const name = icon.replaceAll('-', ' ');
  return (
    <button type="button" class="icon-button" aria-label={name} title={name} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
