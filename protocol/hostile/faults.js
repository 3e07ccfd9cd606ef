/** The judge: what must not be in what was drawn of a hostile text. For the unit tests and for a real browser alike. */

const list = (/** @type {string} */ names) => new Set(names.trim().split(/\s+/));

const OURS = list(`
  a article blockquote br button code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img input li
  ol p pre section small span strong summary sup table tbody td th thead tr ul
  svg path circle rect line polyline polygon ellipse g
  math annotation maligngroup menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow
  ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics none
`);

/** Attributes that run, load, send, name or cover something. */
const DANGEROUS = /^(?:on|xlink:|form|action$|srcdoc$|srcset$|ping$|poster$|background$|data$|is$|slot$|nonce$)/i;

const FOLLOWED = list('http: https: mailto: tel: chatkit-link:');
const LOADED = /^(?:data:image\/(?:png|jpe?g|gif|webp|avif|svg\+xml)[;,]|blob:)/i;

/**
 * @param {ParentNode} root Drawn Markdown.
 * @param {string} base The address of the page.
 * @returns {string[]}
 */
export function faults(root, base) {
  /** @type {string[]} */
  const found = [];
  for (const node of root.querySelectorAll('*')) {
    const name = node.localName;
    const fault = (/** @type {string} */ what) => found.push(`<${name}> ${what}`);
    if (!OURS.has(name)) fault('is no element of ours');
    for (const { name: attribute, value } of node.attributes) {
      if (DANGEROUS.test(attribute) && name !== 'mo') fault(`has ${attribute}=${value}`);
      if (attribute === 'id' && !/^:?[A-Z]?[\d-]+/i.test(value)) fault(`has the id ${value}`);
      // Signs of formulas are put in place, within the formula; cards of sources beside what they explain.
      const style = node.closest('math')
        ? /url|expression|fixed|image|behavior/i
        : /^(?!left: [\d.]+px; top: [\d.]+px;$)./;
      if (attribute === 'style' && style.test(value)) fault(`has style=${value}`);
      if (attribute === 'href') {
        const url = new URL(value, base);
        if (!FOLLOWED.has(url.protocol)) fault(`leads to ${value}`);
        const leaves = url.protocol.startsWith('http') && url.origin !== new URL(base).origin;
        if (leaves && !/noopener.*noreferrer/.test(node.getAttribute('rel') ?? '')) fault(`gives away the page to ${value}`);
      }
      if (attribute === 'src' && !LOADED.test(value) && new URL(value, base).origin !== new URL(base).origin)
        fault(`loads ${value}`);
    }
  }
  return found;
}
