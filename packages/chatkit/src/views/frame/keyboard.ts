/**
 * On-screen keyboards. Where one covers the page instead of making it smaller, the chat ends above it. Pages that ask for
 * `interactive-widget=resizes-content` need none of this.
 */

/** Below this many pixels it is a bar of the browser's, not a keyboard. */
const LEAST = 60;

/** Keeps the lower end of an element clear of the keyboard; returns what ends that. */
export function clearOfKeyboard(host: HTMLElement): () => void {
  const seen = window.visualViewport;
  if (!seen) return () => undefined;
  const measure = () => {
    const covered = host.getBoundingClientRect().bottom - (seen.offsetTop + seen.height);
    // Zooming in makes the view smaller, too.
    const isKeyboard =
      Math.abs(seen.scale - 1) < 0.01 && innerHeight - seen.height > LEAST && covered > LEAST;
    if (isKeyboard && host.matches(':focus-within')) host.style.setProperty('--ck-keyboard', `${covered}px`);
    else host.style.removeProperty('--ck-keyboard');
  };
  seen.addEventListener('resize', measure);
  seen.addEventListener('scroll', measure);
  return () => {
    seen.removeEventListener('resize', measure);
    seen.removeEventListener('scroll', measure);
    host.style.removeProperty('--ck-keyboard');
  };
}
