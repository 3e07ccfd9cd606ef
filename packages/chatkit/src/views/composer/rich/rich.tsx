/** All that may stand around the field of the composer. */
import { computed } from '@preact/signals-core';
import type { ComponentType } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Desk } from '../../../state/desk';
import parts from '../../../styles/later/composer.css?inline';
import tags from '../../../styles/later/tag.css?inline';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import type { EditorHandle } from '../editor/Editor';
import { keepSelection } from '../../reading/keepSelection';
import { watchSelection } from '../reply/selection';
import { careForTags } from './chips';
import { carryTags } from './clipboard';
import { dragTags } from './dragging';
import { above, end, start, type Part, type PartProps } from './slots';

export const styles = tags + parts;

const tools = [...start, ...end];

/** What the composer draws around its field. */
export type RichParts = {
  /** What stands above the field. */
  readonly Above: ComponentType;
  /** What stands between the field and the button that sends. */
  readonly Below: ComponentType;
  readonly end: () => void;
};

/** Begins to care for a field with tags in it and for what is selected of answers, and gives the views around the field. */
export function begin(desk: Desk, editor: EditorHandle): RichParts {
  const root = editor.box.getRootNode() as ShadowRoot;
  const ends = [
    careForTags(editor.box),
    carryTags(editor),
    dragTags(editor),
    watchSelection(desk, root),
    keepSelection(root.querySelector('.viewport')!),
  ];
  const props = { desk, editor };
  return {
    Above: () => <Parts parts={above} {...props} />,
    Below: () => <Tools {...props} />,
    end: () => {
      for (const end of ends) end();
    },
  };
}

type Shown = PartProps & { readonly parts: readonly Part[] };

function Parts({ parts, ...props }: Shown) {
  return (
    <>
      {useNeeded({ parts, ...props }).map(({ View }) => (
        <View key={View} {...props} />
      ))}
    </>
  );
}

/** The row below the field; without any part the button that sends stays beside the field. */
function Tools(props: PartProps) {
  const hasParts = useNeeded({ parts: tools, ...props }).length > 0;
  return hasParts ? (
    <div class="composer-tools" part="composer-tools">
      <Parts parts={start} {...props} />
      <span class="composer-space" />
      <Parts parts={end} {...props} />
    </div>
  ) : null;
}

function useNeeded({ parts, desk }: Shown): readonly Part[] {
  const { options } = useChat();
  const needed = useMemo(
    () => computed(() => parts.filter((one) => one.isNeeded(options.value, desk))),
    [parts, options, desk],
  );
  return useValue(needed);
}
