/** A page that is asked for a diagram and does not answer (element.md §3.16). What is drawn is tested in a browser. */
import { signal } from '@preact/signals-core';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { ChatContext } from '../chatContext';
import { Diagram } from './Diagram';

const page = document.createElement('div');
document.body.append(page);

afterEach(() => {
  render(null, page);
  vi.useRealTimers();
});

test('a hook that never answers is told of once, and the code stays', async () => {
  vi.useFakeTimers();
  const [mermaid, report] = [vi.fn(() => new Promise<SVGElement>(() => undefined)), vi.fn()];
  const options = signal({ api: { url: '/x' }, mermaid });
  await act(() => {
    render(
      <ChatContext.Provider value={{ options, report } as never}>
        <Diagram source="graph LR" />
      </ChatContext.Provider>,
      page,
    );
  });
  expect(mermaid.mock.calls).toEqual([['graph LR']]);
  vi.advanceTimersByTime(29_000);
  expect(report).not.toHaveBeenCalled();
  vi.advanceTimersByTime(120_000);
  expect(report.mock.calls.map(([error]) => (error as Error).message)).toEqual([
    'mermaid: no diagram after 30 seconds',
  ]);
  expect(page.querySelector('pre:not([hidden])')!.textContent).toBe('graph LR');
  expect(page.querySelector('button')).toBeNull();
});
