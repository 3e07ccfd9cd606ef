/** All sources of a message, folded away until they are wanted. */
import { useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import { safeLink } from '../../../markdown/links';
import type { Source } from '../../../protocol/generated';
import type { Cited } from './citations';
import { useEntityClick } from './Markers';
import { iconOf, originOf } from './SourceCard';

export function SourceList({ cited }: { cited: readonly Cited[] }) {
  const text = useText();
  return (
    <details class="sources" part="sources">
      <summary>
        {text('sources.count', { count: cited.length })}
        <Icon name="chevron-right" />
      </summary>
      <ol>
        {cited.map(({ source, number }, index) => (
          <li key={index}>
            <span class="source-number">{number ?? <Icon name={iconOf(source)} />}</span>
            <Entry source={source} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function Entry({ source }: { source: Source }) {
  const choose = useEntityClick(source);
  const link = source.type === 'url' ? safeLink(source.url) : null;
  const origin = originOf(source);
  return (
    <div class="source" dir="auto">
      {link ? (
        <a href={link.href} target="_blank" rel="noopener noreferrer">
          {source.title}
        </a>
      ) : choose ? (
        <button type="button" class="link" onClick={choose}>
          {source.title}
        </button>
      ) : (
        <span>{source.title}</span>
      )}
      {origin && origin !== source.title && <span class="source-origin">{origin}</span>}
    </div>
  );
}
