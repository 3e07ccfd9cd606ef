/** Files that are dropped on the chat or pasted into the field (element.md §3.7). */
import { useEffect, useRef, useState } from 'preact/hooks';

/** Characters of pasted text that become a file rather than a message of many pages. */
export const PASTE_AS_FILE = 10_000;

/** Milliseconds without a word of a drag, after which it is over: not every browser says so. */
const SILENCE = 700;

type Arrivals = {
  /** Where files may be dropped; null while none are taken. */
  area: HTMLElement | null;
  /** Where they may be pasted. */
  field: HTMLElement;
  take: (files: readonly File[]) => void;
  /** Takes a long text as a file, and says whether it did. */
  takeText: (text: string) => boolean;
};

/** @returns Whether files are held above the chat. */
export function useArrivals({ area, field, ...takers }: Arrivals): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(takers);
  latest.current = takers;
  useEffect(() => {
    if (!area) return;
    const stop = new AbortController();
    const { signal } = stop;
    let clock: ReturnType<typeof setTimeout> | undefined;
    const leave = () => {
      clearTimeout(clock);
      setOver(false);
    };
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const listen = (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) =>
      area.addEventListener(
        name,
        (event) => {
          if (!hasFiles(event)) return;
          event.preventDefault();
          event.stopPropagation();
          act(event);
        },
        { signal, capture: true },
      );
    const hover = (event: DragEvent) => {
      event.dataTransfer!.dropEffect = 'copy';
      setOver(true);
      clearTimeout(clock);
      clock = setTimeout(leave, SILENCE);
    };
    listen('dragenter', hover);
    listen('dragover', hover);
    listen('dragleave', (event) => {
      if (event.relatedTarget && !area.contains(event.relatedTarget as Node)) leave();
    });
    listen('drop', (event) => {
      leave();
      latest.current.take([...event.dataTransfer!.files]);
    });
    field.addEventListener(
      'paste',
      (event) => {
        const data = event.clipboardData;
        if (!data) return;
        const text = data.getData('text/plain');
        const files = [...data.files];
        // Tables are copied with a picture of themselves: who copied text means the text, unless it names the files.
        const isFiles = files.length > 0 && isNaming(text, files);
        if (isFiles) latest.current.take(files);
        else if (text.length <= PASTE_AS_FILE || !latest.current.takeText(text)) return;
        event.preventDefault();
        event.stopPropagation();
      },
      { signal, capture: true },
    );
    return () => {
      stop.abort();
      leave();
    };
  }, [area, field]);
  return isOver;
}

/** Whether a text is nothing but the names of files, or the ways to them: some systems copy these along. */
function isNaming(text: string, files: readonly File[]): boolean {
  return text
    .split(/[\r\n]+/)
    .every((line) => !line.trim() || files.some(({ name }) => line.trim().endsWith(name)));
}
