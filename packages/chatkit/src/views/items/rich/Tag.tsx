/** Something of the app's that a person mentioned. One that takes clicks is a button with a card (element.md §3.14). */
import type { EntitySource, UserMessageTagContent } from '../../../protocol/generated';
import sources from '../../../styles/later/sources.css?inline';
import tags from '../../../styles/later/tag.css?inline';
import { useEntityClick } from './Markers';
import { useCard } from './useCard';

export const styles = sources + tags;

type Props = { tag: UserMessageTagContent };

export function View({ tag }: Props) {
  return tag.interactive ? <Interactive tag={tag} /> : <bdi class="tag">@{tag.text}</bdi>;
}

function Interactive({ tag }: Props) {
  const source = sourceOf(tag);
  const choose = useEntityClick(source);
  const { open, card, anchor } = useCard<HTMLButtonElement>(source);
  if (!choose) return <bdi class="tag">@{tag.text}</bdi>;
  return (
    <>
      <button {...open} ref={anchor} type="button" class="tag" part="tag" onClick={choose}>
        @{tag.text}
      </button>
      {card}
    </>
  );
}

function sourceOf({ id, text, group, interactive, data }: UserMessageTagContent): EntitySource {
  const { description } = (data as typeof data | undefined) ?? {};
  return {
    type: 'entity',
    id,
    title: text,
    interactive,
    data,
    ...(group && { group }),
    ...(typeof description === 'string' && { description }),
  };
}
