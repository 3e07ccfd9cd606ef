/**
 * A build step: what the entry lends to later chunks goes by the name that it has in the entry, so that its list of exports
 * says each name once.
 */

/** @typedef {readonly [name: string, code: string]} Chunk Its file's name, and its compressed source. */

/**
 * @param {readonly Chunk[]} chunks All chunks.
 * @param {string} entry The name of the one that lends.
 * @param {readonly string[]} kept Exports that are known outside by their names.
 * @returns {Chunk[]}
 */
export function plainExports(chunks, entry, kept) {
  const source = chunks.find(([name]) => name === entry)?.[1];
  const list = source && /export\{([^}]*)\}/.exec(source);
  if (!list) throw new Error(`there is no ${entry} with a list of exports: see build/plainExports.js`);

  /** @type {Map<string, string>} names in the entry by those outside */
  const own = new Map();
  const lent = pairs(list[1]).map(([name, outside]) => {
    if (kept.includes(outside)) return said(name, outside);
    own.set(outside, name);
    return name;
  });
  const taken = (/** @type {string} */ code) => {
    const pieces = code.split(`from"./${entry}"`);
    return pieces
      .map((piece, index) => {
        if (index === pieces.length - 1) return piece;
        const found = /import\{([^}]*)\}$/.exec(piece);
        if (!found) throw new Error(`${entry} is imported in a way that build/plainExports.js does not know`);
        const names = pairs(found[1]).map(([outside, name]) => said(own.get(outside) ?? outside, name));
        return `${piece.slice(0, found.index)}import{${names.join()}}`;
      })
      .join(`from"./${entry}"`);
  };
  return chunks.map(([name, code]) => [
    name,
    name === entry ? code.replace(list[0], () => `export{${lent.join()}}`) : taken(code),
  ]);
}

/** The names of a list, each with the one that it goes by on the other side. */
function pairs(/** @type {string | undefined} */ list = '') {
  return list.split(',').map((one) => {
    const [name = '', other = name] = one.split(' as ');
    return /** @type {const} */ ([name, other]);
  });
}

/** A name and the one on the other side, as they stand in a list. */
function said(/** @type {string} */ name, /** @type {string} */ other) {
  return name === other ? name : `${name} as ${other}`;
}
