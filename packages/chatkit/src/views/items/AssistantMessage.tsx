/** One assistant message. Busy while it grows, so that a screen reader hears it once, when it is whole. */
import { useText } from '../../i18n';
import { Markdown } from '../../markdown/Markdown';
import type { AssistantMessageItem } from '../../protocol/generated';

type Props = { item: AssistantMessageItem; streaming: boolean };

export function AssistantMessage({ item, streaming }: Props) {
  const text = useText();
  return (
    <article
      class={streaming ? 'assistant fresh' : 'assistant'}
      part="assistant-message"
      aria-label={text('thread.assistant')}
      aria-busy={streaming}
      tabIndex={-1}
    >
      {item.content.map((part, index) => (
        <Markdown key={index} source={part.text} streaming={streaming} headingLevel={3} />
      ))}
    </article>
  );
}
