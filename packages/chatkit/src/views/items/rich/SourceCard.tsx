/** What a source is, in a few lines. */
import { Icon } from '../../../icons/Icon';
import type { Source } from '../../../protocol/generated';

export function SourceCard({ source }: { source: Source }) {
  return (
    <>
      <p class="source-origin" dir="auto">
        <Icon name={iconOf(source)} />
        {originOf(source)}
      </p>
      <p class="source-title" dir="auto">
        {source.title}
      </p>
      {source.description && <p dir="auto">{source.description}</p>}
    </>
  );
}

export function iconOf(source: Source): string {
  if (source.type === 'entity') return source.icon ?? 'cube';
  return source.type === 'url' ? 'globe' : 'document';
}

/** Where it is from: a site, a file, a group of things. */
export function originOf(source: Source): string {
  switch (source.type) {
    case 'url':
      return source.attribution ?? hostOf(source.url);
    case 'file':
      return source.filename;
    case 'entity':
      return source.label ?? source.group ?? '';
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, '') : url;
}
