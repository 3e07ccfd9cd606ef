/**
 * The place at which somebody reads, as exact as a line of text: it is held when the lines break elsewhere, as in a
 * narrower view or larger letters.
 */

/** Pixels of a line that are no loss: whoever sees no more of it reads the next one. */
const SLIGHT = 8;

/** Something of a turn, and where it stood when the place was found. */
type Step = { readonly node: Node; readonly offset: number; readonly top: number };

export class Place {
  readonly #turn: Element;
  /** From the turn down to a character. Of what has been drawn anew since, the rest still says where it is. */
  readonly #steps: Step[] = [];
  /** Where it stood, and how far below the edge. */
  readonly #top: number;
  readonly #below: number;

  /**
   * @param turn The first that can be seen.
   * @param edge Where that begins.
   */
  constructor(turn: Element, edge: number) {
    this.#turn = turn;
    let node: Node | undefined = turn;
    while (node) {
      const parent: Node = node;
      const isText = parent instanceof Text;
      const count = isText ? parent.length : parent.childNodes.length;
      const at = firstBelow(count, (index) => boxAt(parent, index), edge + SLIGHT);
      if (at === null) break;
      this.#steps.push({ node: parent, offset: at, top: boxAt(parent, at)!.top });
      node = isText ? undefined : parent.childNodes[at];
    }
    this.#top = this.#steps.at(-1)?.top ?? turn.getBoundingClientRect().top;
    this.#below = this.#top - edge;
  }

  get isConnected(): boolean {
    return this.#turn.isConnected;
  }

  /** It is as far below the edge as when it was found: nobody has scrolled. */
  isStill(edge: number): boolean {
    return this.isConnected && Math.abs(this.getBoundingClientRect().top - edge - this.#below) < 1.5;
  }

  /** Where it is now. */
  getBoundingClientRect(): { readonly top: number } {
    for (const { node, offset, top } of this.#steps.toReversed()) {
      const box = node.isConnected ? boxAt(node, offset) : null;
      if (box) return { top: this.#top + box.top - top };
    }
    return this.#turn.getBoundingClientRect();
  }
}

/** The box of a character of a text, or of a child; null for what takes no room. */
function boxAt(parent: Node, index: number): DOMRect | null {
  const child = parent.childNodes[index];
  let box: DOMRect;
  if (child instanceof Element) {
    box = child.getBoundingClientRect();
  } else {
    const range = document.createRange();
    if (child) range.selectNodeContents(child);
    else if (parent instanceof Text && index < parent.length) {
      range.setStart(parent, index);
      range.setEnd(parent, index + 1);
    } else return null;
    box = range.getBoundingClientRect();
  }
  return box.height ? box : null;
}

/** The first that ends below an edge, found by halves, as each begins where the one before it ended, or below. */
function firstBelow(count: number, boxOf: (index: number) => DOMRect | null, edge: number): number | null {
  let found: number | null = null;
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    let at = middle;
    let box = boxOf(at);
    while (!box && ++at < high) box = boxOf(at);
    if (box && box.bottom <= edge) low = at + 1;
    else {
      if (box) found = at;
      high = middle;
    }
  }
  return found;
}
