/**
 * Where a person writes: the editor, and one button that sends and stops in the same place. All that stands around them
 * (a quote, attachments, tools, menus) comes with rich/, when the options or the draft have something of it.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import { Markdown } from '../../markdown/Markdown';
import { Desk } from '../../state/desk';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { lazy, useLater } from '../lazy';
import { whenSelected } from './whenSelected';
import { shelfAt } from '../shelf';
import { Editor, type EditorHandle } from './editor/Editor';

const Closed = lazy(() => import('./Closed'));
const richParts = () => import('./rich/rich');
const shelf = shelfAt('chatkit.drafts');

export function Composer() {
  const text = useText();
  const { state, commands, options, emit, attachComposer, root } = useChat();
  const editor = useRef<EditorHandle>(null);
  const desk = useMemo(() => new Desk({ state, options, emit, shelf }), [state, options, emit]);

  // At once, and before the chat says that it is ready: what is typed belongs to the thread that is open now.
  useLayoutEffect(() => {
    const field = editor.current!;
    const shadow = field.box.getRootNode() as ShadowRoot;
    desk.begin(field, shadow.host.id);
    attachComposer({
      focus: () => field.focus(),
      prompt: (content) => commands.send({ content, ...desk.takeChoices() }),
      setValue: async (value) => {
        const { setComposerValue } = await import('../../state/composerValue');
        await setComposerValue(desk, field, value);
        if (desk.isRich.peek()) await richParts().catch(() => undefined);
      },
    });
    // The last moment at which a page that is left can be sure to run.
    const onHide = () => desk.keep();
    document.addEventListener('visibilitychange', onHide);
    return () => {
      attachComposer(null);
      document.removeEventListener('visibilitychange', onHide);
      desk.end();
    };
  }, [desk, attachComposer, commands]);

  const [isSelected, select] = useState(false); // something of an answer, to be quoted
  const { composer, commands: menu, entities, disclaimer } = useValue(options);
  /** Lists with something in them, and what is switched on: there is a row for it at once, so that nothing moves later. */
  const hasTools =
    entities?.showComposerMenu ||
    Object.values(composer ?? {}).some(
      (one: string | { length?: number; enabled?: boolean }) =>
        typeof one === 'object' && (one.length ?? one.enabled),
    );
  const isRich = useValue(desk.isRich);
  const isNeeded = !!(isRich || hasTools || menu || entities) || isSelected;
  useEffect(() => (isNeeded ? undefined : whenSelected(root.current!, () => select(true))), [isNeeded, root]);
  const parts = useLater(isNeeded, richParts);
  const rich = useMemo(() => parts?.begin(desk, editor.current!), [parts, desk]);
  useEffect(() => rich?.end, [rich]);

  const status = useValue(state.thread)?.status ?? { type: 'active' };
  const reason = 'reason' in status ? status.reason : null;
  const answering = useValue(state.phase) !== 'idle';
  const opens = useValue(state.load) !== 'idle';
  const stops = useValue(state.canStop) && answering;
  const isSendable = useValue(desk.isSendable);
  const override = useValue(desk.tool)?.placeholderOverride;
  const disabled = status.type !== 'active';
  const isClosed = status.type === 'closed';

  const submit = () => {
    if (!desk.isSendable.peek() || state.phase.peek() !== 'idle' || state.load.peek() !== 'idle' || disabled)
      return;
    const draft = desk.take(editor.current!.getContent());
    commands.send(draft).catch((error: unknown) => {
      // Nothing is lost: what could not be sent comes back, unless something new has been written.
      desk.putBack(draft, error);
    });
  };

  return (
    <>
      {isClosed && <Closed reason={reason} />}
      {/* The frame is part of the field: a click anywhere in it writes. */}
      <div
        class="composer"
        {...(isClosed ? { hidden: true } : { part: 'composer' })}
        onMouseDown={(event) => {
          if ((event.target as Element).closest('button, .editor')) return;
          event.preventDefault();
          editor.current?.focus();
        }}
      >
        {rich && <rich.Above />}
        <div class="composer-row" data-tools={hasTools ? true : undefined}>
          <Editor
            api={editor}
            label={text('composer.label')}
            placeholder={
              isClosed
                ? ''
                : disabled
                  ? (reason ?? text('composer.locked'))
                  : (override ?? composer?.placeholder ?? text('composer.placeholder'))
            }
            disabled={disabled}
            onChange={() => desk.changed()}
            onSubmit={submit}
            onArrowUpWhenEmpty={() => desk.recallLast()}
          />
          {rich && <rich.Below />}
          <IconButton
            icon={stops ? 'stop' : 'arrow-up'}
            label={text(stops ? 'composer.stop' : 'composer.send')}
            class="send"
            part={stops ? 'stop-button' : 'send-button'}
            data-stop={stops || undefined}
            disabled={!stops && (!isSendable || answering || opens || disabled)}
            onClick={() => {
              if (stops) commands.stop();
              else submit();
              editor.current?.focus();
            }}
          />
        </div>
      </div>
      {disclaimer && (
        <div class="disclaimer" part="disclaimer" data-contrast={disclaimer.highContrast || undefined}>
          <Markdown source={disclaimer.text} />
        </div>
      )}
    </>
  );
}
