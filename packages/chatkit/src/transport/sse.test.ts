/** The parser of server-sent events (protocol.md §1.2, client parsing). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SseParser } from './sse';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The events of a stream that arrives in these pieces. */
function parse(...pieces: Uint8Array[]): string[] {
  const parser = new SseParser();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()].map((frame) => frame.data);
}

const streams: Record<string, [stream: string, events: string[]]> = {
  'frames as the server writes them': ['data: {"a":1}\n\ndata: {"b":2}\n\n', ['{"a":1}', '{"b":2}']],
  'CRLF lines': ['data: one\r\n\r\ndata: two\r\n\r\n', ['one', 'two']],
  'CR lines': ['data: one\r\rdata: two\r\r', ['one', 'two']],
  'several data lines are joined by LF': ['data: one\ndata: two\n\n', ['one\ntwo']],
  'comments and unknown fields are passed over': [': ping\nevent: x\nretry: 10\ndata: one\nfoo\n\n', ['one']],
  'no space after the colon': ['data:one\n\ndata:  two\n\n', ['one', ' two']],
  'the final blank line is missing': ['data: one\n\ndata: two', ['one', 'two']],
  'the final blank line is missing after CR': ['data: one\r', ['one']],
  'a byte order mark': ['\uFEFFdata: one\n\n', ['one']],
  'characters of two, three and four bytes': ['data: ä–🚂\n\ndata: ü\n\n', ['ä–🚂', 'ü']],
  'a field without a colon': ['data\n\n', ['']],
  'blank lines alone are no events': ['\n\n\n: ping\n\n', []],
};

for (const [name, [stream, events]] of Object.entries(streams)) {
  test(`reads ${name}, wherever the pieces are cut`, () => {
    const whole = bytes(stream);
    expect(parse(whole)).toEqual(events);
    for (let cut = 0; cut <= whole.length; cut++) {
      expect(parse(whole.slice(0, cut), whole.slice(cut)), `cut at ${cut}`).toEqual(events);
    }
    expect(parse(...Array.from(whole, (byte) => Uint8Array.of(byte))), 'byte by byte').toEqual(events);
  });
}

test('reads any events in any pieces', () => {
  const text = fc.string({ unit: 'grapheme' }).map((one) => one.replace(/[\r\n\uFEFF]/g, ''));
  const ending = fc.constantFrom('\n', '\r\n', '\r');
  fc.assert(
    fc.property(fc.array(text), ending, fc.array(fc.nat(20)), (events, eol, sizes) => {
      const whole = bytes(events.map((one) => `data: ${one}${eol}${eol}`).join(''));
      const pieces: Uint8Array[] = [];
      let start = 0;
      for (const size of sizes) pieces.push(whole.slice(start, (start += size)));
      expect(parse(...pieces, whole.slice(start))).toEqual(events);
    }),
  );
});

test('hands on the id of an event, which stays until another one comes', () => {
  const parser = new SseParser();
  const frames = parser.push(bytes('id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n'));
  expect(frames.map((frame) => frame.id)).toEqual(['7', '7', '']);
});

test('an event is handed on with its blank line, not later', () => {
  const parser = new SseParser();
  expect(parser.push(bytes('data: one\n'))).toEqual([]);
  expect(parser.push(bytes('\n'))).toHaveLength(1);
  expect(parser.push(bytes('data: two\r\n\r'))).toHaveLength(1);
});
