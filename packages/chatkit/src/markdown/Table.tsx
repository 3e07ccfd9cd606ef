/** A table, in a box of its own that scrolls where it is wider than the text. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { adoptStyles } from '../styles/adopt';
import styles from '../styles/later/table.css?inline';
import { inline } from './Markdown';
import type { TableToken } from './tablesSyntax';

export function Table({ token: { header, rows } }: { token: TableToken }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => adoptStyles(box.current!, styles), []);
  return (
    // A keyboard must be able to scroll what a mouse can. The table as a whole has a direction: its first column is there.
    <div ref={box} class="md-table" tabIndex={0} role="group" dir="auto">
      <table>
        <thead>
          <tr>
            {header.map(({ tokens, align }, index) => (
              <th key={index} scope="col" data-align={align}>
                {inline(tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, number) => (
            <tr key={number}>
              {row.map(({ tokens, align }, index) => (
                <td key={index} data-align={align}>
                  {inline(tokens)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
