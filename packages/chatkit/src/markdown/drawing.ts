/**
 * A drawing that the page made of words of a model's, taken over node by node: shapes, words and colours come along,
 * scripts, links and addresses do not. Each stands in a shadow root of its own, where its ids and styles mean only itself.
 */
export type Drawing = {
  readonly svg: SVGElement;
  readonly sheets: readonly CSSStyleSheet[];
  /** What it says it is. */
  readonly title: string | null;
};

const SVG = 'http://www.w3.org/2000/svg';
const HTML = 'http://www.w3.org/1999/xhtml';

const SHAPES = new Set(
  // Without `use`: a few that use each other make a million.
  `svg g path rect circle ellipse line polyline polygon text tspan textPath defs marker pattern switch title desc
  linearGradient radialGradient stop clipPath mask foreignObject filter feBlend feColorMatrix feComposite feDropShadow
  feFlood feGaussianBlur feMerge feMergeNode feOffset`.split(/\s+/),
);
const WORDS = new Set(
  'div span p br b i u s em strong small sub sup code pre ul ol li hr table thead tbody tr td th'.split(' '),
);

/** Nobody reads more than this, and copying takes its time. */
const MOST_NODES = 30_000;
const DEEPEST = 200;
const SMALLEST = 0.6;

/**
 * The drawing as a copy that is safe to show.
 *
 * @throws TypeError if it is not an `<svg>` element, RangeError if it is too large.
 */
export function copyDrawing(drawn: unknown): Drawing {
  const original = drawn as Element | null | undefined;
  if (original?.namespaceURI !== SVG || original.localName !== 'svg')
    throw new TypeError('expected an <svg> element');
  if (original.getElementsByTagName('*').length > MOST_NODES)
    throw new RangeError('the diagram is too large');
  const css = [...original.getElementsByTagNameNS(SVG, 'style')].map((one) => one.textContent).join('\n');
  const title = [...original.children].find((one) => one.localName === 'title')?.textContent.trim();
  const svg = copyElement(original, 0) as SVGElement;
  // What is wider than its box gets smaller, but not so small that nobody can read it: then its box scrolls.
  const [, , width] = (original.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  if (width) svg.style.minWidth = `${String(width * SMALLEST)}px`;
  return {
    svg,
    sheets: [sheetOf(BASE), ...(css ? [safeSheet(css)] : [])],
    title: title ?? null,
  };
}

function copyElement(original: Element, depth: number): Element | null {
  const { namespaceURI: space, localName } = original;
  // What a link leads to is no part of a picture; what it shows is.
  const name = space === SVG && localName === 'a' ? 'g' : localName;
  const isShape = space === SVG && SHAPES.has(name);
  if (depth > DEEPEST || !(isShape || (space === HTML && WORDS.has(name)))) return null;
  const copy = document.createElementNS(space, name) as SVGElement | HTMLElement;
  for (const { name: attribute, value } of original.attributes) {
    if (attribute === 'style') {
      // As properties, not as an attribute: a content security policy may forbid the attribute.
      copy.style.cssText = value;
      keepLocal(copy.style);
    } else if (isShape ? isHarmless(attribute, value) : attribute === 'class' || attribute === 'dir') {
      copy.setAttribute(attribute, value);
    }
  }
  for (const child of original.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.textContent ?? '');
    else if (child.nodeType === Node.ELEMENT_NODE) {
      const inner = copyElement(child as Element, depth + 1);
      if (inner) copy.append(inner);
    }
  }
  return copy;
}

/** An attribute of a shape that runs nothing, fetches nothing and takes no focus. */
function isHarmless(name: string, value: string): boolean {
  if (name === 'href') return value.startsWith('#');
  return !/^on|:|^(xmlns|tabindex|autofocus|part|slot|is|role|aria-.*)$/i.test(name) && isLocal(value);
}

/** A value of a style that names nothing outside of its drawing. Escapes could hide that it does. */
function isLocal(value: string): boolean {
  const rest = value.replace(/url\(\s*(["']?)#[^"'()\\]*\1\s*\)/gi, '');
  return !/\\|(?:url|src|image|image-set|cross-fade|element|paint)\(/i.test(rest);
}

function keepLocal(style: CSSStyleDeclaration): void {
  for (const name of [...style]) if (!isLocal(style.getPropertyValue(name))) style.removeProperty(name);
}

function sheetOf(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

/** Of the styles in a drawing: plain rules and movements. Not what imports, declares fonts, or reaches its frame. */
function safeSheet(css: string): CSSStyleSheet {
  const sheet = sheetOf(css.replace(/@import[^;]*;?/gi, '')); // refused anyway, with a warning to the page
  for (let index = sheet.cssRules.length - 1; index >= 0; index--) {
    const rule = sheet.cssRules[index];
    if (rule instanceof CSSStyleRule && !/:host|::slotted/i.test(rule.selectorText)) {
      while ('cssRules' in rule && rule.cssRules.length) rule.deleteRule(0);
      keepLocal(rule.style);
    } else if (rule instanceof CSSKeyframesRule) {
      for (const frame of rule.cssRules) keepLocal((frame as CSSKeyframeRule).style);
    } else sheet.deleteRule(index);
  }
  return sheet;
}

const BASE = `
  svg { display: block; max-width: 100%; height: auto; margin-inline: auto; }
  @media print { svg { min-width: 0 !important; } }
  @media (prefers-reduced-motion: reduce) { * { animation: none !important; } }`;
