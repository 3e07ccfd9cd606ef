/** Speaks instead of typing: a recording that the server writes down, into the field at the caret (element.md §3.10). */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { IntegrationError } from '../../../events';
import { useText } from '../../../i18n';
import { IconButton } from '../../../icons/IconButton';
import { paths } from '../../../icons/tools';
import { failureBeside } from '../../../state/failuresBeside';
import styles from '../../../styles/later/dictation.css?inline';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import { wordsFor } from '../../items/TurnState';
import type { PartProps } from '../rich/slots';
import { tell } from '../toast/toasts';
import { base64Of, Recorder, type Recording } from './recorder';

export { styles };

/** Fetched before there is something to tell: off line it could not be had. */
void import('../toast/ToastView').catch(() => undefined);

type Step = 'ready' | 'asking' | 'recording' | 'writing';

/** What the browser says of microphones that it does not open. */
const DENIED = ['NotAllowedError', 'SecurityError'];
const MISSING = ['NotFoundError', 'NotReadableError', 'OverconstrainedError', 'AbortError'];

export function View({ desk, editor }: PartProps) {
  const text = useText();
  const { around, report, announce, state } = useChat();
  const [step, setStep] = useState<Step>('ready');
  const recorder = useRef<Recorder | null>(null);
  /** Ends what is going on; a new one with every dictation. */
  const ending = useRef(new AbortController());
  const status = useValue(state.thread)?.status.type ?? 'active';
  const box = useRef<HTMLDivElement>(null);
  // The button that led here is gone: to the last one, which finishes or cancels.
  useLayoutEffect(() => {
    [...(box.current?.querySelectorAll('button') ?? [])].at(-1)?.focus();
  }, [step]);

  const cancel = () => {
    ending.current.abort();
    recorder.current?.stop();
    recorder.current = null;
    setStep('ready');
  };
  useEffect(
    () => () => {
      ending.current.abort();
      recorder.current?.stop();
    },
    [],
  );
  useEffect(() => {
    if (!Recorder.isPossible)
      report(new IntegrationError('Dictation needs MediaRecorder, and a page that is served securely.'));
  }, [report]);
  if (!Recorder.isPossible) return null;

  const fail = (error: Error, line: string) => {
    if (box.current?.matches(':focus-within')) editor.focus();
    setStep('ready');
    tell(desk, line);
    report(error);
  };
  const start = async () => {
    const end = (ending.current = new AbortController());
    // The field may forget its caret while it is not focused.
    const asked = { draft: editor.draft, caret: editor.selection() };
    setStep('asking');
    let begun: Recorder;
    try {
      begun = await Recorder.start();
    } catch (cause) {
      if (isEnded(end)) return;
      const error = cause as Error;
      const [denied, missing] = [DENIED, MISSING].map((names) => names.includes(error.name));
      fail(error, text(denied ? 'dictate.denied' : missing ? 'dictate.missing' : 'dictate.failed'));
      return;
    }
    if (isEnded(end)) {
      begun.stop();
      return;
    }
    recorder.current = begun;
    setStep('recording');
    announce(text('dictate.recording'));
    try {
      const recording = await begun.finished;
      if (isEnded(end)) return;
      setStep('writing');
      announce(text('dictate.working'));
      const said = await writeDown(recording, end.signal);
      if (said) insert(said, editor.draft === asked.draft ? asked.caret : editor.selection());
      editor.focus();
      setStep('ready');
    } catch (error) {
      if (!isEnded(end)) fail(error as Error, failedLine(error));
    }
  };
  const writeDown = async ({ audio, mimeType }: Recording, signal: AbortSignal) => {
    const audio_base64 = await base64Of(audio);
    const reply = await around.client.ask(
      'input.transcribe',
      { audio_base64, mime_type: mimeType },
      signal,
      isText,
    );
    signal.throwIfAborted();
    return reply.text.trim();
  };
  const insert = (said: string, place: { start: number; end: number }) => {
    const before = editor.draft.text.slice(0, place.start);
    editor.edit(place, /(^|\s)$/.test(before) ? said : ` ${said}`);
  };
  const failedLine = (error: unknown) => {
    const failure = failureBeside(error, 'bad_reply');
    return `${text('dictate.failed')} ${wordsFor(failure, text)}`;
  };

  if (step === 'ready') {
    return (
      <IconButton
        icon="mic"
        paths={paths}
        label={text('dictate.start')}
        part="dictate-button"
        disabled={status !== 'active'}
        onClick={() => void start()}
      />
    );
  }
  return (
    <div
      ref={box}
      class="dictation"
      part="dictation"
      role="group"
      aria-label={text(step === 'writing' ? 'dictate.working' : 'dictate.recording')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        cancel();
        editor.focus();
      }}
    >
      <IconButton
        icon="close"
        label={text('cancel')}
        onClick={() => {
          cancel();
          editor.focus();
        }}
      />
      {step === 'recording' ? (
        <>
          <i class="dot" />
          <Clock />
          <IconButton icon="check" label={text('dictate.finish')} onClick={() => recorder.current?.stop()} />
        </>
      ) : (
        <i class="dot" />
      )}
    </div>
  );
}

/** A function because the compiler thinks that a field cannot change during an await. */
const isEnded = ({ signal }: AbortController) => signal.aborted;

/** Minutes and seconds since it appeared. */
function Clock() {
  const [seconds, count] = useState(0);
  useEffect(() => {
    const begun = performance.now();
    const clock = setInterval(() => count(Math.floor((performance.now() - begun) / 1000)), 250);
    return () => clearInterval(clock);
  }, []);
  const minutes = String(Math.floor(seconds / 60));
  return (
    <time dir="ltr" role="timer">
      {minutes}:{String(seconds % 60).padStart(2, '0')}
    </time>
  );
}

function isText(value: unknown): value is { text: string } {
  return typeof (value as { text?: unknown } | null)?.text === 'string';
}
