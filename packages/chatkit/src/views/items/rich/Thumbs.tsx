/** What a person thinks of an answer. It can be changed, not taken back; the server does not tell it again. */
import { signal } from '@preact/signals-core';
import { useState } from 'preact/hooks';
import { useText } from '../../../i18n';
import { Icon } from '../../../icons/Icon';
import type { Failure } from '../../../state/chat';
import { failureBeside } from '../../../state/failuresBeside';
import { useValue } from '../../../useValue';
import { useChat } from '../../context';
import { wordsFor } from '../TurnState';

type Kind = 'positive' | 'negative';

/** For as long as the page is open. */
const given = signal<Readonly<Record<string, Kind>>>({});

export const styles = '';

export function View({ itemId }: { itemId: string }) {
  const text = useText();
  const { commands, announce } = useChat();
  const chosen = useValue(given)[itemId];
  const [failure, setFailure] = useState<Failure | null>(null);
  const rate = (kind: Kind) => {
    const before = given.peek();
    given.value = { ...before, [itemId]: kind };
    setFailure(null);
    commands.rate(itemId, kind).then(
      () => announce(text('rating.given')),
      (error: unknown) => {
        given.value = before;
        setFailure(failureBeside(error, 'not_found'));
      },
    );
  };
  const thumb = (kind: Kind, name: string, label: string) => (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={chosen === kind}
      onClick={() => chosen !== kind && rate(kind)}
    >
      <Icon name={chosen === kind ? `${name}-filled` : name} />
    </button>
  );
  return (
    <>
      {thumb('positive', 'thumb-up', text('rating.good'))}
      {thumb('negative', 'thumb-down', text('rating.bad'))}
      {failure && (
        <small class="muted" role="alert" dir="auto">
          {wordsFor(failure, text)}
        </small>
      )}
    </>
  );
}
