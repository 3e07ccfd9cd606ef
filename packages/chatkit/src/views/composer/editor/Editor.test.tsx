/** The editor's promises that need no real keyboard; e2e/test_composer.py has the others. */
import { render } from 'preact';
import { expect, test } from 'vitest';
import { Editor } from './Editor';

test('what is typed before the first frame is drawn counts', () => {
  const page = document.createElement('div');
  document.body.append(page);
  const said: boolean[] = [];
  render(
    <Editor
      label="Message"
      placeholder=""
      api={{ current: null }}
      onChange={(empty) => said.push(empty)}
      onSubmit={() => undefined}
    />,
    page,
  );
  const box = page.querySelector('.editor')!;
  box.append('early');
  box.dispatchEvent(new InputEvent('input'));
  expect(said).toEqual([false]);
  render(null, page);
});
