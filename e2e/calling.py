"""A real server whose assistant asks the page, and a page that answers when a test lets it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager

from chatkit.clock import now
from chatkit.server import ChatKitServer
from chatkit.store import MemoryStore
from chatkit.types import (
    ClientToolCallItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from e2e.serving import answer, serving

# `called` are the calls that this page was asked; `give(n, result)` answers one.
SCRIPT = """
window.called = [];
const open = new Map();
window.give = (n, result) => open.get(n)({ result });
addEventListener('DOMContentLoaded', async () => {
  await customElements.whenDefined('openai-chatkit');
  const chat = document.querySelector('openai-chatkit');
  chat.addEventListener('chatkit.thread.change', ({ detail }) => {
    if (detail.threadId) localStorage.setItem('thread', detail.threadId);
  });
  chat.setOptions({
    api: { url: '/chatkit' },
    initialThread: localStorage.getItem('thread'),
    onClientTool: ({ name, params }) => {
      called.push(`${name} ${params.n}`);
      return new Promise((resolve) => open.set(params.n, resolve));
    },
  });
});
"""


class Asking(ChatKitServer[str]):
    """Asks the page as many things as the message says, and tells what it was answered."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncIterator[ThreadStreamEvent]:
        if input_user_message is not None:
            [part] = input_user_message.content
            for number in range(int(part.text.split()[-1])):
                call = ClientToolCallItem(
                    id=self.store.generate_item_id("tool_call", thread, context),
                    thread_id=thread.id,
                    created_at=now(),
                    call_id=f"call_{number}",
                    name="look",
                    arguments={"n": number},
                )
                yield ThreadItemDoneEvent(item=call)
            return
        items = await self.store.load_thread_items(thread.id, None, 100, "asc", context)
        outputs = [item.output for item in items.data if isinstance(item, ClientToolCallItem)]
        told = " and ".join(str(output["result"]) for output in outputs if output)
        yield answer(self, thread, f"You see {told}.", context)


def asking_server() -> AbstractContextManager[str]:
    """Its URL, while the block runs."""
    return serving(Asking(MemoryStore(owner=str)), SCRIPT)
