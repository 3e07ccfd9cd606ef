/** Pieces of a library's source, and what stands in their place. Each has to be there: a new version may have another shape. */

/** @typedef {readonly (readonly [RegExp, string | ((...found: string[]) => string)])[]} Changes */

/**
 * The source with all changes made.
 *
 * @param {string} code
 * @param {Changes} changes
 * @param {string} library Its name.
 * @param {string} step The build step that asks, for whoever has to look there.
 */
export function changed(code, changes, library, step) {
  for (const [pattern, replacement] of changes) {
    if (code.search(pattern) === -1)
      throw new Error(`${library} has no ${String(pattern)} any more: see build/${step}.js`);
    code = code.replace(pattern, /** @type {string} */ (replacement));
  }
  return code;
}
