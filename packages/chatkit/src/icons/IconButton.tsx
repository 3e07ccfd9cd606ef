/** A button that is an icon. Its words are its name, and what a pointer that rests on it is told. */
import type { ButtonHTMLAttributes, Ref } from 'preact';
import { Icon } from './Icon';

type Props = Omit<ButtonHTMLAttributes, 'icon'> & {
  icon: string;
  label: string;
  /** Drawings beside those of the interface. */
  paths?: Readonly<Record<string, string>>;
  button?: Ref<HTMLButtonElement>;
};

export function IconButton({ icon, label, paths, button, class: more, ...rest }: Props) {
  return (
    <button
      ref={button ?? null}
      type="button"
      class={more ? `icon-button ${more as string}` : 'icon-button'}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} paths={paths} />
    </button>
  );
}
