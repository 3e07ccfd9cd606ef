"""A page with the element and a server for it: `python screen.py PORT`.

The text of a message says how it is answered: `0` with all deltas at once, `60` with 60 in a second. The threads
`thr_1000` and `thr_10000` have that many messages.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from fixtures import NOW, ObjectStore, Server
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    InferenceOptions,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    UserMessageContent,
    UserMessageItem,
    UserMessageTextContent,
)
from chatkit.web.app import create_app

DELTAS = 3000
SECTION = """## What was found

A paragraph with **bold** words, some *emphasis*, `code` and [a link](https://example.com/path), long enough to be
broken into several lines on any screen that people use to read.

- The first of three points
- The second, which has `code` in it
- The third

| Name | Amount | Note |
| --- | ---: | --- |
| apples | 12 | from the garden |
| pears | 7 | **ripe** |

```python
def total(amounts: list[int]) -> int:
    return sum(amounts)
```

"""
WORDS = "A message of some three hundred characters, as people and models write them to each other. " * 3
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>bench</title>
<style>html,body{height:100%;margin:0}openai-chatkit{height:100%}</style>
<openai-chatkit debug="off"></openai-chatkit><script src="/chatkit.js"></script>
<script>
const chat = document.querySelector('openai-chatkit');
chat.addEventListener('chatkit.ready', () => { window.readyAt = performance.now(); });
chat.setOptions({ api: { url: '/chatkit' }, initialThread: new URLSearchParams(location.search).get('thread') });
</script></html>"""

ended = 0.0


class Speaking(Server):
    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        global ended
        rate = int(input_user_message.content[0].text)
        # As many characters a delta as a token has. The last words tell the page that it has everything.
        text = SECTION * 30
        deltas = [text[n * 4 : n * 4 + 4] for n in range(DELTAS - 1)] + ["\n\nTHE END"]
        item = AssistantMessageItem(id=f"msg_{thread.id}", thread_id=thread.id, created_at=NOW, content=[])
        yield ThreadItemAddedEvent(item=item)
        begun = time.monotonic()
        for n, delta in enumerate(deltas):
            if rate and (early := begun + n / rate - time.monotonic()) > 0:
                await asyncio.sleep(early)
            update = AssistantMessageContentPartTextDelta(content_index=0, delta=delta)
            yield ThreadItemUpdatedEvent(item_id=item.id, update=update)
        ended = time.time() * 1000
        content = [AssistantMessageContent(text="".join(deltas), annotations=[])]
        yield ThreadItemDoneEvent(item=item.model_copy(update={"content": content}))


def thread(store: ObjectStore, size: int) -> None:
    name = f"thr_{size}"
    store.threads[name] = ThreadMetadata(id=name, created_at=NOW)
    rows: list[Any] = []
    for n in range(size // 2):
        said: list[UserMessageContent] = [UserMessageTextContent(text=f"{n}: {WORDS}")]
        options = InferenceOptions()
        rows.append(
            UserMessageItem(
                id=f"u{n}",
                thread_id=name,
                created_at=NOW,
                content=said,
                attachments=[],
                inference_options=options,
            )
        )
        answered = [AssistantMessageContent(text=f"**{n}**: {WORDS}", annotations=[])]
        rows.append(AssistantMessageItem(id=f"a{n}", thread_id=name, created_at=NOW, content=answered))
    store.rows[name] = rows
    store.place.update({row.id: place for place, row in enumerate(rows)})


async def page(_: Request) -> HTMLResponse:
    return HTMLResponse(PAGE)


async def end(_: Request) -> JSONResponse:
    return JSONResponse(ended)


if __name__ == "__main__":
    import uvicorn

    store = ObjectStore()
    for size in (1000, 10_000):
        thread(store, size)
    app = create_app(Speaking(store), context=lambda request: {})
    app.routes.extend([Route("/", page), Route("/end", end)])
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
