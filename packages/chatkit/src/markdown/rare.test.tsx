/** What comes with the first text that needs it leaves every other text as it is (issue 5: "selection that survives"). */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { expect, test, vi } from 'vitest';
import { Markdown } from './Markdown';

const page = document.createElement('div');
document.body.append(page);

const PLAIN =
  'A **lamp** of [iron](https://example.com).\n\n- one\n  - `lit`\n\n| a |\n|---|\n| 1 |\n\n> said';
const RARE = `${PLAIN}\n\n- costs $x$\n\n> - see[^1]\n\nThe **end**.\n\n[^1]: Said $y$.`;

const draw = (growing: string) =>
  act(() => {
    render(
      [PLAIN, PLAIN, growing].map((source, index) => (
        <Markdown key={index} source={source} streaming={index === 2} />
      )),
      page,
    );
  });

const nodes = (from: Element): Node[] =>
  [...from.querySelectorAll('*')].flatMap((one) => [one, ...one.childNodes]);

test('formulas and footnotes come into the text that has some; all other nodes stay', async () => {
  await draw(PLAIN);
  const texts = [...page.querySelectorAll('.md')];
  const before = texts.map(nodes);
  await draw(RARE);
  expect(page.textContent).toContain('costs $x$');
  const end = [...texts[2]!.querySelectorAll('p')].find((one) => one.textContent === 'The end.')!;
  await vi.waitFor(() => expect(page.querySelectorAll('.md-maths, .md-note')).toHaveLength(3), 60_000);
  const areThere = (what: readonly Node[]) => what.every((node) => node.isConnected);
  expect(areThere(texts)).toBe(true);
  expect(before.map(areThere)).toEqual([true, true, true]);
  expect(end.isConnected, 'in the text itself, too, what holds none of it').toBe(true);
}, 60_000);
