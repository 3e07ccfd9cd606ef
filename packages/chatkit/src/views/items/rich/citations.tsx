/** What an answer stands on: numbers at the places it is cited, and a list of all of it below. */
import type { ComponentChildren } from 'preact';
import { withMarks } from '../../../markdown/withMarks';
import type { AssistantMessageItem, Source } from '../../../protocol/generated';
import styles from '../../../styles/later/sources.css?inline';
import { Markers } from './Markers';
import { SourceList } from './SourceList';

export { styles };

/** A source with the number it is cited by; entities have none. */
export type Cited = { readonly source: Source; readonly number: number | null };

export type Citations = {
  /** The texts of the parts, with marks where something is cited. */
  readonly texts: readonly string[];
  readonly marker: (mark: number) => ComponentChildren;
  readonly list: ComponentChildren;
};

/** The same source cited twice has one number. */
function keyOf(source: Source): string {
  switch (source.type) {
    case 'url':
      return `url ${source.url}`;
    case 'file':
      return `file ${source.filename} ${source.title}`;
    case 'entity':
      return `entity ${source.id}`;
  }
}

/** Not everything that a server sends is one. */
const hasSource = (one: { source?: { type?: unknown } } | null) => typeof one?.source?.type === 'string';

/** Reads the annotations of a message: numbers in the order of the text, then those that are only listed. */
export function cite(item: AssistantMessageItem): Citations {
  const all = new Map<string, Cited>();
  let numbers = 0;
  const enter = (source: Source): Cited => {
    const key = keyOf(source);
    const known = all.get(key);
    if (known) return known;
    const cited = { source, number: source.type === 'entity' ? null : ++numbers };
    all.set(key, cited);
    return cited;
  };

  const groups: Cited[][] = [];
  const parts = item.content.map(({ text, annotations }) => ({
    text,
    annotations: annotations.filter(hasSource),
  }));
  const texts = parts.map(({ text, annotations }) => {
    const places = new Map<number, number>();
    const placed = annotations
      .filter((one) => one.index != null)
      .sort((one, other) => one.index! - other.index!);
    for (const { index, source } of placed) {
      let group = places.get(index!);
      if (group === undefined) {
        group = groups.push([]) - 1;
        places.set(index!, group);
      }
      const cited = enter(source);
      if (!groups[group]!.includes(cited)) groups[group]!.push(cited);
    }
    return withMarks(text, places);
  });
  for (const { annotations } of parts) for (const { source } of annotations) enter(source);

  return {
    texts,
    marker: (mark) => groups[mark] && <Markers cited={groups[mark]} />,
    list: all.size > 0 && <SourceList cited={[...all.values()]} />,
  };
}
