/** The playground. Its address chooses the options: `?theme=dark&locale=ar&pace=20&latency=200&thread=thr_0003`. */
import '../src/define';
import type { ChatKitOptions, ColorScheme, SupportedLocale } from '../src/index';
import { createBackend } from './backend';

const query = new URLSearchParams(location.search);
const number = (key: string, otherwise: number) => Number(query.get(key) ?? otherwise);

const options: ChatKitOptions = {
  api: {
    url: '/chatkit',
    fetch: createBackend({ paceMs: number('pace', 20), latencyMs: number('latency', 200) }),
  },
  theme: {
    colorScheme: (query.get('theme') ?? 'auto') as ColorScheme,
  },
  initialThread: query.get('thread'),
  startScreen: {
    prompts: [
      { label: 'Plan a trip', prompt: 'Show me a table of trains', icon: 'sparkle' },
      { label: 'Write some code', prompt: 'Show me some code', icon: 'square-code' },
      { label: 'Draft an e-mail', prompt: 'headings, please', icon: 'write' },
    ],
  },
  disclaimer: { text: 'Answers are made up by the playground.' },
  onClientTool: () => ({ title: document.title }),
};
const locale = query.get('locale');
if (locale) options.locale = locale as SupportedLocale;

const chat = document.querySelector('openai-chatkit');
if (!chat) throw new Error('the page has no chat');
for (const name of [
  'ready',
  'error',
  'log',
  'effect',
  'response.start',
  'response.end',
  'thread.change',
  'thread.load.start',
  'thread.load.end',
  'history.open',
  'history.close',
]) {
  chat.addEventListener(`chatkit.${name}`, (event) => {
    console.debug(name, (event as CustomEvent).detail);
  });
}
chat.setOptions(options);
