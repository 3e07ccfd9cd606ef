// The demo's page: options for the element, and the thread in the address so that a reload comes back to it.
import { panelFor } from './panel.js';

const chat = document.getElementById('chat');
const model = await (await fetch('/demo/model')).json();
await customElements.whenDefined('openai-chatkit');

let toggle = () => undefined;
const options = {
  api: { url: '/chatkit', uploadStrategy: { type: 'direct', uploadUrl: '/chatkit/attachments' } },
  theme: { colorScheme: 'auto' },
  initialThread: location.hash.slice(1) || null,
  header: { title: { enabled: true }, rightAction: { icon: 'settings-cog', onClick: () => toggle() } },
  history: { enabled: true },
  startScreen: { prompts: model.prompts },
  threadItemActions: { retry: true, feedback: true },
  composer: {
    placeholder: `Message ${model.name}`,
    attachments: { enabled: true, maxSize: 20 * 1024 * 1024 },
    tools: model.tools,
    models: model.models,
    dictation: { enabled: true },
  },
  disclaimer: { text: model.disclaimer },
};

chat.addEventListener('chatkit.thread.change', (event) => {
  const { threadId } = event.detail;
  history.replaceState(null, '', threadId ? `#${threadId}` : location.pathname + location.search);
});
// A page that is all chat: whoever comes may write at once. On a touch screen that would open the keyboard unasked.
chat.addEventListener('chatkit.ready', () => {
  const isOpen = chat.options.layout !== 'floating';
  if (isOpen && matchMedia('(pointer: fine)').matches) void chat.focusComposer();
});
// Beside the options that the page has, those that the panel has been told.
toggle = panelFor(options, (now) => {
  chat.setOptions(now);
  document.documentElement.style.colorScheme = chat.dataset.scheme ?? 'light dark';
});
// The scheme is known when it is drawn, and may follow the system.
new MutationObserver(() => {
  document.documentElement.style.colorScheme = chat.dataset.scheme;
}).observe(chat, { attributeFilter: ['data-scheme'] });
