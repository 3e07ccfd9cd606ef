/**
 * The assistant's questions in place of the composer, one at a time, sent together (protocol.md §11). The composer stays
 * behind them with its draft.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../../i18n';
import { IconButton } from '../../icons/IconButton';
import type { StructuredInput, StructuredInputItem } from '../../protocol/generated';
import styles from '../../styles/later/questions.css?inline';
import { useValue } from '../../useValue';
import { useChat } from '../context';
import { guarded } from '../guarded';
import { answerOf, nothing, type Entry } from './answers';
import { Choices } from './Choices';
import { forget, keep, recall } from './kept';

export { styles };

/** Without what cannot be asked the composer is there. */
export const View = guarded(Form);

function Form({ item }: { item: StructuredInputItem }) {
  const text = useText();
  const { state, commands, announce } = useChat();
  const busy = useValue(state.phase) !== 'idle';
  const box = useRef<HTMLFormElement>(null);
  const [before] = useState(() => recall(item));
  const [at, goTo] = useState(before.at);
  const [entries, setEntries] = useState(before.entries);
  const [isMissing, setMissing] = useState(false);
  useInPlaceOfComposer(box);

  // What comes next is where the person goes on.
  const isFirst = useRef(true);
  useLayoutEffect(() => {
    if (!isFirst.current) focusIn(box.current);
    isFirst.current = false;
  }, [at]);

  // Whoever is elsewhere in the chat hears of it.
  useEffect(() => {
    if (!box.current?.matches(':focus-within')) announce(text('form.label'));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- said when the questions come, not again in another language
  }, []);

  const first = useRef(item);
  // At once: what is seen is kept, however soon the page is left.
  useLayoutEffect(() => {
    if (at !== before.at || entries !== before.entries) keep(first.current, { at, entries });
  }, [at, entries, before]);
  useEffect(() => {
    const { current } = first;
    return () => {
      const row = state.rows.peek().find(({ id }) => id === current.id);
      const now = row?.item.peek();
      if (now?.type === 'structured_input' && now.status !== 'pending') forget(current);
    };
  }, [state]);

  const { inputs } = item;
  const question = inputs[at];
  const count = inputs.length;
  const isLast = at >= count - 1;
  const entry = (question && entries[question.id]) ?? nothing;

  const send = (given: Readonly<Record<string, Entry>>) => {
    const answers = Object.fromEntries(
      inputs.map((input) => [input.id, answerOf(input, given[input.id] ?? nothing)]),
    );
    void commands.submit(item.id, { status: 'answered', answers }).catch(() => undefined);
  };
  const goOn = (given: Readonly<Record<string, Entry>>) => {
    setMissing(false);
    if (isLast) send(given);
    else goTo(at + 1);
  };
  const skipAll = () => void commands.submit(item.id, { status: 'skipped' }).catch(() => undefined);
  const next = () => {
    if (busy || !question) return;
    if (answerOf(question, entry).skipped) {
      setMissing(true);
      focusIn(box.current);
    } else goOn(entries);
  };
  const skip = () => {
    if (!question) return;
    const given = { ...entries, [question.id]: nothing };
    setEntries(given);
    goOn(given);
  };
  const change = (changed: Entry) => {
    if (!question) return;
    setMissing(false);
    setEntries({ ...entries, [question.id]: changed });
  };

  return (
    <form
      ref={box}
      class="questions"
      part="structured-input"
      aria-label={text('form.label')}
      aria-busy={busy}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        next();
      }}
    >
      {count > 1 && (
        <div class="questions-head">
          <span class="muted" aria-live="polite">
            {text('form.step', { number: at + 1, total: count })}
          </span>
          <IconButton icon="close" label={text('form.skipAll')} disabled={busy} onClick={skipAll} />
        </div>
      )}
      {question && (
        <Question
          key={question.id}
          question={question}
          entry={entry}
          errorId={isMissing ? 'missing' : undefined}
          onChange={change}
          onEnter={next}
        />
      )}
      {isMissing && (
        <p id="missing" class="questions-missing" role="alert">
          {text('form.missing')}
        </p>
      )}
      <div class="questions-actions">
        {at > 0 && (
          <button type="button" class="button" disabled={busy} onClick={() => goTo(at - 1)}>
            {text('form.back')}
          </button>
        )}
        <span class="spacer" />
        <button type="button" class="button" disabled={busy} onClick={count > 1 ? skip : skipAll}>
          {text('form.skip')}
        </button>
        <button type="submit" class="button primary" part="structured-input-button" disabled={busy}>
          {text(isLast ? 'form.submit' : 'form.next')}
        </button>
      </div>
    </form>
  );
}

type QuestionProps = {
  question: StructuredInput;
  entry: Entry;
  errorId: string | undefined;
  onChange: (entry: Entry) => void;
  onEnter: () => void;
};

function Question(props: QuestionProps) {
  const { question, entry, errorId, onChange, onEnter } = props;
  const { description } = question.type === 'freeform' ? question : { description: null };
  return (
    <fieldset aria-describedby={[description && 'about', errorId].filter(Boolean).join(' ')}>
      <legend id="question" dir="auto">
        {question.question}
      </legend>
      {description && (
        <p id="about" class="muted" dir="auto">
          {description}
        </p>
      )}
      {question.type === 'multiple_choice' ? (
        <Choices question={question} entry={entry} onChange={onChange} />
      ) : (
        <textarea
          rows={3}
          dir="auto"
          aria-labelledby="question"
          aria-describedby={description ? 'about' : undefined}
          aria-invalid={errorId !== undefined}
          value={entry.own}
          onInput={(event) => onChange({ ...entry, own: event.currentTarget.value })}
          onKeyDown={(event) => {
            // As in the composer; an input method's Enter is its own, which some browsers only tell by 229.
            // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other sign of it
            if (event.keyCode === 229) return;
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            onEnter();
          }}
        />
      )}
    </fieldset>
  );
}

function focusIn(box: HTMLElement | null): void {
  const field =
    box?.querySelector<HTMLElement>('input:checked') ?? box?.querySelector<HTMLElement>('input, textarea');
  field?.focus();
}

/** Hides the composer while this is here, and hands the focus over and back if one of them had it. */
function useInPlaceOfComposer(box: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const form = box.current;
    const footer = form?.parentElement;
    const root = form?.getRootNode() as ShadowRoot | undefined;
    if (!form || !footer || !root) return;
    if (footer.querySelector('.composer')?.contains(root.activeElement)) focusIn(form);
    footer.dataset['asks'] = '';
    return () => {
      const hadFocus = form.contains(root.activeElement);
      delete footer.dataset['asks'];
      if (hadFocus) footer.querySelector<HTMLElement>('.editor')?.focus();
    };
  }, [box]);
}
