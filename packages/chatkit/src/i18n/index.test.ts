/** Words as a view gets them: the reader's language, its plurals, and the words of the page (element.md §3.16, §11). */
import { effect, signal } from '@preact/signals-core';
import { expect, test } from 'vitest';
import { createTranslation, loadLaterWords, type Catalogue, type Translation } from './index';

/** A page without words of its own. */
const nothing = signal(undefined);

/** Waits until the words of a locale are there; the label of the message is another one in all that are used here. */
function shows(translation: Translation, label: string): Promise<void> {
  return new Promise((resolve) => {
    effect(() => {
      if (translation.text.value('composer.label') === label) resolve();
    });
  });
}

test('a locale is English until its words are there, and follows what is asked for', async () => {
  const asked = signal('pl');
  const translation = createTranslation(asked, nothing);
  expect(translation.text.value('composer.label')).toBe('Message');
  await shows(translation, 'Wiadomość');
  expect(translation.locale.value).toBe('pl-PL');
  expect(translation.direction.value).toBe('ltr');
  asked.value = 'ur-PK';
  await shows(translation, 'پیغام');
  expect(translation.direction.value).toBe('rtl');
  asked.value = 'tlh';
  await shows(translation, 'Message');
  expect(translation.locale.value).toBe('en');
});

test.each([
  ['pl', 'Wiadomość', { 1: '1 krok', 3: '3 kroki', 5: '5 kroków', 22: '22 kroki', 1.5: '1,5 kroku' }],
  ['sl', 'Sporočilo', { 1: '1 korak', 2: '2 koraka', 3: '3 koraki', 5: '5 korakov' }],
  ['lv', 'Ziņa', { 0: '0 soļu', 1: '1 solis', 2: '2 soļi', 21: '21 solis' }],
  ['fr', 'Message', { 0: '0 étape', 2: '2 étapes', 1000000: '1\u202f000\u202f000 d’étapes' }],
  ['ja', 'メッセージ', { 1: '1 ステップ', 2: '2 ステップ' }],
  ['bn', 'বার্তা', { 3: '৩টি ধাপ' }],
])('%s counts as its speakers do', async (tag, label, counts) => {
  const translation = createTranslation(signal(tag), nothing);
  translation.text.value('composer.label');
  await shows(translation, label);
  for (const [count, words] of Object.entries(counts)) {
    await expect.poll(() => translation.text.value('workflow.steps', { count: Number(count) })).toBe(words);
  }
});

test('words of the page go before those of the locale, whatever it is, and are filled as well', async () => {
  const asked = signal('en');
  const strings = signal<Catalogue | undefined>({
    'composer.send': 'Ask',
    'workflow.steps': 'Steps: {count}',
  });
  const translation = createTranslation(asked, strings);
  await loadLaterWords();
  expect(translation.text.value('composer.send')).toBe('Ask');
  expect(translation.text.value('workflow.steps', { count: 1 })).toBe('Steps: 1');
  expect(translation.text.value('sources.count', { count: 1 })).toBe('1 source');
  asked.value = 'de';
  await shows(translation, 'Nachricht');
  expect(translation.text.value('composer.send')).toBe('Ask');
  expect(translation.text.value('composer.stop')).toBe('Anhalten');
  strings.value = undefined;
  expect(translation.text.value('composer.send')).toBe('Senden');
});

test('from right to left, what is filled in stays a unit of its own', async () => {
  const translation = createTranslation(signal('ar'), nothing);
  await shows(translation, 'رسالة');
  expect(translation.text.value('history.delete', { title: 'C++' })).toBe('حذف «\u2068C++\u2069»');
});
