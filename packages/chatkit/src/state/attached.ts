/** Ways to change the files of a draft, whichever thread it is of. Fetched with what takes files. */
import type { Desk } from './desk';
import type { DraftAttachment } from './drafts';
import type { DraftFiles } from './uploads';

export function filesOf(desk: Desk): DraftFiles {
  const { attachments, drafts } = desk;
  return {
    attachments,
    addAttachment: (one) => (attachments.value = [...attachments.value, one]),
    changeAttachment(localId, change) {
      const list = attachments.value;
      attachments.value = changed(list, localId, change);
      if (attachments.value !== list) return;
      // It may be in a draft that was left for another thread.
      for (const [place, parts] of drafts.all()) {
        const there = changed(parts.attachments, localId, change);
        if (there !== parts.attachments) drafts.keep(place, { ...parts, attachments: there });
      }
    },
  };
}

/** Puts others in the place of what is attached. */
export function replaceAttachments(desk: Desk, attachments: readonly DraftAttachment[]): void {
  for (const one of desk.attachments.peek()) desk.dropFile?.(one);
  desk.attachments.value = attachments;
}

/** The list with one attachment changed, or the same list if that is not in it. */
export function changed(
  list: readonly DraftAttachment[],
  localId: string,
  change: Partial<DraftAttachment> | null,
): readonly DraftAttachment[] {
  if (!list.some((one) => one.localId === localId)) return list;
  return list.flatMap((one) => {
    if (one.localId !== localId) return [one];
    return change ? [{ ...one, ...change }] : [];
  });
}
