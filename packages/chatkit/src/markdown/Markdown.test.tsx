/** What answers become on the page: elements of ours, never markup of theirs. */
import { signal } from '@preact/signals-core';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { ChatContext } from '../chatContext';
import { Markdown } from './Markdown';

const page = document.createElement('div');
document.body.append(page);

beforeAll(async () => {
  // What draws pictures is fetched with the first; until then it is described.
  expect((await draw('![near](/x.png)')).textContent).toBe('near');
  await vi.waitFor(() => expect(page.querySelector('img')).not.toBe(null), 8000);
});

afterEach(() => {
  render(null, page);
});

async function draw(source: string, streaming = false): Promise<HTMLElement> {
  await act(() => {
    render(<Markdown source={source} streaming={streaming} headingLevel={3} />, page);
  });
  return page;
}

test('headings begin below the title of the thread, and never pass the sixth level', async () => {
  const shown = await draw('# One\n\n## Two\n\n###### Six');
  expect([...shown.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((one) => one.localName)).toEqual([
    'h3',
    'h4',
    'h6',
  ]);
});

test('raw HTML stays the text it is', async () => {
  const source =
    'a <img src=x onerror=alert(1)> b\n\n<script>alert(1)</script>\n\n<div onclick="x()">c</div>';
  const shown = await draw(source);
  expect(shown.querySelectorAll('img, script, [onclick]')).toHaveLength(0);
  expect(shown.textContent).toContain('<img src=x onerror=alert(1)>');
  expect(shown.textContent).toContain('<script>alert(1)</script>');
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  '&#106;avascript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://example.com/1',
  'http://[::1',
])('a link to %j is only its words', async (href) => {
  const shown = await draw(`[words](<${href}>) and [more][r]\n\n[r]: <${href}>`);
  expect(shown.querySelectorAll('a')).toHaveLength(0);
  expect(shown.textContent).toContain('words');
});

test.each([
  ['AT&amp;T &lt;b&gt; &quot;x&quot;&nbsp;&#8364;&#x1F642;', 'AT&T <b> "x"\u00A0€🙂'],
  ['&unknown; & &#0; &#xD800;', '&unknown; & \uFFFD \uFFFD'],
  ['`&amp;`', '&amp;'],
])('%s reads %s', async (source, shown) => {
  expect((await draw(source)).textContent).toBe(shown);
});

test('a link that leaves opens beside the chat and takes nothing along', async () => {
  const link = (await draw('[out](https://example.com/a?b=c)')).querySelector('a')!;
  expect([link.href, link.target, link.rel]).toEqual([
    'https://example.com/a?b=c',
    '_blank',
    'noopener noreferrer',
  ]);
});

test('a picture from elsewhere waits for a click, and one of the page does not', async () => {
  const shown = await draw('![far](https://example.com/x.png?secret=1)');
  expect(shown.querySelector('img')).toBeNull();
  const button = shown.querySelector('button')!;
  await vi.waitFor(() => expect(button.textContent).toContain('example.com'), 8000);
  await act(() => {
    button.click();
  });
  expect(shown.querySelector('img')!.src).toBe('https://example.com/x.png?secret=1');
  expect((await draw('![near](/x.png)')).querySelector('img')!.getAttribute('src')).toBe('/x.png');
});

test.each(['![x](javascript:alert(1))', '![x](data:text/html,hi)', '![x](ftp://example.com/x.png)'])(
  '%s draws no picture and asks for none',
  async (source) => {
    const shown = await draw(source);
    expect(shown.querySelectorAll('img, button')).toHaveLength(0);
    expect(shown.textContent).toBe('x');
  },
);

test('a thread says whose pictures it shows, and what it says holds at once', async () => {
  const thread = signal<{ allowedImageDomains: readonly string[] | null } | null>(null);
  const source = '![near](https://example.com/x.png) [![far](https://evil.example/y.png)](https://a.example)';
  const chat = { root: { current: page }, state: { thread } } as never;
  const allow = (domains: readonly string[] | null) =>
    act(() => void (thread.value = { allowedImageDomains: domains }));
  await act(() => {
    render(
      <ChatContext.Provider value={chat}>
        <Markdown source={source} />
      </ChatContext.Provider>,
      page,
    );
  });
  expect(page.querySelectorAll('button')).toHaveLength(2);
  expect(page.querySelector('img')).toBeNull();

  await allow(['example.com']);
  expect([...page.querySelectorAll('img')].map((one) => one.alt)).toEqual(['near']);
  expect(page.querySelector('button')).toBeNull();
  // A link already: no other one within.
  expect([...page.querySelectorAll('a')].map((one) => one.href)).toEqual(['https://a.example/']);
  expect(page.querySelector('a')!.textContent).toBe('far');

  await allow([]);
  expect(page.querySelector('img')).toBeNull();
  expect([...page.querySelectorAll('a')].map((one) => [one.href, one.rel, one.textContent])).toEqual([
    ['https://example.com/x.png', 'noopener noreferrer', 'near'],
    ['https://a.example/', 'noopener noreferrer', 'far'],
  ]);

  await allow(null);
  await act(() => page.querySelector('button')!.click());
  expect([...page.querySelectorAll('img')].map((one) => one.alt)).toEqual(['near']);
  await allow([]);
  expect(page.querySelector('img'), 'what was clicked before').toBeNull();
});

test('tables keep their alignment and scroll inside a box that a keyboard reaches', async () => {
  const shown = await draw('| a | b |\n| :-: | --: |\n| 1 | 2 |\n');
  // What draws them comes with the first; until then they are text.
  expect(shown.textContent).toContain('| a | b |');
  await vi.waitFor(() => expect(shown.querySelector('table')).not.toBeNull(), 20_000);
  expect([...shown.querySelectorAll('td')].map((cell) => cell.dataset['align'])).toEqual(['center', 'right']);
  expect(shown.querySelector<HTMLElement>('.md-table')!.tabIndex).toBe(0);
});

test('characters by their names, the rarer ones when what knows them is there; what is no name stays', async () => {
  const shown = await draw('&lt;a&gt; &hellip; &#8364; &constructor; &nothing;');
  await vi.waitFor(() => expect(shown.textContent).toBe('<a> … € &constructor; &nothing;'), 20_000);
});

test('a code block has its language and a button that copies it', async () => {
  const shown = await draw('```js title\nlet a = "<b>";\n```');
  expect(shown.querySelector('figcaption span')!.textContent).toBe('js');
  expect(shown.querySelector('pre code')!.textContent).toBe('let a = "<b>";');
  expect(shown.querySelector('button')!.getAttribute('aria-label')).toBeTruthy();
});

test('finished blocks keep their elements while the text grows, so a selection survives', async () => {
  const first = (await draw('First paragraph.\n\nSecond beg', true)).querySelector('p')!;
  const grown = await draw('First paragraph.\n\nSecond begins and goes on.\n\nThird', true);
  expect(grown.querySelector('p')).toBe(first);
  const whole = await draw('First paragraph.\n\nSecond begins and goes on.\n\nThird.', false);
  expect(whole.querySelector('p')).toBe(first);
});

test('single line ends break lines, tasks are boxes that nobody can tick', async () => {
  const shown = await draw('one\ntwo\n\n- [x] done\n- [ ] open');
  expect(shown.querySelectorAll('br')).toHaveLength(1);
  const boxes = [...shown.querySelectorAll('input')];
  expect(boxes.map((box) => [box.checked, box.disabled])).toEqual([
    [true, true],
    [false, true],
  ]);
});

test('tasks with room between them are boxes and words, too', async () => {
  const shown = await draw('- [x] done\n\n- [ ] open');
  expect([...shown.querySelectorAll('li')].map((item) => item.textContent)).toEqual(['done', 'open']);
});

test('each box of a task has the first line of its task as its name, without what is marked in it', async () => {
  const marked = '- [x] done\uFDD00\uFDD1\n- [ ] open\n  - [x] inner\n\n  More of it.';
  const shown = await draw(marked);
  const boxes = [...shown.querySelectorAll('input')];
  expect(boxes.map((box) => [box.type, box.getAttribute('aria-label')])).toEqual([
    ['checkbox', 'done'],
    ['checkbox', 'open'],
    ['checkbox', 'inner'],
  ]);
});

test.each([
  ['a number of many figures', '3'.repeat(60)],
  ['a line to write on', '_'.repeat(200)],
  ['a line of stars', '* '.repeat(200)],
  ['a row of brackets', '['.repeat(200)],
  ['a paragraph without end', 'so *many* words '.repeat(1000)],
  ['code in one long line', '```\n' + 'let a = 1;'.repeat(3000) + '\n```'],
])('%s leaves the rest of the text what it is', async (_, text) => {
  const shown = await draw(`${text}\n\nand **bold**`);
  expect(shown.querySelector('p:last-child strong')!.textContent).toBe('bold');
});

test('a picture that the text holds itself may be long', async () => {
  const shown = await draw(`![dot](data:image/png;base64,${'iVBORw0KGgo/'.repeat(5000)})`);
  expect(shown.querySelector('img')!.src).toHaveLength(22 + 60_000);
});

test('words that only begin like a picture are no reason to look for emphasis in a megabyte', async () => {
  const shown = await draw(`![a](data:image/png;base64,${'_a'.repeat(500_000)})`);
  expect(shown.querySelector('em, img')).toBeNull();
});
