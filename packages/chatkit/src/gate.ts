/** The gate of a chat, with what its page says about it (element.md §7, §8). Fetched where there is one. */
import type { Emit } from './events';
import type { ChatKitOptions } from './options';
import { Gate } from './transport/hosted';
import { Closed } from './views/closed';

/** The attribute of the script tag that asks for a check of the domain. */
const VERIFY = 'data-domain-verify-url';

const gates = new WeakMap<Element, Gate>();

/** The gate of a chat: one for each element, however often it is mounted. */
export function gateOf(emit: Emit, host: HTMLElement, options: () => ChatKitOptions): Gate {
  let gate = gates.get(host);
  if (!gate) {
    const url = document.querySelector(`script[${VERIFY}]`)?.getAttribute(VERIFY);
    const place = {
      domain: location.hostname,
      verifyUrl: url == null ? null : new URL(url, document.baseURI).href,
      baseUrl: () => baseUrl(host),
    };
    gate = new Gate(place, () => options().api, emit, new Closed(host.shadowRoot!, options));
    gates.set(host, gate);
  }
  return gate;
}

/** Where the hosted server is: said by the element, or by the script's tag, or else where the script came from. */
function baseUrl(host: HTMLElement): string {
  const script = document.querySelector<HTMLScriptElement>('script[data-api-base]');
  const base = host.getAttribute('api-base') ?? script?.dataset['apiBase'] ?? new URL(import.meta.url).origin;
  return new URL(base, document.baseURI).href.replace(/\/+$/, '');
}
