/** What the build provides. */
/// <reference types="vite/client" />

/** The path of the interface's chunk, relative to chatkit.js. Only in the script build. */
declare const __CHATKIT_UI__: string;
