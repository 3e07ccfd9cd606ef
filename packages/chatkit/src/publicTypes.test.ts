/** Apps written for upstream's package compile with ours: its names, and calls as its users write them (element.md §2–§5). */
import { expect, test } from 'vitest';
import type {
  AccentColor,
  Attachment,
  ChatKitEvents,
  ChatKitIcon,
  ChatKitOptions,
  ColorOption,
  ColorScheme,
  Command,
  CommandSelection,
  CommandsOption,
  ComposerOption,
  CustomApiConfig,
  DisclaimerOption,
  EntitiesOption,
  Entity,
  EventHandler,
  FileUploadStrategy,
  FontObject,
  GrayscaleOptions,
  HeaderIcon,
  HeaderOption,
  HistoryOption,
  HostedApiConfig,
  LucideIcon,
  ModelOption,
  OpenAIChatKit,
  StartScreenOption,
  StartScreenPrompt,
  SupportedLocale,
  SurfaceColors,
  ThemeOption,
  ThreadItemActionsOption,
  ThreadOption,
  ToolChoice,
  ToolOption,
  TranslatedLocale,
  TypographyOption,
  UserMessageContent,
  WidgetsOption,
} from './index';

const asked: unknown[] = [];
const uploadStrategy: FileUploadStrategy = { type: 'direct', uploadUrl: '/files' };
const custom: CustomApiConfig = { url: '/chatkit', domainKey: 'local-dev', fetch, uploadStrategy };
const hosted: HostedApiConfig = { getClientSecret: async (current: string | null) => current ?? 'ek_1' };
const lucide: LucideIcon = 'lucide:apple';
const icon: ChatKitIcon = lucide;
const headerIcon: HeaderIcon = 'sidebar-left';
const locale: TranslatedLocale = 'de-DE';
const colorScheme: ColorScheme = 'dark';
const entity: Entity = { id: 'e1', title: 'Order 7', icon: 'cube', interactive: true, data: { id: '7' } };
const command: Command = { id: 'c1', label: 'Find', icon: 'search', group: 'Orders' };
const content: UserMessageContent[] = [
  { type: 'input_text', text: 'About ' },
  { type: 'input_tag', id: 'e1', text: 'Order 7' },
];
const prompt: StartScreenPrompt = { label: 'Orders', prompt: content, icon };
const accent: AccentColor = { primary: '#08f', level: 1 };
const grayscale: GrayscaleOptions = { hue: 220, tint: 6, shade: -1 };
const surface: SurfaceColors = { background: '#fff', foreground: '#eee' };
const color: ColorOption = { accent, grayscale, surface };
const font: FontObject = { family: 'Own', src: '/own.woff2', weight: 400, style: 'normal', display: 'swap' };
const typography: TypographyOption = { baseSize: 16, fontFamily: 'Own', fontSources: [font] };
const theme: ThemeOption = { colorScheme, radius: 'round', density: 'compact', typography, color };
const header: HeaderOption = {
  title: { text: 'Help' },
  leftAction: { icon: headerIcon, onClick: () => undefined },
};
const history: HistoryOption = { enabled: true, showDelete: false, showRename: true };
const startScreen: StartScreenOption = { greeting: 'Hello', prompts: [prompt] };
const thread: ThreadOption = { autoScroll: true };
const threadItemActions: ThreadItemActionsOption = { feedback: true, retry: true };
const disclaimer: DisclaimerOption = { text: 'It can be wrong.', highContrast: true };
const tool: ToolOption = { id: 't1', label: 'Search', icon, pinned: true, persistent: true };
const model: ModelOption = { id: 'm1', label: 'Big', default: true };
const composer: ComposerOption = {
  attachments: { enabled: true, maxSize: { 'image/*': 5 }, maxCount: 2, accept: { 'text/plain': ['.txt'] } },
  tools: [tool],
  models: [model],
  dictation: { enabled: true },
};
const entities: EntitiesOption = {
  onTagSearch: async (query: string) => [{ ...entity, title: query }],
  onClick: ({ id }: Entity) => {
    asked.push(id);
  },
  onRequestPreview: async () => ({ preview: null }),
};
// One function that sometimes leads on.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- as apps have it
const onSelect = async ({ id }: Command): Promise<void | CommandSelection> => {
  if (id === 'c1') return { type: 'entity', entity };
};
const commands: CommandsOption = { enabled: true, onSearch: async () => [command], onSelect };
const widgets: WidgetsOption = {
  onAction: async (action: { type: string; payload?: Record<string, unknown> }, { id }: { id: string }) => {
    asked.push(action, id);
  },
};

const options: ChatKitOptions = {
  api: custom,
  locale,
  theme,
  frameTitle: 'Help',
  initialThread: null,
  onClientTool: ({ name, params }: { name: string; params: Record<string, unknown> }) => ({ name, params }),
  header,
  history,
  startScreen,
  thread,
  threadItemActions,
  composer,
  disclaimer,
  entities,
  commands,
  widgets,
};

/** What is only compiled: calls and listeners of an app. */
export async function used(chat: OpenAIChatKit): Promise<void> {
  const onThread: EventHandler<'chatkit.thread.change'> = ({ detail }) => detail.threadId;
  const onReady = (event: CustomEvent<void>) => event.type;
  chat.addEventListener('chatkit.thread.change', onThread, { once: true });
  chat.removeEventListener('chatkit.thread.change', onThread);
  chat.addEventListener('chatkit.ready', onReady);
  chat.addEventListener(
    'chatkit.error',
    ({ detail: { error } }: ChatKitEvents['chatkit.error']) => error.name,
  );
  const supported: SupportedLocale = 'zh-Hant';
  chat.setOptions({ ...options, locale: supported, api: hosted, theme: 'light' });
  const attachments: Attachment[] = [
    { type: 'file', id: 'a1', name: 'a.txt', mime_type: 'text/plain' },
    { type: 'image', id: 'a2', name: 'a.png', mime_type: 'image/png', preview_url: '/a.png' },
  ];
  const toolChoice: ToolChoice = { id: 't1' };
  await chat.focusComposer();
  await chat.setThreadId(null);
  await chat.sendUserMessage({
    content,
    reply: 'Yes',
    attachments,
    newThread: true,
    toolChoice,
    model: 'm1',
  });
  await chat.setComposerValue({
    text: '',
    content,
    attachments,
    files: [],
    selectedToolId: null,
    selectedModelId: 'm1',
  });
  await chat.sendCustomAction({ type: 'go', payload: { n: 1 } }, 'w1');
  await chat.fetchUpdates();
  await chat.showHistory();
  await chat.hideHistory();
}

test('an element has the methods that those types promise', async () => {
  const { OpenAIChatKit: Element } = await import('./index');
  const names: (keyof OpenAIChatKit)[] = [
    'setOptions',
    'focusComposer',
    'setThreadId',
    'sendUserMessage',
    'setComposerValue',
    'sendCustomAction',
    'fetchUpdates',
    'showHistory',
    'hideHistory',
  ];
  for (const name of names) expect(Element.prototype).toHaveProperty(name, expect.any(Function));
});
