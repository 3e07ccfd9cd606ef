/**
 * The entry of the interface's chunk. Modules stand in it in the order in which they are imported, and compression looks
 * back 32 kB: the libraries first, then what is ours in one piece, like beside like.
 */
import 'marked';
import 'preact';
import 'preact/hooks';
import '@preact/signals-core';
export { mount } from '../src/ui';
