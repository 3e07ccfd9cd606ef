/** Views follow signals: they show what is, and draw again only for what they show. */
import { computed, signal } from '@preact/signals-core';
import { render } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useValue } from './useValue';

let box: HTMLElement;
const drawn = () => Promise.resolve().then(() => undefined);

beforeEach(() => {
  box = document.createElement('div');
  document.body.append(box);
});

afterEach(() => {
  render(null, box);
  box.remove();
});

test('a view is drawn again when its signal changes, once for several changes', async () => {
  const name = signal('one');
  let times = 0;
  function View() {
    times++;
    return <p>{useValue(name)}</p>;
  }
  render(<View />, box);
  name.value = 'two';
  name.value = 'three';
  await drawn();
  expect([box.textContent, times]).toEqual(['three', 2]);
});

test('a value that comes back before it was drawn costs nothing that can be seen', async () => {
  const name = signal('one');
  const length = computed(() => name.value.length);
  let times = 0;
  function View() {
    times++;
    return <p>{useValue(length)}</p>;
  }
  render(<View />, box);
  name.value = 'two';
  await drawn();
  expect([box.textContent, times]).toEqual(['3', 1]);
});

test('a change between drawing and following is not missed', async () => {
  const name = signal('one');
  function Changes() {
    useLayoutEffect(() => {
      name.value = 'two';
    }, []);
    return null;
  }
  function View() {
    return (
      <p>
        <Changes />
        {useValue(name)}
      </p>
    );
  }
  render(<View />, box);
  await drawn();
  expect(box.textContent).toBe('two');
});

test('another signal is followed from the drawing on that shows it, and the old one no more', async () => {
  const [one, two] = [signal('one'), signal('two')];
  let times = 0;
  function View({ source }: { source: typeof one }) {
    times++;
    return <p>{useValue(source)}</p>;
  }
  render(<View source={one} />, box);
  render(<View source={two} />, box);
  expect(box.textContent).toBe('two');
  one.value = 'old';
  await drawn();
  expect(times).toBe(2);
  two.value = 'new';
  await drawn();
  expect(box.textContent).toBe('new');
});

test('a view that is gone follows nothing', async () => {
  let following = 0;
  const name = signal('one', { watched: () => following++, unwatched: () => following-- });
  function View() {
    return <p>{useValue(name)}</p>;
  }
  render(<View />, box);
  expect(following).toBe(1);
  render(null, box);
  expect(following).toBe(0);
  name.value = 'two';
  await drawn();
  expect(box.textContent).toBe('');
});
