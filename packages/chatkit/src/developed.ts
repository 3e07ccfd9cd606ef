/** Who is told what is wrong with a page: whoever builds it. Part of chatkit.js, and so of few words. */

/** Whether a chat is looked at by a developer; without one, whether any on the page is. */
export const isDeveloped = (host?: Element): boolean => {
  const debug = 'openai-chatkit[debug]';
  return (
    /(^|\.)localhost$/.test(location.hostname) ||
    (host ? host.matches(debug) : document.querySelector(debug) !== null)
  );
};
