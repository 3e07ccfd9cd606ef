/** The names of the texts. In the package's types this is the plain list (build/declarations.js). */
import type all from './locales/en.json';

type Key = keyof typeof all;
type Plural<K> = K extends `${infer Name}.other` ? Name : never;

/** What can be said. A plural is named without its form. */
export type MessageKey = Exclude<Key, `${string}.${'one' | 'other'}`> | Plural<Key>;
