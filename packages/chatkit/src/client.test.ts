/** The chat without an interface (DESIGN 9b: state, transport and protocol touch no DOM). */
import { expect, test } from 'vitest';
import { createHeadlessChat } from './client';
import { question, Script, created, done, answer } from './state/scriptedServer';

test('a chat runs where there is no document', async () => {
  expect(typeof document).toBe('undefined');
  const script = new Script();
  const heard: string[] = [];
  const languages: unknown[] = [];
  const chat = createHeadlessChat({
    api: {
      url: 'https://chat.example/chatkit',
      fetch: async (_, init) => {
        languages.push((init!.headers as Record<string, string>)['Accept-Language']);
        return script.response;
      },
    },
    locale: 'fr-FR',
    onEvent: (name) => {
      if (name !== 'chatkit.log') heard.push(name);
    },
  });
  const sent = chat.commands.send({ content: [{ type: 'input_text', text: 'Hi' }] });
  await script.say(created({ title: 'Hello' }), done(question('m1', 'Hi')), done(answer('m2', 'Hello')));
  await sent;
  await script.end();
  expect(chat.items().map((item) => item.id)).toEqual(['m1', 'm2']);
  expect(chat.state.thread.value?.title).toBe('Hello');
  expect(languages).toEqual(['fr-FR']);
  expect(heard).toEqual([
    'chatkit.response.start',
    'chatkit.thread.change',
    'chatkit.message.sent',
    'chatkit.item.done',
    'chatkit.response.end',
  ]);
});
