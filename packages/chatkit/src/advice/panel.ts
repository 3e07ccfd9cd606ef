/** Where advice is shown: above everything, whatever size the chat has, until it is closed. */
import { adoptStyles } from '../styles/adopt';
import styles from '../styles/later/advice.css?inline';

const panels = new WeakMap<Element, { list: HTMLUListElement; said: Set<string> }>();

/** Shows words once, and writes them to the console; returns what takes them off the screen again. */
export function tell(host: HTMLElement, words: string): () => void {
  const panel = panelOf(host);
  if (!panel || panel.said.has(words)) return () => undefined;
  panel.said.add(words);
  console.warn(`ChatKit: ${words}`);
  const line = document.createElement('li');
  line.textContent = words;
  panel.list.append(line);
  return () => {
    line.remove();
    if (!panel.list.childElementCount) panel.list.parentElement?.remove();
  };
}

function panelOf(host: HTMLElement) {
  const known = panels.get(host);
  if (known?.list.isConnected) return known;
  const root = host.shadowRoot;
  if (!root) return null;
  const box = document.createElement('div');
  box.className = 'advice';
  box.popover = 'manual'; // in the top layer: nothing of the page covers it or cuts it off
  box.setAttribute('role', 'alert');
  const title = document.createElement('strong');
  title.textContent = 'ChatKit: for developers';
  const list = document.createElement('ul');
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = 'Close';
  close.onclick = () => {
    box.remove();
  };
  const hint = document.createElement('small');
  hint.textContent =
    'Shown on this machine, and where the element has the attribute debug; debug="off" hides it.';
  box.append(title, list, hint, close);
  root.append(box);
  adoptStyles(box, styles);
  if ('showPopover' in box) box.showPopover(); // else it lies in the page
  const panel = { list, said: known?.said ?? new Set<string>() };
  panels.set(host, panel);
  return panel;
}
