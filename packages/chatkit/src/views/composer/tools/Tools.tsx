/** What the next message may be given: files, and one of the app's tools (element.md §3.8). */
import { useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import { IconButton } from '../../../icons/IconButton';
import { paths } from '../../../icons/tools';
import styles from '../../../styles/later/tools.css?inline';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import { MenuButton, type MenuEntry } from '../../menus/Menu';
import type { PartProps } from '../rich/slots';

export { styles };

export function View({ desk, editor }: PartProps) {
  const text = useText();
  const { options, state } = useChat();
  const tools = useValue(options).composer?.tools ?? [];
  const chosen = useValue(desk.tool);
  const takesFiles = useValue(desk.takeFiles) !== null;
  const status = useValue(state.thread)?.status.type ?? 'active';
  const disabled = status !== 'active';

  const choose = (id: string | null) => {
    desk.selectTool(id);
    editor.focus();
  };
  const inMenu = tools.filter(({ pinned }) => !pinned);
  const attach = { icon: 'attach', label: text('attach.add'), paths };
  const pickFiles = () => desk.pickFiles?.();
  const entries: MenuEntry[] = inMenu.map(({ id, label, icon }) => ({
    key: `tool ${id}`,
    label,
    icon,
    checked: chosen?.id === id,
    choose: () => choose(chosen?.id === id ? null : id),
  }));
  if (takesFiles) entries.unshift({ key: 'attach', ...attach, choose: pickFiles });

  return (
    <>
      {inMenu.length > 0 ? (
        <MenuButton
          label={text('tool.menu')}
          entries={entries}
          class="icon-button"
          part="tool-menu"
          disabled={disabled}
        >
          <Icon name="plus" paths={paths} />
        </MenuButton>
      ) : (
        takesFiles && <IconButton {...attach} part="attach-button" disabled={disabled} onClick={pickFiles} />
      )}
      {tools
        .filter(({ pinned }) => pinned)
        .map(({ id, label, shortLabel, icon }) => (
          <button
            key={id}
            type="button"
            class="tool"
            part="tool-button"
            title={label}
            aria-label={label}
            aria-pressed={chosen?.id === id}
            disabled={disabled}
            onClick={() => choose(chosen?.id === id ? null : id)}
          >
            <Icon name={icon} />
            <span dir="auto">{shortLabel ?? label}</span>
          </button>
        ))}
      {chosen && !chosen.pinned && (
        <button
          type="button"
          class="tool"
          part="tool-chip"
          data-chosen
          title={chosen.label}
          aria-label={text('attach.remove', { name: chosen.shortLabel ?? chosen.label })}
          onClick={() => choose(null)}
        >
          <Icon name={chosen.icon} />
          <span dir="auto">{chosen.shortLabel ?? chosen.label}</span>
          <Icon name="close" />
        </button>
      )}
    </>
  );
}
