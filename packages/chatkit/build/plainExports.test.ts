/** What the entry lends goes by one name, and every chunk still gets the same things. */
import { expect, test } from 'vitest';
import { plainExports } from './plainExports';

const entry = 'ui-0.js';

test('names are said once, on both sides, but those that are known outside', () => {
  const chunks = plainExports(
    [
      [entry, 'var a=1,b=2,c=3;export{a as b,b as a,c as mount,c};'],
      ['one-0.js', 'import{a as e,b as t,c}from"./ui-0.js";import{a}from"./two-0.js";e(t)'],
      ['two-0.js', 'import{b}from"./ui-0.js";export{b as a}'],
    ],
    entry,
    ['mount'],
  );
  expect(chunks).toEqual([
    [entry, 'var a=1,b=2,c=3;export{a,b,c as mount,c};'],
    ['one-0.js', 'import{b as e,a as t,c}from"./ui-0.js";import{a}from"./two-0.js";e(t)'],
    ['two-0.js', 'import{a as b}from"./ui-0.js";export{b as a}'],
  ]);
});

test('an import in another form stops the build', () => {
  const chunks = [
    [entry, 'export{a as b};'],
    ['one-0.js', 'import*as x from"./ui-0.js"'],
  ] as const;
  expect(() => plainExports(chunks, entry, [])).toThrow('ui-0.js is imported in a way');
  expect(() => plainExports(chunks, 'ui-1.js', [])).toThrow('there is no ui-1.js');
});
