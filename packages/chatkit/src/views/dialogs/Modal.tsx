/** A modal dialog inside the element. Focus comes in when it opens and goes back to where it was. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

type Props = {
  title: string;
  role?: 'dialog' | 'alertdialog';
  onClose: () => void;
  children: ComponentChildren;
};

export function Modal({ title, role = 'dialog', onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const element = dialog.current!;
    const root = element.getRootNode() as ShadowRoot;
    const before = root.activeElement;
    element.showModal();
    return () => {
      // Who closed it themselves may have gone on already.
      if (!element.open && root.activeElement) return;
      element.close(); // while it is open nothing else takes the focus
      // Gone with what was deleted: then where the person goes on.
      const next = before?.isConnected ? before : root.querySelector('.search, .editor');
      (next as HTMLElement | null)?.focus();
    };
  }, []);

  return (
    <dialog
      ref={dialog}
      role={role}
      aria-label={title}
      part="dialog"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close(); // outside of it
      }}
    >
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
