/** What the person said: plain text, tags as chips, what was quoted above it. */
import { useText } from '../../i18n';
import type { UserMessageItem } from '../../protocol/generated';
import { lazy } from '../lazy';

/** As high as what comes: a file, several with a picture, one picture. */
const Attached = lazy(
  () => import('../files/Attached'),
  ({ attachments: [first, another] }) => (
    <svg width={0} height={first!.type !== 'image' ? 54 : another ? 96 : 160} />
  ),
);
const Tag = lazy(
  () => import('./rich/Tag'),
  ({ tag }) => <bdi class="tag">@{tag.text}</bdi>,
);

type Props = { item: UserMessageItem; pending: boolean };

export function UserMessage({ item, pending }: Props) {
  const text = useText();
  return (
    <article
      class="user"
      part="user-message"
      aria-label={text('thread.you')}
      tabIndex={-1}
      data-pending={pending || undefined}
    >
      {item.quoted_text && (
        <blockquote class="quoted" aria-label={text('thread.quoted')} dir="auto">
          {item.quoted_text}
        </blockquote>
      )}
      {item.attachments.length > 0 && <Attached attachments={item.attachments} />}
      {item.content.length > 0 && (
        <div class="bubble" part="bubble" dir="auto">
          {item.content.map((part, index) =>
            part.type === 'input_tag' ? <Tag key={index} tag={part} /> : part.text,
          )}
        </div>
      )}
    </article>
  );
}
