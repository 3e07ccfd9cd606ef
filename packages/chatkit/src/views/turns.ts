/** Rows in turns: what a person said and everything that answers it. */
import type { Row } from '../state/chat';

export type Turn = { readonly key: string; readonly rows: readonly Row[] };

/** The rows, oldest first, each turn beginning with a message of the person. */
export function turnsOf(rows: readonly Row[]): Turn[] {
  const turns: { key: string; rows: Row[] }[] = [];
  for (const row of rows) {
    const last = turns.at(-1);
    if (!last || row.item.peek().type === 'user_message') turns.push({ key: row.key, rows: [row] });
    else last.rows.push(row);
  }
  return turns;
}

/** What the copy button of a turn copies: Markdown of the answers and the texts of widgets (element.md §3.6). */
export function copyTextOf(rows: readonly Row[]): string {
  return rows
    .flatMap((row) => {
      const item = row.item.peek();
      if (item.type === 'assistant_message') return item.content.map((part) => part.text);
      return item.type === 'widget' && item.copy_text ? [item.copy_text] : [];
    })
    .join('\n\n');
}
