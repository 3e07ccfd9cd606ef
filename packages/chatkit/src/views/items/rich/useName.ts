/** Names for elements that others refer to, for as long as a view lives. */
import { useState } from 'preact/hooks';

let serial = 0;

export function useName(): string {
  const [name] = useState(() => `n${String(++serial)}`);
  return name;
}
