/** Which model answers: a menu below the text (element.md §3.8). */
import { useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import { paths } from '../../../icons/tools';
import styles from '../../../styles/later/tools.css?inline';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import { MenuButton } from '../../menus/Menu';
import type { PartProps } from '../rich/slots';

export { styles };

export function View({ desk }: PartProps) {
  const text = useText();
  const { options, state } = useChat();
  const models = useValue(options).composer?.models ?? [];
  const chosen = useValue(desk.model);
  const status = useValue(state.thread)?.status.type ?? 'active';
  const name = chosen?.label ?? models[0]?.label ?? '';
  return (
    <MenuButton
      label={text('model.menu', { name })}
      placement="top-end"
      class="tool"
      part="model-button"
      disabled={status !== 'active'}
      entries={models.map(({ id, label, description, disabled }) => ({
        key: id,
        label,
        description,
        disabled,
        checked: chosen?.id === id,
        choose: () => desk.selectModel(id),
      }))}
    >
      <span dir="auto">{name}</span>
      <Icon name="chevron-down" paths={paths} />
    </MenuButton>
  );
}
