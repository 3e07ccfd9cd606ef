/** Where a person writes: the editor, and one button that sends and stops in the same place. */
import { effect } from '@preact/signals-core';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import { Markdown } from '../../markdown/Markdown';
import type { UserMessageContent } from '../../protocol/generated';
import type { Draft } from '../../state/chat';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { Editor, type EditorHandle } from './editor/Editor';

export function Composer() {
  const text = useText();
  const { state, commands, options, attachComposer } = useChat();
  const editor = useRef<EditorHandle>(null);
  const [empty, setEmpty] = useState(true);
  const sent = useRef<Draft | null>(null);

  // Before the chat says that it is ready.
  useLayoutEffect(() => {
    attachComposer({
      focus: () => editor.current?.focus(),
      setValue: ({ content, quotedText }) => {
        if (quotedText !== undefined) throw new Error('setComposerValue: reply is not supported yet.');
        if (content) editor.current?.setContent(content);
      },
    });
    return () => attachComposer(null);
  }, [attachComposer]);

  // A message that went through at the second try is no draft any more.
  useEffect(
    () =>
      effect(() => {
        const accepted = state.accepted.value;
        if (accepted && accepted === sent.current && same(editor.current?.getContent(), accepted.content)) {
          editor.current?.clear();
        }
      }),
    [state],
  );

  const status = useValue(state.thread)?.status ?? { type: 'active' };
  const reason = 'reason' in status ? status.reason : null;
  const answering = useValue(state.phase) !== 'idle';
  const stops = useValue(state.canStop) && answering;
  const { composer, disclaimer } = useValue(options);
  const disabled = status.type === 'locked';

  const submit = () => {
    const content = editor.current?.getContent() ?? [];
    if (content.length === 0 || state.phase.peek() !== 'idle' || state.load.peek() !== 'idle' || disabled)
      return;
    const draft: Draft = { content };
    sent.current = draft;
    editor.current?.clear();
    commands.send(draft).catch(() => {
      // Nothing is lost: what could not be sent comes back, unless something new has been written.
      if (editor.current?.isEmpty()) editor.current.setContent(content);
    });
  };

  const recallLast = () => {
    const last = state.rows
      .peek()
      .findLast((row) => row.item.peek().type === 'user_message')
      ?.item.peek();
    if (last?.type === 'user_message') editor.current?.setContent(last.content);
  };

  if (status.type === 'closed') {
    return (
      <p class="closed" part="composer" role="status" dir="auto">
        {reason ? text('composer.closedBecause', { reason }) : text('composer.closed')}
      </p>
    );
  }

  const placeholder = disabled
    ? (reason ?? text('composer.locked'))
    : (composer?.placeholder ?? text('composer.placeholder'));
  return (
    <>
      {/* The frame is part of the field: a click anywhere in it writes. */}
      <div
        class="composer"
        part="composer"
        onMouseDown={(event) => {
          if ((event.target as Element).closest('button, .editor')) return;
          event.preventDefault();
          editor.current?.focus();
        }}
      >
        <div class="composer-row">
          <Editor
            api={editor}
            label={text('composer.label')}
            placeholder={placeholder}
            disabled={disabled}
            onChange={setEmpty}
            onSubmit={submit}
            onArrowUpWhenEmpty={recallLast}
          />
          <IconButton
            icon={stops ? 'stop' : 'arrow-up'}
            label={text(stops ? 'composer.stop' : 'composer.send')}
            class="send"
            part={stops ? 'stop-button' : 'send-button'}
            data-stop={stops || undefined}
            disabled={!stops && (empty || answering || disabled)}
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

function same(one: readonly UserMessageContent[] | undefined, other: readonly UserMessageContent[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
