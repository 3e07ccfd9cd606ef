/** The check of options (element.md §2, §3). */
import { afterEach, expect, test, vi } from 'vitest';
import { IntegrationError } from './events';
import { checkOptions } from './optionsSchema';

afterEach(() => {
  vi.restoreAllMocks();
});

const api = { url: '/chatkit' };

test.each([
  [undefined, 'options: expected an object, got undefined'],
  [{}, 'options.api: expected an object, got undefined'],
  [{ api: { url: 7 } }, 'options.api.url: expected a string, got 7'],
  [{ api: {} }, 'options.api: expected exactly one of url and getClientSecret, got an object'],
  [
    { api: { ...api, getClientSecret: () => '' } },
    'options.api: expected exactly one of url and getClientSecret, got an object',
  ],
  [
    { api: { ...api, uploadStrategy: { type: 'direct' } } },
    'options.api.uploadStrategy.uploadUrl: expected a string, got undefined',
  ],
  [{ api: { ...api, fetch: 'x' } }, 'options.api.fetch: expected a function, got "x"'],
  [{ api, theme: 'blue' }, 'options.theme: expected "light" or "dark" or "auto", got "blue"'],
  [
    { api, theme: { typography: { baseSize: 30 } } },
    'options.theme.typography.baseSize: expected a number from 14 to 18, got 30',
  ],
  [
    {
      api,
      composer: {
        models: [
          { id: 'a', label: 'A' },
          { id: 7, label: 'B' },
        ],
      },
    },
    'options.composer.models[1].id: expected a string, got 7',
  ],
  [
    { api, composer: { attachments: { enabled: true, maxSize: { 'image/*': 'big' } } } },
    'options.composer.attachments.maxSize["image/*"]: expected a number from 0, got "big"',
  ],
  [
    { api, startScreen: { prompts: [{ label: 'Hi', prompt: [{ type: 'input_tag', text: 'x' }] }] } },
    'options.startScreen.prompts[0].prompt[0].id: expected a string, got undefined',
  ],
  [{ api, history: [] }, 'options.history: expected an object, got an array'],
  [{ api, initialThread: 7 }, 'options.initialThread: expected a string, got 7'],
  [{ api, mermaid: true }, 'options.mermaid: expected a function, got true'],
  [{ api, onClientTool: {} }, 'options.onClientTool: expected a function, got an object'],
])('a wrong type is named with its path (%#)', (options, message) => {
  const check = () => {
    checkOptions(options);
  };
  expect(check).toThrow(IntegrationError);
  expect(check).toThrow(message);
  expect(check).toThrow(TypeError);
});

test('complete options pass without a word', () => {
  const warn = vi.spyOn(console, 'warn');
  checkOptions({
    api: { url: '/chatkit', domainKey: 'local-dev', fetch, uploadStrategy: { type: 'two_phase' } },
    locale: 'de-DE',
    theme: {
      colorScheme: 'auto',
      radius: 'soft',
      density: 'compact',
      color: { accent: { primary: 'teal', level: 2 }, grayscale: { hue: 200, tint: 3 } },
    },
    frameTitle: 'Help',
    initialThread: null,
    onClientTool: () => ({}),
    header: {
      title: { text: 'Help' },
      leftAction: { icon: 'menu', label: 'Menu', onClick: () => undefined },
    },
    history: { enabled: true, showDelete: false },
    startScreen: {
      greeting: 'Hi',
      prompts: [{ label: 'A', prompt: [{ type: 'input_text', text: 'x' }], icon: 'star' }],
    },
    thread: { autoScroll: true },
    threadItemActions: { feedback: true, retry: true },
    composer: {
      placeholder: 'Ask',
      tools: [{ id: 'a', label: 'A', icon: 'star' }],
      models: [{ id: 'm', label: 'M' }],
    },
    commands: { enabled: true },
    disclaimer: { text: 'Careful', highContrast: true },
    entities: { onTagSearch: async () => [] },
    widgets: { onAction: async () => undefined },
    strings: { 'composer.send': 'Ask' },
    mermaid: async () => document.createElementNS('http://www.w3.org/2000/svg', 'svg'),
    headingLevel: 3,
  });
  expect(warn).not.toHaveBeenCalled();
});

test('an unknown key warns once, with its path', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
  checkOptions({ api, header: { colour: 'red' } });
  checkOptions({ api, header: { colour: 'red' } });
  expect(warn.mock.calls).toEqual([['ChatKit: options.header.colour is not an option and has no effect.']]);
});

test('keys left undefined are absent', () => {
  const warn = vi.spyOn(console, 'warn');
  expect(() => {
    checkOptions({ api, theme: undefined, composer: { models: undefined }, composerHeight: undefined });
  }).not.toThrow();
  expect(warn).not.toHaveBeenCalled();
});
