// The demo's page: options for the element, and the thread in the address so that a reload comes back to it.

const chat = document.getElementById('chat');
const asked = new URLSearchParams(location.search);
const model = await (await fetch('/demo/model')).json();
await customElements.whenDefined('openai-chatkit');

const options = {
  api: { url: '/chatkit' },
  theme: { colorScheme: asked.get('theme') ?? 'auto' },
  initialThread: location.hash.slice(1) || null,
  header: { title: { enabled: true } },
  history: { enabled: true },
  startScreen: { prompts: model.prompts },
  threadItemActions: { retry: true, feedback: true },
  composer: { placeholder: `Message ${model.name}` },
  disclaimer: { text: model.disclaimer },
};
const locale = asked.get('locale');
if (locale) options.locale = locale;

chat.addEventListener('chatkit.thread.change', (event) => {
  const { threadId } = event.detail;
  history.replaceState(null, '', threadId ? `#${threadId}` : location.pathname + location.search);
});
// A page that is all chat: whoever comes may write at once. On a touch screen that would open the keyboard unasked.
chat.addEventListener('chatkit.ready', () => {
  if (matchMedia('(pointer: fine)').matches) chat.focusComposer();
});
chat.setOptions(options);
