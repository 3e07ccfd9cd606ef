"""A real server with an assistant of a test's own, and a page that it also serves."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from chatkit.clock import now
from chatkit.server import ChatKitServer
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    ThreadItemDoneEvent,
    ThreadMetadata,
)
from chatkit.web.app import create_app
from e2e.conftest import free_port

PAGE = """<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">
<style>html,body{height:100%;margin:0}</style>
<script src="/page.js"></script><script src="/chatkit.js"></script>
<openai-chatkit style="height:100%"></openai-chatkit></html>"""


def answer(
    assistant: ChatKitServer[str], thread: ThreadMetadata, text: str, context: str
) -> ThreadItemDoneEvent:
    """A whole message of the assistant's."""
    return ThreadItemDoneEvent(
        item=AssistantMessageItem(
            id=assistant.store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=now(),
            content=[AssistantMessageContent(text=text)],
        )
    )


@contextmanager
def serving(assistant: ChatKitServer[str], page_script: str) -> Generator[str]:
    """The URL of a page with a chat that this assistant answers; all who come are one person."""
    chat = create_app(assistant, context=lambda request: "somebody")

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE)

    async def script(request: Request) -> Response:
        return Response(page_script, media_type="text/javascript")

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
