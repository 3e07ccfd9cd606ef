/** A conforming parser for server-sent events (protocol.md §1.2), fed with whatever pieces the network delivers. */

/** One event. `id` is the last one the stream gave, or empty. */
export type Frame = { readonly data: string; readonly id: string };

export class SseParser {
  // Takes the byte order mark off, too.
  readonly #decoder = new TextDecoder();
  /** The last line, as far as it has come. */
  #rest = '';
  /** The last piece ended in CR; a LF at the start of the next one belongs to it. */
  #afterReturn = false;
  #data: string | null = null;
  #id = '';

  /** The events that this piece completes. */
  push(bytes: Uint8Array): Frame[] {
    return this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The event that lacked its blank line when the stream ended. */
  end(): Frame[] {
    return this.#read(`${this.#decoder.decode()}\n\n`);
  }

  #read(piece: string): Frame[] {
    const frames: Frame[] = [];
    if (!piece) return frames;
    if (this.#afterReturn && piece.startsWith('\n')) piece = piece.slice(1);
    this.#afterReturn = piece.endsWith('\r');
    if (piece.includes('\r')) piece = piece.replace(/\r\n?/g, '\n');

    let start = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', start)) {
      const line = this.#rest + piece.slice(start, end);
      this.#rest = '';
      start = end + 1;
      if (line) this.#field(line);
      else if (this.#data !== null) {
        frames.push({ data: this.#data, id: this.#id });
        this.#data = null;
      }
    }
    this.#rest += piece.slice(start);
    return frames;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
  }
}
