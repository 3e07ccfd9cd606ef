/** One assistant message. Busy while it grows, so that a screen reader hears it once, when it is whole. */
import { useText } from '../../i18n';
import { MarksContext } from '../../markdown/marks';
import { Markdown } from '../../markdown/Markdown';
import type { AssistantMessageItem } from '../../protocol/generated';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { useLater } from '../lazy';

type Props = { item: AssistantMessageItem; streaming: boolean };

const citations = () => import('./rich/citations');

export function AssistantMessage({ item, streaming }: Props) {
  const text = useText();
  const { headingLevel = 2 } = useValue(useChat().options);
  const isCited = item.content.some((part) => part.annotations.length > 0);
  const cited = useLater(isCited, citations)?.cite(item);
  return (
    <article
      class={streaming ? 'assistant fresh' : 'assistant'}
      part="assistant-message"
      aria-label={text('thread.assistant')}
      aria-busy={streaming}
      tabIndex={-1}
    >
      <MarksContext.Provider value={cited?.marker ?? null}>
        {item.content.map((part, index) => (
          <Markdown
            key={index}
            source={cited?.texts[index] ?? part.text}
            streaming={streaming}
            headingLevel={headingLevel + 1}
          />
        ))}
      </MarksContext.Provider>
      {/* Until the list is there, as much room as it takes: a row like this one. */}
      {!streaming && isCited && (cited?.list ?? <div class="actions" />)}
    </article>
  );
}
