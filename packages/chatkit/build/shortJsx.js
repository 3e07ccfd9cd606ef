/** A build step: JSX becomes `h(tag, props, ...children)`, which is shorter than the objects of the automatic runtime. */

/** @returns {import('vite').Plugin} */
export function shortJsx() {
  // Never for development: that would add props of its own to every element.
  const jsx = /** @type {const} */ ({
    runtime: 'classic',
    pragma: 'h',
    pragmaFrag: 'Fragment',
    development: false,
  });
  return {
    name: 'short-jsx',
    config: () => ({ oxc: { jsx } }),
    transform: {
      order: 'pre',
      handler: (code, id) =>
        id.endsWith('.tsx') ? { code: `import { Fragment, h } from 'preact';${code}`, map: null } : null,
    },
  };
}
