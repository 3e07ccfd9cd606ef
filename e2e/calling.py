"""A real server whose assistant asks the page, and a page that answers when a test lets it."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from chatkit.clock import now
from chatkit.server import ChatKitServer
from chatkit.store import MemoryStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from chatkit.web.app import create_app
from e2e.conftest import free_port

PAGE = """<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">
<style>html,body{height:100%;margin:0}</style>
<script src="/page.js"></script><script src="/chatkit.js"></script>
<openai-chatkit style="height:100%"></openai-chatkit></html>"""

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
        yield ThreadItemDoneEvent(
            item=AssistantMessageItem(
                id=self.store.generate_item_id("message", thread, context),
                thread_id=thread.id,
                created_at=now(),
                content=[AssistantMessageContent(text=f"You see {told}.")],
            )
        )


async def page(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def script(request: Request) -> Response:
    return Response(SCRIPT, media_type="text/javascript")


@contextmanager
def asking_server() -> Generator[str]:
    """Its URL, while the block runs."""
    chat = create_app(Asking(MemoryStore(owner=str)), context=lambda request: "somebody")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        async with chat.router.lifespan_context(chat):
            yield

    app = Starlette(routes=[Route("/", page), Route("/page.js", script), Mount("/", chat)], lifespan=lifespan)
    port = free_port()
    # Pages that are still open hear of threads, and would go on to.
    config = uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(60)
