/**
 * What stands around the text field, each part a lazy view that is fetched when the options, or the draft, ask for it:
 *
 *   above                        what is told for a moment, the quote, attachments
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
import { selectionOf } from '../reply/selection';
import type { EditorHandle } from '../editor/Editor';
import { toastOf } from '../toast/toasts';

export type PartProps = { readonly desk: Desk; readonly editor: EditorHandle };

export type Part = {
  isNeeded(options: ChatKitOptions, desk: Desk): boolean;
  readonly View: ComponentType<PartProps>;
};

export const above: readonly Part[] = [
  { isNeeded: (_, desk) => toastOf(desk).value !== null, View: lazy(() => import('../toast/ToastView')) },
  { isNeeded: (_, desk) => selectionOf(desk).value !== null, View: lazy(() => import('../reply/Reply')) },
  { isNeeded: (_, desk) => desk.quote.value !== null, View: lazy(() => import('./Quote')) },
  {
    // Also where files could be taken by none: then the page is told.
    isNeeded: ({ composer }, desk) =>
      composer?.attachments?.enabled === true || desk.attachments.value.length > 0,
    View: lazy(() => import('../files/Attachments')),
  },
  {
    isNeeded: ({ commands, entities }) => commands?.enabled === true || entities?.onTagSearch !== undefined,
    View: lazy(() => import('../suggest/Suggest')),
  },
];

export const start: readonly Part[] = [
  {
    isNeeded: ({ composer }, desk) => !!composer?.tools?.length || desk.takeFiles.value !== null,
    View: lazy(() => import('../tools/Tools')),
  },
  {
    isNeeded: ({ entities }) => Boolean(entities?.onTagSearch && entities.showComposerMenu),
    View: lazy(() => import('../suggest/Mention')),
  },
];

export const end: readonly Part[] = [
  {
    isNeeded: ({ composer }) => !!composer?.models?.length,
    View: lazy(() => import('../tools/Models')),
  },
  {
    isNeeded: ({ composer }) => composer?.dictation?.enabled === true,
    View: lazy(() => import('../dictation/Dictation')),
  },
];
