/**
 * A build step: keeps of @preact/signals-core what is used here: signals, what is computed of them, and effects. Its models,
 * its hooks for who watches a signal, and what makes a signal look like its value are not.
 */
import { changed } from './changes.js';

/** Pieces of the source, and what stands in their place. */
const CHANGES = /** @type {const} */ ([
  [/\w\.prototype\.brand=\w;/g, ''],
  [/\w\.prototype\.(?:valueOf|toString|toJSON)=function\(\)\{return this\.value(?:\+"")?\};/g, ''],
  [/this\.W=null==\w\?void 0:\w\.watched;this\.Z=null==\w\?void 0:\w\.unwatched;/g, ''],
  [/this\.name=null==\w\?void 0:\w\.name(?:;if\(\w\)\w\.push\(this\))?/g, ''],
  [/else \w\(function\(\)\{var \w;null==\(\w=\w\.W\)\|\|\w\.call\(\w\)\}\)/g, ''],
  [/if\(void 0===\w\)\w\(function\(\)\{var \w;null==\(\w=\w\.Z\)\|\|\w\.call\(\w\)\}\)/g, ''],
  [/,\{name:"sub"\}/g, ''],
  [/\w\.prototype\.dispose=function\(\)\{this\.d\(\)\};/g, ''],
  [/\w\[Symbol\.dispose\]=\w;(?=return \w\}function)/g, ''],
  // Its models, and what stands for them.
  [/,\w as action,/g, ','],
  [/,\w as createModel,/g, ','],
]);

/** @returns {import('vite').Plugin} */
export function signalsOnly() {
  return {
    name: 'signals-only',
    transform(code, id) {
      if (!/\/signals-core\/dist\/signals-core\.(?:module\.js|mjs)$/.test(id.replaceAll('\\', '/')))
        return null;
      return { code: cutSignals(code), map: null };
    },
  };
}

/** The source of @preact/signals-core, cut. */
export function cutSignals(/** @type {string} */ code) {
  return changed(code, CHANGES, 'signals-core', 'signalsOnly').replace(/\/\/# sourceMappingURL=.*/, '');
}
