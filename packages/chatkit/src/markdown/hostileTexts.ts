/** The hostile texts that all test suites share (protocol/hostile/README.md). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type HostileText = { readonly name: string; readonly text: string };

type Case = { name: string; text?: string; pieces?: (string | [text: string, times: number])[] };

const folder = join(import.meta.dirname, '../../../../protocol/hostile');
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

export const { addresses, forms } = read('addresses.json') as { addresses: string[]; forms: string[] };

const textOf = ({ text = '', pieces = [] }: Case): string =>
  text + pieces.map((piece) => (typeof piece === 'string' ? piece : piece[0].repeat(piece[1]))).join('');

/** Every text of its own, by the file it stands in. */
export const hostileTexts: ReadonlyMap<string, readonly HostileText[]> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'addresses.json')
    .map((file) => [
      file.replace('.json', ''),
      (read(file) as { cases: Case[] }).cases.map((one) => ({ name: one.name, text: textOf(one) })),
    ]),
);

/** An address in a form that holds one. */
export const inForm = (form: string, address: string): string => form.replaceAll('{}', () => address);
