/** What scrolls the conversation: its own box, or, in the layout `document`, the page around the element. */

/** As much of a box that scrolls as following the conversation takes. */
export type Scroller = Pick<
  HTMLElement,
  | 'getBoundingClientRect'
  | 'scrollTop'
  | 'scrollHeight'
  | 'clientHeight'
  | 'clientWidth'
  | 'offsetWidth'
  | 'style'
> & {
  addEventListener(name: 'scroll', listener: () => void, options: { passive: true }): void;
  removeEventListener(name: 'scroll', listener: () => void): void;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element> & ArrayLike<Element>;
  scrollBy(options: ScrollToOptions): void;
};

/**
 * The closest box around the element that scrolls, or the page itself, as if it held nothing but the conversation: its
 * rectangle is what can be seen of that between the bars of the chat.
 */
export function pageAround(host: HTMLElement, thread: HTMLElement): Scroller {
  const page = document.scrollingElement ?? document.documentElement;
  let box: Element = page;
  for (let one = host.parentElement; one && one !== page; one = one.parentElement) {
    if (one !== document.body && /auto|scroll/.test(getComputedStyle(one).overflowY)) {
      box = one;
      break;
    }
  }
  const hears = box === page ? document : box;
  const heightOf = (bar: string) => thread.closest('.main')?.querySelector(bar)?.clientHeight ?? 0;
  const seen = () => {
    const { left, width } = thread.getBoundingClientRect();
    const { top, bottom } = box === page ? { top: 0, bottom: innerHeight } : box.getBoundingClientRect();
    const start = top + heightOf('.header');
    return new DOMRect(left, start, width, Math.max(0, bottom - heightOf('.footer') - start));
  };
  return {
    addEventListener(name, listener, options) {
      hears.addEventListener(name, listener, options);
    },
    removeEventListener(name, listener) {
      hears.removeEventListener(name, listener);
    },
    querySelector: (selector) => thread.querySelector(selector),
    querySelectorAll: (selector) => thread.querySelectorAll(selector),
    getBoundingClientRect: seen,
    scrollBy(options) {
      box.scrollBy(options);
    },
    get scrollTop() {
      return seen().top - thread.getBoundingClientRect().top;
    },
    set scrollTop(to: number) {
      box.scrollTop += to - this.scrollTop;
    },
    get scrollHeight() {
      return thread.scrollHeight;
    },
    get clientHeight() {
      return seen().height;
    },
    clientWidth: 0,
    offsetWidth: 0, // the page's bar takes no room from the conversation's column
    style: thread.style,
  };
}
