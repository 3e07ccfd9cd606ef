/** Banners above the composer, until they are dismissed. */
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import { Markdown } from '../../markdown/Markdown';
import { useValue } from '../../useValue';
import styles from '../../styles/later/notices.css?inline';
import { useChat } from '../context';

export { styles };

export function View() {
  const text = useText();
  const { state, commands } = useChat();
  return (
    <>
      {useValue(state.notices).map((notice, index) => (
        <div key={index} class="notice" part="notice" data-level={notice.level} role="status">
          <div>
            {notice.title && <strong dir="auto">{notice.title}</strong>}
            <Markdown source={notice.message} />
          </div>
          <IconButton icon="close" label={text('dismiss')} onClick={() => commands.dismissNotice(notice)} />
        </div>
      ))}
    </>
  );
}
