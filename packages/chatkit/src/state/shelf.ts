/** What is kept over a reload: things by their names, in one text. */

/** Where that text is. Never throws. */
export type Shelf = { read(): string | null; write(text: string | null): void };

/**
 * Things by their names on a shelf. Others may have written there, and an older version of this: who takes one looks at it.
 *
 * @param most So many at most; the one that was changed the longest ago goes first.
 */
export class Kept {
  constructor(
    private readonly shelf: Shelf,
    private readonly most: number,
  ) {}

  find(name: string): unknown {
    return this.#all()[name];
  }

  /** Keeps a thing, or with null forgets it. */
  keep(name: string, thing: object | null): void {
    const others = Object.entries(this.#all()).filter(([other]) => other !== name);
    const all = thing ? [...others.slice(1 - this.most), [name, thing] as const] : others;
    this.shelf.write(all.length ? JSON.stringify(Object.fromEntries(all)) : null);
  }

  #all(): Readonly<Record<string, unknown>> {
    try {
      return (JSON.parse(this.shelf.read() ?? '') ?? {}) as Record<string, unknown>;
    } catch {
      return {};
    }
  }
}
