/** The cut signals do what the whole ones do. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as whole from '@preact/signals-core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cutSignals } from './signalsOnly.js';

const source = readFileSync(
  fileURLToPath(import.meta.resolve('@preact/signals-core')).replace(
    /[\w-]+\.m?js$/,
    'signals-core.module.js',
  ),
  'utf8',
);
const folder = mkdtempSync(`${tmpdir()}/chatkit-`);
let part: typeof whole;

beforeAll(async () => {
  writeFileSync(`${folder}/cut.mjs`, cutSignals(source));
  part = (await import(pathToFileURL(`${folder}/cut.mjs`).href)) as typeof whole;
});

afterAll(() => rmSync(folder, { recursive: true }));

type Step =
  | { kind: 'set'; at: number; value: number }
  | { kind: 'peek'; at: number }
  | { kind: 'computed' | 'effect' | 'subscribe' | 'untracked'; at: number; other: number }
  | { kind: 'end'; at: number }
  | { kind: 'batch'; values: number[] };

const index = fc.nat(5);
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: index, value: fc.nat(3) }),
  fc.record({ kind: fc.constant('peek' as const), at: index }),
  fc.record({
    kind: fc.constantFrom(...(['computed', 'effect', 'subscribe', 'untracked'] as const)),
    at: index,
    other: index,
  }),
  fc.record({ kind: fc.constant('end' as const), at: index }),
  fc.record({ kind: fc.constant('batch' as const), values: fc.array(fc.nat(3), { maxLength: 4 }) }),
);

/** Everything that is seen while the steps are done. */
function seen(
  { signal, computed, effect, batch, untracked }: typeof whole,
  steps: readonly Step[],
): unknown[] {
  const log: unknown[] = [];
  const sources = [signal(0), signal(1)];
  const all: whole.ReadonlySignal<number>[] = [...sources];
  const ends: (() => void)[] = [];
  const one = (at: number) => all[at % all.length]!;
  steps.forEach((what, number) => {
    if (what.kind === 'set') sources[what.at % 2]!.value = what.value;
    else if (what.kind === 'peek') log.push(one(what.at).peek());
    else if (what.kind === 'end') ends.splice(what.at, 1)[0]?.();
    else if (what.kind === 'batch')
      batch(() => what.values.forEach((value, at) => (sources[at % 2]!.value = value)));
    else {
      const [first, second] = [one(what.at), one(what.other)];
      if (what.kind === 'computed') {
        all.push(
          computed(() => {
            log.push(`computed ${String(number)}`);
            return first.value > 1 ? first.value : first.value + second.value;
          }),
        );
      } else if (what.kind === 'subscribe') ends.push(first.subscribe((value) => log.push([number, value])));
      else {
        ends.push(
          effect(() => {
            const other = what.kind === 'untracked' ? untracked(() => second.value) : second.value;
            log.push([number, first.value, other]);
            return () => log.push(`over ${String(number)}`);
          }),
        );
      }
    }
  });
  return log;
}

it('shows the same values at the same times, whatever is done', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      expect(seen(part, steps)).toEqual(seen(whole, steps));
    }),
    { numRuns: 1000 },
  );
}, 60_000);

it('says so when they have become another shape', () => {
  expect(() => cutSignals('export const signal = 1;')).toThrow('build/signalsOnly.js');
});
