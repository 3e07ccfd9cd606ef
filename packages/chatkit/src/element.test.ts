/** The tag's class, before and after its interface has been loaded (element.md §1, §2, §4). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChatKitElement, type Ui, type UiModule } from './element';
import type { ChatKitOptions } from './options';

const options: ChatKitOptions = { api: { url: '/chatkit' } };

/** What happened to the interface, in order. */
let happened: string[];
let loading: { deliver(): void; fail(error: Error): void };
let tagSerial = 0;
let Chat: new () => ChatKitElement;

function stubUi(lastThreadId: string | null | undefined): Ui {
  happened.push(`mount ${String(lastThreadId)}`);
  return {
    call: async (name, ...[argument]) => {
      happened.push(`${name} ${JSON.stringify(argument)}`);
      if (argument === 'missing') throw new Error('There is no such thread.');
    },
    store: {
      subscribe: () => () => undefined,
      getSnapshot: () => ({
        threadId: 'thr_1',
        title: null,
        items: [],
        responding: false,
        historyOpen: false,
      }),
    },
    items: () => [],
    setOptions: (next) => happened.push(`setOptions ${String(next.frameTitle)}`),
    unmount: () => {
      happened.push('unmount');
      return { threadId: 'thr_1' };
    },
  };
}

beforeEach(() => {
  happened = [];
  class TestElement extends ChatKitElement {
    static override load = () =>
      new Promise<UiModule>((resolve, reject) => {
        const module: UiModule = { mount: async (_host, _root, _options, last) => stubUi(last) };
        loading = {
          deliver: () => {
            resolve(module);
          },
          fail: reject,
        };
      });
  }
  customElements.define(`test-chat-${++tagSerial}`, TestElement);
  Chat = TestElement;
});

afterEach(() => {
  document.body.replaceChildren();
});

const settled = () => new Promise((resolve) => setTimeout(resolve));
const create = () => new Chat();

function listening(chat: ChatKitElement): ChatKitElement {
  chat.addEventListener('chatkit.ready', (event) => happened.push(`ready ${String(event.detail)}`));
  chat.addEventListener('chatkit.error', (event) => happened.push(`error ${event.detail.error.name}`));
  return chat;
}

test('create, set options, append: ready once the interface is there, then what was asked, in order', async () => {
  const chat = listening(create());
  chat.setOptions(options);
  const asked = [
    chat.setThreadId('thr_7'),
    chat.sendUserMessage({ text: 'Hi' }),
    chat.setThreadId('missing'),
  ];
  document.body.append(chat);
  await settled();
  expect(happened).toEqual([]);
  loading.deliver();
  await Promise.allSettled(asked);
  expect(happened).toEqual([
    'mount undefined',
    'setOptions undefined',
    'ready null',
    'setThreadId "thr_7"',
    'sendUserMessage {"text":"Hi"}',
    'setThreadId "missing"',
  ]);
  await expect(asked[2]).rejects.toThrow('no such thread');
});

test('markup first, options later; without options nothing starts and calls stay pending', async () => {
  const chat = listening(create());
  document.body.append(chat);
  let isDone = false;
  void chat.focusComposer().then(() => (isDone = true));
  await settled();
  expect(happened).toEqual([]);
  chat.setOptions(options);
  loading.deliver();
  await settled();
  expect([happened.includes('ready null'), isDone]).toEqual([true, true]);
});

/** An element on screen, with what has happened so far forgotten. */
async function givenChat(): Promise<ChatKitElement> {
  const chat = listening(create());
  chat.setOptions(options);
  document.body.append(chat);
  loading.deliver();
  await settled();
  happened.length = 0;
  return chat;
}

test('options set on screen go to the interface, and can be read back', async () => {
  const chat = await givenChat();
  const next = { ...options, frameTitle: 'Help' };
  chat.setOptions(next);
  expect(happened).toEqual(['setOptions Help']);
  expect(chat.options).toBe(next);
});

test('invalid options throw, are reported, and change nothing', async () => {
  const chat = await givenChat();
  expect(() => {
    chat.setOptions({ api: { url: 7 } } as never);
  }).toThrow('options.api.url: expected a string, got 7');
  expect(happened).toEqual(['error IntegrationError']);
  expect(chat.options).toBe(options);
});

test('disconnecting takes the interface down; reconnecting is ready again, in the same thread', async () => {
  const chat = await givenChat();
  chat.remove();
  expect(happened).toEqual(['unmount']);
  expect(chat.store.getSnapshot().threadId).toBeNull();
  document.body.append(chat);
  await settled();
  expect(happened).toEqual(['unmount', 'mount thr_1', 'setOptions undefined', 'ready null']);
  expect(chat.store.getSnapshot().threadId).toBe('thr_1');
});

test('an element that has gone before its interface arrives is left alone', async () => {
  const chat = listening(create());
  chat.setOptions(options);
  document.body.append(chat);
  chat.remove();
  loading.deliver();
  await settled();
  expect(happened).toEqual([]);
});

test('an interface that cannot be loaded is said on screen, and can be tried again', async () => {
  const chat = listening(create());
  chat.setOptions(options);
  document.body.append(chat);
  const asked = chat.focusComposer();
  loading.fail(new TypeError('Failed to fetch dynamically imported module'));
  await settled();
  expect(happened).toEqual(['error FatalAppError']);
  // Tests run on localhost, where the cause is told, too.
  expect(chat.shadowRoot!.querySelector('[role=alert]')!.textContent).toBe(
    'The chat could not be loaded. TypeError: Failed to fetch dynamically imported module',
  );
  chat.shadowRoot!.querySelector('button')!.click();
  loading.deliver();
  await asked;
  expect(chat.shadowRoot!.childElementCount).toBe(0);
  expect(happened.slice(1)).toEqual([
    'mount undefined',
    'setOptions undefined',
    'ready null',
    'focusComposer undefined',
  ]);
});

test('the place of the chat is a block before anything is loaded', () => {
  const chat = create();
  document.body.append(chat);
  const rules = chat.shadowRoot!.adoptedStyleSheets.flatMap((sheet) =>
    [...sheet.cssRules].map((rule) => rule.cssText),
  );
  expect(rules[0]).toContain('display: block');
});
