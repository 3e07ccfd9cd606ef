/** The gate of a chat, with what its page says about it (element.md §7, §8). Fetched where there is one. */
import type { Emit } from './events';
import type { ChatKitOptions } from './options';
import { Gate } from './transport/hosted';

/** The attribute of the script tag that asks for a check of the domain. */
const VERIFY = 'data-domain-verify-url';

const gates = new WeakMap<Emit, Gate>();

/** The gate of the chat that emits in this way. */
export function gateOf(emit: Emit, host: HTMLElement, api: () => ChatKitOptions['api']): Gate {
  let gate = gates.get(emit);
  if (!gate) {
    const url = document.querySelector(`script[${VERIFY}]`)?.getAttribute(VERIFY);
    const place = {
      domain: location.hostname,
      verifyUrl: url == null ? null : new URL(url, document.baseURI).href,
      baseUrl: () => baseUrl(host),
    };
    gate = new Gate(place, api, emit);
    gates.set(emit, gate);
  }
  return gate;
}

/** Where the hosted server is: said by the element, or by the script's tag, or else where the script came from. */
function baseUrl(host: HTMLElement): string {
  const script = document.querySelector<HTMLScriptElement>('script[data-api-base]');
  const base = host.getAttribute('api-base') ?? script?.dataset['apiBase'] ?? new URL(import.meta.url).origin;
  return new URL(base, document.baseURI).href.replace(/\/+$/, '');
}
