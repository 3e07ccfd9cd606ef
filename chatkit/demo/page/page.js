// The demo's page: options for the element, and the thread in the address so that a reload comes back to it.
import { drawDiagram } from './diagram.js';
import { panelFor } from './panel.js';

const chat = document.getElementById('chat');
const model = await (await fetch('/demo/model')).json();
await customElements.whenDefined('openai-chatkit');

let toggle = () => undefined;
const people = [
  {
    id: 'ada',
    title: 'Ada Lovelace',
    icon: 'user',
    group: 'People',
    data: { description: 'Wrote for a machine that was never built.' },
  },
  {
    id: 'grace',
    title: 'Grace Hopper',
    icon: 'user',
    group: 'People',
    data: { description: 'Found the bug, and kept it.' },
  },
  {
    id: 'harbour',
    title: 'Harbour',
    icon: 'map-pin',
    group: 'Places',
    data: { description: 'Twelve docks, one crane.' },
  },
].map((one) => ({ ...one, interactive: true }));
const has = (query) => (one) => one.toLowerCase().includes(query.toLowerCase());
const commands = [
  {
    id: 'settings',
    label: 'Try the options',
    icon: 'settings-slider',
    description: 'Theme, language, layout, parts',
  },
  { id: 'mention', label: 'Mention …', icon: 'user', description: 'A menu behind a command' },
];
const options = {
  api: { url: '/chatkit', uploadStrategy: { type: 'direct', uploadUrl: '/chatkit/attachments' } },
  theme: { colorScheme: 'auto' },
  initialThread: location.hash.slice(1) || null,
  header: {
    title: { enabled: true },
    rightAction: { icon: 'settings-cog', label: 'Settings of this page', onClick: () => toggle() },
  },
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
  entities: {
    showComposerMenu: true,
    onTagSearch: async (query) => people.filter(({ title }) => has(query)(title)),
    onClick: ({ title }) => void chat.setComposerValue({ text: `Tell me about ${title}` }),
  },
  commands: {
    enabled: true,
    onSearch: async (query) => commands.filter(({ label }) => has(query)(label)),
    onSelect: async ({ id }) => {
      if (id === 'settings') toggle();
      else if (id === 'mention')
        return { type: 'menu', commands: people.map(({ id, title, icon }) => ({ id, label: title, icon })) };
      else return { type: 'entity', entity: people.find((one) => one.id === id) };
    },
  },
  disclaimer: { text: model.disclaimer },
  mermaid: drawDiagram,
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
