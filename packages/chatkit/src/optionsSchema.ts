/** Checks options at run time, since most pages are not type-checked (element.md §2, §3). */
import { IntegrationError } from './events';
import type { ChatKitOptions } from './options';

/** Passes or throws. Absent values do not come here unless the key is required. */
type Check = (value: unknown, path: string) => void;

function reject(path: string, expected: string, value: unknown): never {
  throw new IntegrationError(`${path}: expected ${expected}, got ${describe(value)}`);
}

function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
}

const type =
  (name: 'string' | 'boolean' | 'number' | 'function'): Check =>
  (value, path) => {
    if (typeof value !== name) reject(path, `a ${name}`, value);
  };

const string = type('string');
const boolean = type('boolean');
const func = type('function');

/** Finite, whole numbers included. */
const range =
  (lowest: number, highest = Infinity): Check =>
  (value, path) => {
    if (typeof value === 'number' && value >= lowest && value <= highest) return;
    const expected = `a number from ${String(lowest)}`;
    reject(path, highest === Infinity ? expected : `${expected} to ${String(highest)}`, value);
  };

const oneOf =
  (...values: string[]): Check =>
  (value, path) => {
    if (!values.includes(value as string))
      reject(path, values.map((one) => JSON.stringify(one)).join(' or '), value);
  };

const orNull =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null) check(value, path);
  };

function asRecord(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) reject(path, 'an object', value);
  return value as Record<string, unknown>;
}

const listOf =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) reject(path, 'an array', value);
    (value as unknown[]).forEach((one, index) => {
      check(one, `${path}[${String(index)}]`);
    });
  };

const recordOf =
  (check: Check): Check =>
  (value, path) => {
    for (const [key, one] of Object.entries(asRecord(value, path)))
      check(one, `${path}[${JSON.stringify(key)}]`);
  };

const warned = new Set<string>();

/** Keys that end in `!` are required; unknown ones only warn, once each. */
const object =
  (keys: Record<string, Check>): Check =>
  (value, path) => {
    const fields = asRecord(value, path);
    const known = new Set<string>();
    for (const [key, check] of Object.entries(keys)) {
      const name = key.replace('!', '');
      known.add(name);
      // Frameworks pass absent keys on as undefined.
      if (name !== key || fields[name] !== undefined) check(fields[name], `${path}.${name}`);
    }
    for (const [key, field] of Object.entries(fields)) {
      const place = `${path}.${key}`;
      if (field === undefined || known.has(key) || warned.has(place)) continue;
      warned.add(place);
      console.warn(`ChatKit: ${place} is not an option and has no effect.`);
    }
  };

/** For shapes that are told apart by a key. */
const either =
  (choose: (fields: Record<string, unknown>, path: string) => Check): Check =>
  (value, path) => {
    choose(asRecord(value, path), path)(value, path);
  };

const customApi = object({
  'url!': string,
  domainKey: string,
  fetch: func,
  uploadStrategy: either((fields) =>
    fields['type'] === 'direct'
      ? object({ 'type!': string, 'uploadUrl!': string })
      : object({ 'type!': oneOf('two_phase', 'direct') }),
  ),
});
const hostedApi = object({ 'getClientSecret!': func });

const headerAction = object({ 'icon!': string, 'onClick!': func, label: string });
const messagePart = either(({ type: kind }) =>
  kind === 'input_tag'
    ? object({
        'type!': string,
        'id!': string,
        'text!': string,
        data: recordOf(() => undefined),
        group: string,
        interactive: boolean,
      })
    : object({ 'type!': oneOf('input_text', 'input_tag'), 'text!': string }),
);
const tool = object({
  'id!': string,
  'label!': string,
  'icon!': string,
  shortLabel: string,
  placeholderOverride: string,
  pinned: boolean,
  persistent: boolean,
});
const model = object({
  'id!': string,
  'label!': string,
  description: string,
  disabled: boolean,
  default: boolean,
});
const colorScheme = oneOf('light', 'dark', 'auto');
const theme = object({
  colorScheme,
  radius: oneOf('pill', 'round', 'soft', 'sharp'),
  density: oneOf('compact', 'normal', 'spacious'),
  typography: object({
    baseSize: range(14, 18),
    fontFamily: string,
    fontFamilyMono: string,
    fontSources: listOf(
      object({
        'family!': string,
        'src!': string,
        weight: (value, path) => {
          if (typeof value !== 'number') string(value, path);
        },
        style: oneOf('normal', 'italic', 'oblique'),
        display: oneOf('auto', 'block', 'swap', 'fallback', 'optional'),
        unicodeRange: string,
      }),
    ),
  }),
  color: object({
    accent: object({ 'primary!': string, 'level!': range(0, 3) }),
    grayscale: object({ 'hue!': range(0, 360), 'tint!': range(0, 9), shade: range(-4, 4) }),
    surface: object({ 'background!': string, 'foreground!': string }),
  }),
});

// Typed by the options: one that is added there does not compile here until it has its line.
const topLevel: Record<keyof ChatKitOptions, Check> = {
  api: either((fields, path) => {
    if ('url' in fields === 'getClientSecret' in fields) {
      reject(path, 'exactly one of url and getClientSecret', fields);
    }
    return 'url' in fields ? customApi : hostedApi;
  }),
  locale: string,
  theme: (value, path) => {
    (typeof value === 'string' ? colorScheme : theme)(value, path);
  },
  frameTitle: string,
  initialThread: orNull(string),
  onClientTool: func,
  header: object({
    enabled: boolean,
    title: object({ enabled: boolean, text: string }),
    leftAction: headerAction,
    rightAction: headerAction,
  }),
  history: object({ enabled: boolean, showDelete: boolean, showRename: boolean }),
  startScreen: object({
    greeting: string,
    prompts: listOf(
      object({
        'label!': string,
        'prompt!': (value, path) => {
          if (typeof value !== 'string') listOf(messagePart)(value, path);
        },
        icon: string,
      }),
    ),
  }),
  thread: object({ autoScroll: boolean }),
  threadItemActions: object({ feedback: boolean, retry: boolean }),
  composer: object({
    placeholder: string,
    attachments: object({
      'enabled!': boolean,
      maxSize: (value, path) => {
        (typeof value === 'number' ? range(0) : recordOf(range(0)))(value, path);
      },
      maxCount: range(0),
      accept: recordOf(listOf(string)),
    }),
    tools: listOf(tool),
    models: listOf(model),
    dictation: object({ 'enabled!': boolean }),
  }),
  commands: object({ 'enabled!': boolean, onSearch: func, onSelect: func }),
  disclaimer: object({ 'text!': string, highContrast: boolean }),
  entities: object({ onTagSearch: func, showComposerMenu: boolean, onClick: func, onRequestPreview: func }),
  widgets: object({ onAction: func }),
  strings: recordOf(string),
  layout: oneOf('fill', 'document', 'floating'),
  mermaid: func,
  headingLevel: range(1, 6),
};
const { api, ...rest } = topLevel;
const options = object({ 'api!': api, ...rest });

/**
 * Passes complete and valid options.
 *
 * @throws IntegrationError naming the path: `options.composer.models[1].id: expected a string, got 7`.
 */
export function checkOptions(value: unknown): asserts value is ChatKitOptions {
  options(value, 'options');
}
