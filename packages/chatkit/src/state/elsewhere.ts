/** What happens to the threads elsewhere, brought into the chat (extensions.md §2.7). Fetched when anything does. */
import type { WatchEvent } from '../protocol/generated';
import { showUpdate } from './hearing';
import type { Page } from './signals';
import type { Home } from './threads';
import { Watching } from './watching';

/** Begins to hear all of it; some has been heard already. */
export function watch(home: Home, page: Page, heard: readonly WatchEvent[]): Watching {
  const { around, history, signals } = home;
  const { threadId } = signals;
  let syncing = Promise.resolve();

  /** Reads the open thread again, unless it is being read anyway. */
  const sync = (id: string) => {
    const read = async () => {
      await home.opening();
      if (!home.turn() && signals.load.value === 'idle' && threadId.value === id) await home.refresh(id);
    };
    syncing = syncing.then(read).catch(() => undefined);
  };

  return new Watching(
    { client: around.client, page, history, threadId, refresh: () => home.refreshList() },
    {
      onHeard: () => home.learnsToResume(),
      onTurn: (id, turnId) => {
        if (!home.read.has(turnId)) sync(id);
      },
      onBehind: sync,
      onUpdated: (changed) => showUpdate(home, changed),
      onDeleted: (id) => {
        history.remove(id);
        if (threadId.value !== id) return;
        home.turn()?.leave();
        home.show(null);
      },
    },
    heard,
  );
}
