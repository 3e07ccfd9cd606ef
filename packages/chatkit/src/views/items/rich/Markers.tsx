/** The signs at one place of a text: numbers of sources, names of entities. Pointed at, each shows what it stands for. */
import { useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import { safeLink } from '../../../markdown/links';
import type { EntitySource, Source } from '../../../protocol/generated';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import type { Cited } from './citations';
import { useCard } from './useCard';

export function Markers({ cited }: { cited: readonly Cited[] }) {
  return (
    <span class="marks">
      {cited.map(({ source, number }, index) => (
        <Marker key={index} source={source} number={number} />
      ))}
    </span>
  );
}

function Marker({ source, number }: { source: Source; number: number | null }) {
  const text = useText();
  const { open, card, anchor } = useCard<HTMLElement>(source);
  const label = number === null ? source.title : text('sources.mark', { number, title: source.title });
  const link = source.type === 'url' ? safeLink(source.url) : null;
  const choose = useEntityClick(source);
  const shown =
    source.type === 'entity' ? (
      <>{source.inline_label ?? (source.icon ? <Icon name={source.icon} /> : source.title)}</>
    ) : (
      number
    );
  const common = {
    ref: anchor,
    class: source.type === 'entity' ? 'mark entity' : 'mark',
    'aria-label': label,
    ...open,
  };
  return (
    <>
      {link ? (
        <a {...common} ref={anchor as never} href={link.href} target="_blank" rel="noopener noreferrer">
          {shown}
        </a>
      ) : (
        <button {...common} ref={anchor as never} type="button" onClick={choose ?? undefined}>
          {shown}
        </button>
      )}
      {card}
    </>
  );
}

/** What a click on an entity does: the app's own, if it has one and the entity takes clicks. */
export function useEntityClick(source: Source): (() => void) | null {
  const { options, attempt } = useChat();
  const onClick = useValue(options).entities?.onClick;
  if (source.type !== 'entity' || !source.interactive || !onClick) return null;
  return () => void attempt(async () => options.peek().entities?.onClick?.(entityOf(source)));
}

function entityOf({ id, title, icon, group, interactive, data }: EntitySource) {
  return {
    id,
    title,
    interactive,
    data: data as Record<string, string>,
    ...(icon && { icon }),
    ...(group && { group }),
  };
}
