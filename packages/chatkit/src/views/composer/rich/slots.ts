/**
 * What stands around the text field, each part a lazy view that is fetched when the options, or the draft, ask for it:
 *
 *   above                        the quote, attachments
 *   [editor                   ]
 *   start ……………… end  [send]     menus and chips of tools, the `@` button; the model, dictation
 *
 * To add a part: `{ isNeeded, View: lazy(() => import('./…')) }` in one of the lists. `isNeeded` may read signals of the
 * desk, and is asked again when they or the options change. A view gets `{ desk, editor }`: it reads the desk's signals
 * with `useValue`, and changes them only by the desk's methods. What takes files puts itself into `desk.takeFiles` and
 * `desk.pickFiles` while it is there. Text goes in by `editor.edit(editor.selection(), text)`. The row of start and end
 * is there as soon as one of its parts is needed; the button that sends then stands at its end.
 */
import type { ComponentType } from 'preact';
import type { ChatKitOptions } from '../../../options';
import type { Desk } from '../../../state/desk';
import { lazy } from '../../lazy';
import type { EditorHandle } from '../editor/Editor';

export type PartProps = { readonly desk: Desk; readonly editor: EditorHandle };

export type Part = {
  isNeeded(options: ChatKitOptions, desk: Desk): boolean;
  readonly View: ComponentType<PartProps>;
};

export const above: readonly Part[] = [
  { isNeeded: (_, desk) => desk.quote.value !== null, View: lazy(() => import('./Quote')) },
];

export const start: readonly Part[] = [];

export const end: readonly Part[] = [];
