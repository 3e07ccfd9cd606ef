/** The name of a file; one that is too long is cut in its middle, so that its ending stays. */

/** Characters at the end that stay. */
const KEPT = 9;

export function FileName({ name }: { name: string }) {
  const letters = Array.from((name as string | undefined) ?? '');
  const cut = Math.max(0, letters.length - KEPT);
  return (
    <span class="file-name" dir="auto" title={name}>
      <span>{letters.slice(0, cut).join('')}</span>
      <span>{letters.slice(cut).join('')}</span>
    </span>
  );
}
