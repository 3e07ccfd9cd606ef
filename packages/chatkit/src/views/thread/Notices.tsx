/** Banners above the composer, until they are dismissed. */
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import { Markdown } from '../../markdown/Markdown';
import { useChat } from '../context';

export function Notices() {
  const text = useText();
  const { state, commands } = useChat();
  return (
    <>
      {state.notices.value.map((notice, index) => (
        <div key={index} class="notice" part="notice" data-level={notice.level} role="status">
          <div>
            {notice.title && <strong dir="auto">{notice.title}</strong>}
            <Markdown source={notice.message} />
          </div>
          <button
            type="button"
            class="icon-button"
            aria-label={text('dismiss')}
            onClick={() => commands.dismissNotice(notice)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </>
  );
}
