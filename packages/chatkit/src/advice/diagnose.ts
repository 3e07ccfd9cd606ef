/** From an error to what its cause most likely is, for errors that come from how a chat is embedded. */
import type { ChatKitOptions } from '../options';
import { HttpError } from '../transport/errors';

type Api = ChatKitOptions['api'] | undefined;

/** Words for the one who builds the page; null for what can happen to anybody. */
export function diagnose(error: Error, api: Api): string | null {
  const url = new URL(api && 'url' in api ? api.url : '/v1/chatkit', document.baseURI);
  const asked = `POST ${url.href}`;
  if (error instanceof HttpError) return ofStatus(error, asked);
  switch (error.name) {
    case 'IntegrationError':
      return error.message;
    case 'DomainVerificationError':
      return `${error.message} The page is on ${location.hostname}.`;
    case 'FatalAppError':
      return `${error.message} ${wordsOf(error.cause)} Does the page’s Content-Security-Policy allow the script’s chunks, and are they served beside it?`;
    case 'ReplyError':
      return `${asked} is answered by something else than ChatKit: ${error.message} A page for signing in, or an app that answers every path with its own page, does that.`;
    case 'NetworkError':
      return ofNetwork(url, asked);
    default:
      return null;
  }
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/\.?$/, '.') : '';
}

function ofStatus({ status, code, message }: HttpError, asked: string): string | null {
  // A server of ours says why; that is for whoever uses the chat.
  const isOurs = code !== null || !message.startsWith('The server answered with status');
  if (isOurs && status !== 401) return null;
  if (status === 404 || status === 405)
    return `${asked} is answered with ${String(status)}: there is no ChatKit server at api.url.`;
  if (status === 401 || status === 403)
    return `${asked} is answered with ${String(status)}. Cookies of the page are sent by themselves; for headers of your own give api.fetch.`;
  return status >= 500 ? `${asked} is answered with ${String(status)}: look at the server’s log.` : null;
}

function ofNetwork(url: URL, asked: string): string | null {
  if (!navigator.onLine) return null;
  if (url.origin === location.origin) return `${asked} is not answered. Is the server running?`;
  const rules =
    'allow this origin (CORS), the method POST, and the headers content-type and accept-language, and be in the page’s connect-src';
  return `${asked} is not answered, or the browser does not let it be read from ${location.origin}. A server elsewhere has to ${rules}. The console says which.`;
}
