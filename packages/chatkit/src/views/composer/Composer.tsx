/**
 * Where a person writes: the editor, and one button that sends and stops in the same place. All that stands around them
 * (a quote, attachments, tools, menus) comes with the desk, in rich/, when it is needed.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import { Markdown } from '../../markdown/Markdown';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { Editor, type EditorHandle } from './editor/Editor';
import type { Desk } from '../../state/desk';
import type { RichComposer } from './rich/rich';

export function Composer() {
  const text = useText();
  const chat = useChat();
  const { state, commands, options, report, attachComposer } = chat;
  const editor = useRef<EditorHandle>(null);
  const [rich, setRich] = useState<RichComposer>();
  const [isWritten, setWritten] = useState(false);

  const open = useMemo(() => {
    let opening: Promise<Desk> | null = null;
    return () => {
      const threadId = state.threadId.peek(); // by the time that it is there, another may be open
      return (opening ??= import('./rich/rich').then(
        (module) => module.open(chat, editor.current!, threadId, setRich),
        (error: unknown) => {
          opening = null;
          throw error as Error;
        },
      ));
    };
  }, [chat, state]);
  useEffect(() => rich?.end, [rich?.end]);

  // Before the chat says that it is ready.
  useLayoutEffect(() => {
    attachComposer({
      focus: () => editor.current?.focus(),
      prompt: async (content) =>
        commands.send({
          content,
          ...(options.peek().composer && (await open()).takeChoices()),
        }),
      setValue: async (value) => (await open()).setValue(value),
    });
    return () => attachComposer(null);
  }, [open, attachComposer, commands, options]);

  const status = useValue(state.thread)?.status ?? { type: 'active' };
  const reason = 'reason' in status ? status.reason : null;
  const answering = useValue(state.phase) !== 'idle';
  const stops = useValue(state.canStop) && answering;
  const { composer, disclaimer, commands: menu, entities } = useValue(options);
  const disabled = status.type !== 'active';
  const isClosed = status.type === 'closed';

  const isOld = useValue(state.threadId) !== null;
  const asks = Boolean(composer ?? menu ?? entities);
  // At once: what is written belongs to the thread that is open now. Writing goes on without a desk, too.
  useLayoutEffect(() => {
    if (isOld || isWritten || asks || isLeft())
      open().catch((error: unknown) => asks && report(error as Error));
  }, [isOld, isWritten, asks, open, report]);

  const submit = async () => {
    // What the options ask for belongs to the message, however early it is sent.
    const desk = rich?.desk ?? (composer && (await open().catch(report)));
    const handle = editor.current!;
    const content = handle.getContent();
    if (desk ? !desk.isSendable.peek() : !content.length) return;
    if (state.phase.peek() !== 'idle' || state.load.peek() !== 'idle' || disabled) return;
    const draft = desk?.take(content) ?? { content };
    handle.reset();
    commands.send(draft).catch((error: unknown) => {
      // Nothing is lost: what could not be sent comes back, unless something new has been written.
      if (desk) desk.putBack(draft, error);
      else if (handle.isEmpty()) handle.setContent(content);
    });
  };

  return (
    <>
      {isClosed && (
        <p class="closed" part="composer" role="status" dir="auto">
          {reason ? text('composer.closedBecause', { reason }) : text('composer.closed')}
        </p>
      )}
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
        <div class="composer-row">
          <Editor
            api={editor}
            label={text('composer.label')}
            placeholder={
              isClosed
                ? ''
                : disabled
                  ? (reason ?? text('composer.locked'))
                  : (rich?.placeholder ?? composer?.placeholder ?? text('composer.placeholder'))
            }
            disabled={disabled}
            onChange={(empty) => {
              setWritten(!empty);
              rich?.desk.changed(empty);
            }}
            onSubmit={() => void submit()}
            onArrowUpWhenEmpty={() => rich?.desk.recallLast()}
          />
          {rich && <rich.Below />}
          <IconButton
            icon={stops ? 'stop' : 'arrow-up'}
            label={text(stops ? 'composer.stop' : 'composer.send')}
            class="send"
            part={stops ? 'stop-button' : 'send-button'}
            data-stop={stops || undefined}
            disabled={!stops && (!(rich ? rich.isSendable : isWritten) || answering || disabled)}
            onClick={() => {
              if (stops) commands.stop();
              else void submit();
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

/** Something was being written when the page was left (rich/rich.tsx). */
function isLeft(): boolean {
  try {
    return 'chatkit.drafts' in sessionStorage;
  } catch {
    return false; // switched off
  }
}
