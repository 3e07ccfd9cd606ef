/** The editor's promises that need no real keyboard; e2e/test_composer.py has the others. */
import { render } from 'preact';
import { expect, test } from 'vitest';
import { Editor, type EditorHandle } from './Editor';

test('what is typed before the first frame is drawn counts', () => {
  const page = document.createElement('div');
  document.body.append(page);
  let heard = 0;
  const api: { current: EditorHandle | null } = { current: null };
  render(
    <Editor label="Message" placeholder="" api={api} onChange={() => heard++} onSubmit={() => undefined} />,
    page,
  );
  const box = page.querySelector('.editor')!;
  box.append('early');
  box.dispatchEvent(new InputEvent('input'));
  expect(heard).toBe(1);
  expect(api.current!.isEmpty()).toBe(false);
  render(null, page);
});
