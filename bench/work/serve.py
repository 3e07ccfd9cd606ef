"""A server to measure over HTTP: `python serve.py ours|upstream|bare asyncio|h11|uvloop PORT`. One worker, on CPU 0.

The text of the message says what it answers: `talk` sends 300 deltas and lets others run after each, as a model does
that talks; `burst` sends them without a pause; `paced` sends 100, twenty a second; `hold` sends ten and then keeps the
stream open.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

DELTAS = {"talk": 300, "burst": 300, "paced": 100, "hold": 10}
HELD, PACE = 20, 0.05  # seconds


def chat() -> Any:
    from fixtures import ObjectStore, Server, answer

    class Talking(Server):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            text = input_user_message.content[0].text
            for event in answer(thread.id, DELTAS[text]):
                if text == "hold" and event.type == "thread.item.done":
                    await asyncio.sleep(HELD)
                elif text == "paced":
                    await asyncio.sleep(PACE)
                elif text == "talk":
                    await asyncio.sleep(0)
                yield event

    return Talking(ObjectStore())


def ours() -> Any:
    from chatkit.web.app import create_app

    return create_app(chat(), context=lambda request: {})


def upstream() -> Any:
    """The endpoint of upstream's documentation."""
    from fastapi import FastAPI, Request
    from fastapi.responses import Response, StreamingResponse

    from chatkit.server import StreamingResult

    app, server = FastAPI(), chat()

    # Set by hand: the annotations of this file are strings, which FastAPI cannot look up in a function.
    async def endpoint(request: Any) -> Any:
        result = await server.process(await request.body(), {})
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(content=result.json, media_type="application/json")

    endpoint.__annotations__ = {"request": Request}
    app.post("/chatkit", response_model=None)(endpoint)
    return app


def bare() -> Any:
    """The limit: the same bytes, encoded beforehand, one write for each."""
    head = b'data: {"type":"thread.item.updated","item_id":"msg_a","update":{"type":'
    kind = b'"assistant_message.content_part.text_delta","content_index":0,"delta":" word%d"}}\n\n'
    frames = [head + kind % n for n in range(DELTAS["talk"] + 5)]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = (await receive())["body"]
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        text = next(text for text in DELTAS if b'"%b"' % text.encode() in body)
        for n, frame in enumerate(frames[: DELTAS[text] + 5]):
            if text == "talk":
                await asyncio.sleep(0)
            elif text == "paced":
                await asyncio.sleep(PACE)
            elif text == "hold" and n == DELTAS[text]:
                await asyncio.sleep(HELD)
            await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


if __name__ == "__main__":
    import uvicorn

    who, loop, port = sys.argv[1:]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})
    http = "h11" if loop == "h11" else "httptools"
    app = {"ours": ours, "upstream": upstream, "bare": bare}[who]()
    # As docs/deploy.md has it, for all of them alike.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    uvicorn.run(
        app, host="127.0.0.1", port=int(port), loop="uvloop" if loop == "uvloop" else "asyncio", http=http,
        log_level="error", backlog=2048, access_log=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
