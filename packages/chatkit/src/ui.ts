/** The lazily loaded interface: joins state, theme and views for one element. */
import { h, render } from 'preact';
import type { Ui } from './element';
import type { ChatKitOptions } from './options';

export async function mount(host: HTMLElement, root: ShadowRoot, options: ChatKitOptions): Promise<Ui> {
  render(h('p', null, 'ChatKit'), root);
  return {} as Ui;
}
