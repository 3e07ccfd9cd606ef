/** Client tool calls: asking the page, and telling the server (protocol.md §10, extensions.md §3). Fetched with the first. */
import { IntegrationError } from '../events';
import type { ClientToolCallItem, ThreadItem } from '../protocol/generated';
import { newTurnId, placeIn, type Place } from '../transport/client';
import { HttpError } from '../transport/errors';
import type { Surroundings } from './signals';
import type { Opening } from './turn';

/** Milliseconds that the page may take for a client tool call. */
const CALL_MS = 60_000;

/** The response whose calls are to be answered. */
export type Caller = {
  readonly around: Surroundings;
  /** It was begun elsewhere: another tab may be at its calls, or may have been. */
  readonly isJoining: boolean;
  isOver(): boolean;
  items(): readonly ThreadItem[];
  /** Shows the thread as the server has it. */
  reload(): Promise<void>;
  /** Sends a result, and reads what it is answered with. */
  read(opening: Opening, place: Place): Promise<void>;
};

/** Answers the newest call, by its thread: what every server understands. */
export async function answerNewest(calls: readonly ClientToolCallItem[], caller: Caller): Promise<void> {
  const call = calls.at(-1)!;
  const result = await callTool(call, caller.around);
  if (caller.isOver()) return;
  const params = { thread_id: call.thread_id, result };
  await caller.read({ type: 'threads.add_client_tool_output', params }, placeIn(newTurnId()));
}

/** Runs calls side by side, each in one tab only, and sends each result as soon as it is there, one after the other. */
export async function answerAll(calls: readonly ClientToolCallItem[], caller: Caller): Promise<void> {
  let sending = Promise.resolve();
  const answer = async (call: ClientToolCallItem) => {
    if (caller.isJoining && !(await isPending(call, caller))) return;
    const result = await inTime(call, callTool(call, caller.around));
    sending = sending
      .then(async () => {
        if (caller.isOver()) return;
        const params = { thread_id: call.thread_id, call_id: call.call_id, result };
        await caller.read({ type: 'threads.add_client_tool_output', params }, placeIn(newTurnId()));
      })
      .catch((error: unknown) => {
        // Somebody else has answered it.
        if (!(error instanceof HttpError) || error.status !== 409) throw error;
        return caller.reload();
      });
    await sending;
  };
  await Promise.all(
    calls.map((call) => alone(`chatkit.call.${call.thread_id}.${call.id}`, () => answer(call))),
  );
}

async function isPending(call: ClientToolCallItem, caller: Caller): Promise<boolean> {
  await caller.reload();
  const item = caller.items().find((one) => one.id === call.id);
  return item?.type === 'client_tool_call' && item.status === 'pending';
}

/** Asks the page, and turns every way to fail into a result that the assistant can read (protocol.md §10). */
async function callTool(
  { name, arguments: params }: ClientToolCallItem,
  around: Surroundings,
): Promise<unknown> {
  try {
    const handler = around.clientTool();
    if (!handler)
      throw new IntegrationError(`onClientTool is not set, so the call of ${name} cannot be answered.`);
    const result: unknown = await handler({ name, params });
    // Here rather than while sending: a result that is not JSON is the handler's mistake.
    return result === undefined ? null : (JSON.parse(JSON.stringify(result)) as unknown);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    around.emit('chatkit.error', { error: new IntegrationError(message, { cause }) });
    return { error: { message } };
  }
}

async function inTime(call: ClientToolCallItem, result: Promise<unknown>): Promise<unknown> {
  let clock: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<unknown>((resolve) => {
    const message = `${call.name} has given nothing within ${String(CALL_MS / 1000)} seconds.`;
    clock = setTimeout(() => resolve({ error: { message } }), CALL_MS);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(clock);
  }
}

/** Does something unless another tab is doing it. Pages that are not served securely have no locks, and do it. */
async function alone(name: string, work: () => Promise<void>): Promise<void> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (!locks) return work();
  await locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}
