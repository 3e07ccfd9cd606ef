/** What the build provides. */
/// <reference types="vite/client" />

/** The path of the interface's chunk, relative to chatkit.js. Only in the script build. */
declare const __CHATKIT_UI__: string;

/** A part of the words of a locale (build/wordsInParts.js). */
declare module '*.json?first' {
  const words: Record<string, string>;
  export default words;
}
declare module '*.json?later' {
  const words: Record<string, string>;
  export default words;
}
