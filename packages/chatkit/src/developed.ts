/** Who is told what is wrong with a page: whoever builds it. Part of chatkit.js, and so of few words. */

/**
 * Whether a chat is looked at by a developer: on this machine, or where the attribute `debug` says so. Without a chat,
 * the first on the page that has the attribute counts.
 */
export const isDeveloped = (host?: Element): boolean => {
  const debug = (host ?? document.querySelector('openai-chatkit[debug]'))?.getAttribute('debug');
  return debug == null
    ? /(^|\.)localhost$|^127(\.\d+){3}$|^\[::1]$/.test(location.hostname)
    : debug !== 'off';
};
