/** Where chatkit.js was loaded from. Written to work in every kind of script (docs/decisions/0007-script-url.md). */

/**
 * The address of the running script.
 *
 * A classic script knows itself by `document.currentScript`. That is null in a module script and under `import()`,
 * where the only witness without `import.meta` is a stack trace; a script element with our name is the last resort.
 */
export function scriptUrl(): string {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.src) return current.src;
  return (
    urlInStack(new Error().stack ?? '') ??
    document.querySelector<HTMLScriptElement>('script[src*="chatkit.js"]')?.src ??
    document.baseURI
  );
}

/** The first script address in a stack trace of any engine, without its `:line:column`. */
export function urlInStack(stack: string): string | undefined {
  return /[a-z][a-z+.-]*:\/\/[^\s()]+?(?=:\d+(?::\d+)?\)?(?:\s|$))/i.exec(stack)?.[0];
}
