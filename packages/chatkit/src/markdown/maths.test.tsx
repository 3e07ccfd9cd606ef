/** Formulas in answers, and what only looks like one. How they are drawn is tested in a browser: e2e/test_maths.py. */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { holdBack } from './blocks';
import { Markdown } from './Markdown';

const page = document.createElement('div');
document.body.append(page);

beforeAll(async () => {
  await draw('so $x$ is text until what knows formulas is there');
  expect(page.querySelector('.md-maths')).toBe(null);
  await vi.waitFor(() => expect(page.querySelector('.md-maths')).not.toBe(null), 20_000);
});

afterEach(() => {
  render(null, page);
});

async function draw(source: string): Promise<HTMLElement> {
  await act(() => {
    render(<Markdown source={source} />, page);
  });
  return page;
}

/** The formulas, as TeX between the marks that were written. */
async function formulas(source: string): Promise<(string | null)[]> {
  const shown = await draw(source);
  return [...shown.querySelectorAll('.md-maths')].map((one) =>
    one.hasAttribute('data-display') ? `display ${one.textContent}` : one.textContent,
  );
}

test.each([
  ['so $e^{i\\pi} = -1$ holds', 1],
  ['so \\(a < b\\) holds', 1],
  ['$$\n\\int_0^1 x\\,dx\n$$', 1],
  ['\\[\nx\n\\]', 1],
  ['a $$x$$ in a line', 1],
  ['$$x$$ and $$y$$', 2],
  ['\\[ a \\\\[2pt] b \\]', 1],
  ['before\n$$\nx\n$$\nafter', 1],
  ['a\n\\[ never closed\n\n$x$', 1],
  ['$x$, $y$ and $z$', 3],
  ['- item $x_1$\n- item $x_2$', 2],
  ['| a | b |\n|---|---|\n| $x$ | $5 |', 1],
  ['**bold $x$**', 1],
  ['$a\\$b$', 1],
])('%j has %d formulas', async (source, count) => {
  expect((await draw(source)).querySelectorAll('.md-maths')).toHaveLength(count);
});

test.each([
  'It costs $5, or $10 for two.',
  'from $5-$10 a month',
  'US$20 and A$30',
  'between $1,000 and $2,000',
  'the variables `$a` and `$b$`',
  '```\n$x$\n```',
  'a \\$x\\$ b',
  'echo $HOME and $PATH',
  '$ x $',
  '$$$$',
  '$$ $$',
  `$${'x'.repeat(6000)}$`,
])('%j has none', async (source) => {
  expect(await formulas(source)).toEqual([]);
});

test.each([
  ['so $\\frac{1', 'so '],
  ['so $$x + ', 'so '],
  ['so \\(x', 'so '],
  ['\\[\nx', ''],
  ['it costs $5 an', 'it costs $5 an'],
  ['it costs $x an', 'it costs $x an'],
  ['so $x^2$ and', 'so $x^2$ and'],
  ['so $$x$$', 'so $$x$$'],
  ['so $$x$$ and', 'so $$x$$ and'],
])('while %j grows, %j is shown', (text, shown) => {
  expect(holdBack(text)).toBe(shown);
});

test('marks without an end are read in reasonable time', async () => {
  for (const mark of ['$', '$$', '\\(', '\\[', '$a', '\\(a']) {
    await draw(`${mark} `.repeat(20_000).replace(/(.{200}) /g, '$1\n'));
  }
}, 60_000);
