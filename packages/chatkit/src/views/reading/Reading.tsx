/**
 * What a reader is owed while a conversation goes on: a screen reader is told what comes, beside the conversation, which is
 * silent itself; and the focus does not get lost. What is selected does not either: keepSelection.ts, which comes with what
 * deals with selections.
 */
import { effect } from '@preact/signals-core';
import { useEffect, useRef } from 'preact/hooks';
import { useText, type TextOf } from '../../i18n';
import { useChat } from '../context';
import { keepFocus } from './keepFocus';
import { speak } from './speaker';

/** Milliseconds for which words stay: long enough to be read out, too short to be come across. */
const KEPT = 10_000;

export function Reading() {
  const text = useText();
  const latest = useRef(text);
  latest.current = text;
  const { state, root, announce } = useChat();
  const region = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const box = region.current!;
    const viewport = root.current!.querySelector<HTMLElement>('.viewport')!;
    let clock: ReturnType<typeof setTimeout> | undefined;
    const say = (words: string) => {
      clearTimeout(clock);
      clock = setTimeout(() => box.replaceChildren(), KEPT);
      const line = document.createElement('p');
      line.textContent = words;
      box.append(line);
    };
    let wasDown = false;
    const words: TextOf = (key) => latest.current(key);
    const stops = [
      keepFocus(root.current!),
      speak(state, viewport, words, say),
      effect(() => {
        const { value: line } = state.line;
        if (line !== 'up') announce(words(`line.${line}`));
        // Up is also what the line of an answer is that was given up.
        else if (wasDown) setTimeout(() => state.phase.peek() !== 'idle' && announce(words('line.again')));
        wasDown = line !== 'up';
      }),
    ];
    return () => {
      clearTimeout(clock);
      for (const stop of stops) stop();
    };
  }, [state, root, announce]);

  // Additions only: what goes away again is not news.
  return <div ref={region} class="visually-hidden spoken" aria-live="polite" />;
}
