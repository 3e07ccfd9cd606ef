/** Banners above the composer, until they are dismissed. Each is said once when it comes. */
import { useEffect, useRef } from 'preact/hooks';
import { useText } from '../../i18n';
import { Icon } from '../../icons/Icon';
import { IconButton } from '../../icons/IconButton';
import { Markdown } from '../../markdown/Markdown';
import { useValue } from '../../useValue';
import styles from '../../styles/later/notices.css?inline';
import { useChat } from '../context';

export { styles };

export function View() {
  const text = useText();
  const { state, commands, root, announce, options } = useChat();
  const { headingLevel = 2 } = useValue(options);
  const notices = useValue(state.notices);
  const said = useRef(0);

  useEffect(() => {
    const boxes = [...(root.current?.querySelectorAll<HTMLElement>('.notice > div') ?? [])];
    const fresh = boxes.slice(said.current).map((box) => box.innerText);
    said.current = boxes.length;
    if (fresh.length) announce(fresh.join('\n'));
  }, [notices, root, announce]);

  return (
    <>
      {notices.map((notice, index) => (
        <div key={index} class="notice" part="notice" data-level={notice.level}>
          {notice.level !== 'info' && <Icon name="warning" />}
          <div>
            {notice.title && <strong dir="auto">{notice.title}</strong>}
            <Markdown source={notice.message} headingLevel={headingLevel + 1} />
          </div>
          <IconButton icon="close" label={text('dismiss')} onClick={() => commands.dismissNotice(notice)} />
        </div>
      ))}
    </>
  );
}
