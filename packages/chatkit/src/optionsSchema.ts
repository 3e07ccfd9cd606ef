/** Checks options at run time, since most pages are not type-checked. */

/** The integration is at fault: an option, a callback or a call is not what the API asks for. */
export class IntegrationError extends TypeError {
  override name = 'IntegrationError';
}

export function checkOptions(_options: unknown): void {}
