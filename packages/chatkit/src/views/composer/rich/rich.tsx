/** The composer with all that may stand around its field. */
import { computed, effect } from '@preact/signals-core';
import type { ComponentType } from 'preact';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import { Desk } from '../../../state/desk';
import styles from '../../../styles/later/composer.css?inline';
import tags from '../../../styles/later/tag.css?inline';
import { adoptStyles } from '../../../styles/adopt';
import { useValue } from '../../../useValue';
import { useChat, type ViewContext } from '../../context';
import type { EditorHandle } from '../editor/Editor';
import { watchSelection } from '../reply/selection';
import { shelfAt } from '../../shelf';
import { careForTags } from './chips';
import { carryTags } from './clipboard';
import { dragTags } from './dragging';
import { above, end, start, type Part, type PartProps } from './slots';

const tools = [...start, ...end];

/** Composer.tsx looks for it, too. */
const shelf = shelfAt('chatkit.drafts');

/** What the composer draws. */
export type RichComposer = {
  readonly desk: Desk;
  readonly isSendable: boolean;
  /** In place of that of the options. */
  readonly placeholder: string | undefined;
  /** What stands above the field. */
  readonly Above: ComponentType;
  /** What stands between the field and the button that sends. */
  readonly Below: ComponentType;
  readonly end: () => void;
};

/** Opens a desk for a text field; `draw` is called with what the composer shows of it, now and when that changes. */
export function open(
  chat: ViewContext,
  editor: EditorHandle,
  threadId: string | null,
  draw: (rich: RichComposer) => void,
): Desk {
  const { state, options, emit } = chat;
  const { host } = editor.box.getRootNode() as ShadowRoot;
  const desk = new Desk({ state, options, emit, field: editor, shelf, name: host.id, threadId });
  adoptStyles(editor.box, tags);
  adoptStyles(editor.box, styles);

  // The last moments at which a page that is left can be sure to run.
  const onHide = () => desk.keep();
  addEventListener('pagehide', onHide);
  document.addEventListener('visibilitychange', onHide);

  const ends = [
    careForTags(editor.box),
    carryTags(editor),
    dragTags(editor),
    watchSelection(desk, editor.box.getRootNode() as ShadowRoot),
  ];
  const props = { desk, editor };
  const stays = {
    desk,
    Above: () => <Parts parts={above} {...props} />,
    Below: () => <Tools {...props} />,
    end: () => {
      stopDrawing();
      for (const end of ends) end();
      removeEventListener('pagehide', onHide);
      document.removeEventListener('visibilitychange', onHide);
      desk.end();
    },
  };
  const stopDrawing = effect(() =>
    draw({
      ...stays,
      isSendable: desk.isSendable.value,
      placeholder: desk.tool.value?.placeholderOverride,
    }),
  );
  return desk;
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
  const row = props.editor.box.parentElement;
  useLayoutEffect(() => {
    row?.toggleAttribute('data-tools', hasParts);
  }, [row, hasParts]);
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
