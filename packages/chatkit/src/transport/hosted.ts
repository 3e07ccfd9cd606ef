/**
 * What stands between the chat and its server before anything is said: the domain is checked where a deployment wants
 * that, and a hosted server gets its secret (element.md §7, §8). Fetched where one of them is asked for.
 */
import { IntegrationError, type Emit } from '../events';
import type { ChatKitOptions } from '../options';

/** Milliseconds before its known end at which a secret is replaced. */
const EARLY_MS = 30_000;

/** Milliseconds that the page may take for a secret until the person is told. */
const SECRET_MS = 30_000;

/** The deployment does not know this domain, or its answer could not be had. */
export class DomainVerificationError extends Error {
  override name = 'DomainVerificationError';
}

/** What the page says about where it is and where its servers are. */
export type Place = {
  /** The host name of the page. */
  readonly domain: string;
  /** Where domains are checked; null if nobody wants that. */
  readonly verifyUrl: string | null;
  /** The address of the hosted server. */
  baseUrl(): string;
};

/** What is shown in place of the chat while the gate is closed. */
export type Closed = {
  /** Shows it; resolves when the person wants it to be tried again. `began` is true where there is a chat behind it. */
  show(began: boolean): Promise<void>;
  hide(): void;
};

export class Gate {
  #secret: string | null = null;
  #renewing: Promise<string> | null = null;
  /** Requests that wait for the gate, and what they wait for. */
  #waiting = 0;
  #insisting: Promise<unknown> | null = null;

  /** `api` is read when it is needed, so that a changed callback is the one that is called. */
  constructor(
    private readonly place: Place,
    private readonly api: () => ChatKitOptions['api'],
    private readonly emit: Emit,
    private readonly closed: Closed,
  ) {}

  /** Resolves when the chat may begin: the domain is allowed, and there is a secret. */
  async open(): Promise<void> {
    this.#insisting = null;
    this.#secret = null; // it may be another person's
    this.closed.hide();
    await this.#insist(false, async () => {
      if (this.place.verifyUrl !== null)
        await verifyDomain(this.place.verifyUrl, this.place.domain, this.api());
      if ('getClientSecret' in this.api()) await this.#renew(null);
    });
    this.closed.hide();
  }

  /**
   * A request to the hosted server, given by its path. Refused for its secret, it goes out once more with a new one, be
   * it that the person has to sign in first.
   */
  readonly fetch = async (path: string, init: RequestInit): Promise<Response> => {
    const secret = this.#secret;
    if (secret === null) await this.#wait(null, init.signal);
    else if (endsSoon(secret)) {
      // A secret that is about to end may still do.
      await this.#renew(secret).catch((error: unknown) => this.#tell(error));
    }
    const used = this.#secret;
    const response = await this.#send(path, init);
    if (response.status !== 401) return response;
    void response.body?.cancel();
    await this.#wait(used, init.signal);
    return this.#send(path, init);
  };

  /** Waits for another secret than the one that was used, with all that wait for it, or for the end of the request. */
  async #wait(used: string | null, signal?: AbortSignal | null): Promise<void> {
    this.#waiting++;
    const stop = new AbortController();
    try {
      const secret = (this.#insisting ??= this.#insist(true, () => this.#renew(used)));
      const ended = new Promise((_, reject) => {
        const end = () => reject(new DOMException('The request was ended.', 'AbortError'));
        if (signal?.aborted) end();
        signal?.addEventListener('abort', end, { signal: stop.signal });
      });
      await Promise.race([secret, ended]);
    } finally {
      stop.abort();
      if (--this.#waiting === 0) {
        this.#insisting = null;
        this.closed.hide();
      }
    }
  }

  /** Does something until it succeeds, whenever the person wants it to be tried again. */
  async #insist(began: boolean, work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        this.#tell(error);
        if (began && !this.#waiting) return; // they have all been given up
        await this.closed.show(began);
      }
    }
  }

  #tell(error: unknown): void {
    this.emit('chatkit.error', { error: error as Error });
  }

  #send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), Authorization: `Bearer ${this.#secret}` };
    return fetch(`${this.place.baseUrl()}${path}`, { ...init, headers });
  }

  /** Asks for another secret than the one that was used: once, however many requests wait for it. */
  #renew(used: string | null): Promise<string> {
    if (used !== this.#secret) return Promise.resolve(this.#secret!);
    return (this.#renewing ??= this.#ask(used).finally(() => (this.#renewing = null)));
  }

  async #ask(used: string | null): Promise<string> {
    const api = this.api();
    if (!('getClientSecret' in api)) throw new IntegrationError('options.api.getClientSecret is not set.');
    let secret: unknown;
    try {
      secret = await this.#inTime(Promise.resolve(api.getClientSecret(used)), (late) => {
        // Of the same page, and still needed.
        if (this.api() === api && this.#secret === used) this.#secret = late;
      });
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new IntegrationError(`options.api.getClientSecret failed: ${words}`, { cause });
    }
    if (typeof secret !== 'string' || !secret)
      throw new IntegrationError('options.api.getClientSecret gave no secret: expected a string.');
    return (this.#secret = secret);
  }

  /** What comes too late may be used, but nobody waits for it without being told. */
  async #inTime(asked: Promise<unknown>, use: (late: string) => void): Promise<unknown> {
    let clock: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      clock = setTimeout(() => {
        reject(new Error(`it gave nothing within ${String(SECRET_MS / 1000)} seconds.`));
        asked.then(
          (secret) => {
            if (typeof secret === 'string' && secret) use(secret);
          },
          () => undefined, // it has been told of
        );
      }, SECRET_MS);
    });
    try {
      return await Promise.race([asked, late]);
    } finally {
      clearTimeout(clock);
    }
  }
}

/** Secrets are opaque, but some are JSON Web Tokens, which say when they end. */
export function endsSoon(secret: string, now = Date.now()): boolean {
  try {
    const claims = atob(secret.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'));
    const { exp } = JSON.parse(claims) as { exp?: unknown };
    return typeof exp === 'number' && exp * 1000 - now < EARLY_MS;
  } catch {
    return false;
  }
}

async function verifyDomain(url: string, domain: string, api: ChatKitOptions['api']): Promise<void> {
  const domainKey = 'domainKey' in api ? api.domainKey : undefined;
  let answer: unknown;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ domain, domainKey }),
    });
    answer = await response.json();
  } catch (cause) {
    throw new DomainVerificationError(`The domain could not be checked at ${url}.`, { cause });
  }
  if ((answer as { valid?: unknown } | null)?.valid !== true)
    throw new DomainVerificationError(`${domain} may not show this chat, says ${url}.`);
}
