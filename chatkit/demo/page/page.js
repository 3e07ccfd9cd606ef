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
  threadItemActions: { retry: true },
  composer: { placeholder: `Message ${model.name}` },
  disclaimer: { text: model.disclaimer },
};
const locale = asked.get('locale');
if (locale) options.locale = locale;

chat.addEventListener('chatkit.thread.change', (event) => {
  const { threadId } = event.detail;
  history.replaceState(null, '', threadId ? `#${threadId}` : location.pathname + location.search);
});
chat.setOptions(options);
