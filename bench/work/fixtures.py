"""What the workloads stand on: a store of live objects, a server that answers by a list, and requests.

Written against the public API only, so that ours and upstream's run the same lines.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any

from chatkit.server import ChatKitServer
from chatkit.store import NotFoundError, Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    Page,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    UserMessageItem,
)

NOW = datetime(2026, 1, 2, 3, 4, 5)
MESSAGE = {"content": [{"type": "input_text", "text": "hi"}], "attachments": [], "inference_options": {}}
BIG = {f"key{n}": {"label": f"value {n}", "tags": ["a", "b"], "rank": n} for n in range(520)}


def envelope(operation: str, capabilities: Sequence[str] = (), **params: Any) -> bytes:
    more = {"capabilities": list(capabilities)} if capabilities else {}
    return json.dumps({"type": operation, "params": params, **more}).encode()


class ObjectStore(Store[Any]):
    """Live objects, as in the samples of upstream. Every operation costs the same in a short and in a long thread."""

    def __init__(self) -> None:
        self.threads: dict[str, Any] = {}
        self.rows: dict[str, list[Any]] = {}
        self.place: dict[str, int] = {}

    async def load_thread(self, thread_id: str, context: Any) -> Any:
        if thread_id not in self.threads:
            raise NotFoundError(thread_id)
        return self.threads[thread_id]

    async def save_thread(self, thread: Any, context: Any) -> None:
        self.threads[thread.id] = ThreadMetadata(**thread.model_dump(exclude={"items"}))

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Any
    ) -> Any:
        rows = self.rows.get(thread_id, [])
        step, start = (1, 0) if order == "asc" else (-1, len(rows) - 1)
        if after:
            start = self.place[after] + step
        found: list[Any] = []
        while 0 <= start < len(rows) and len(found) <= limit:
            if rows[start] is not None:
                found.append(rows[start])
            start += step
        more = len(found) > limit
        page = found[:limit]
        return Page(data=page, has_more=more, after=page[-1].id if more else None)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Any) -> Any:
        return Page(data=list(self.threads.values())[:limit])

    async def add_thread_item(self, thread_id: str, item: Any, context: Any) -> None:
        rows = self.rows.setdefault(thread_id, [])
        self.place[item.id] = len(rows)
        rows.append(item)

    async def save_item(self, thread_id: str, item: Any, context: Any) -> None:
        self.rows[thread_id][self.place[item.id]] = item

    async def load_item(self, thread_id: str, item_id: str, context: Any) -> Any:
        return self.rows[thread_id][self.place[item_id]]

    async def delete_thread(self, thread_id: str, context: Any) -> None:
        self.threads.pop(thread_id, None)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Any) -> None:
        rows = self.rows[thread_id]
        rows[self.place.pop(item_id)] = None
        while rows and rows[-1] is None:
            rows.pop()

    async def save_attachment(self, attachment: Any, context: Any) -> None: ...

    async def load_attachment(self, attachment_id: str, context: Any) -> Any:
        raise NotFoundError(attachment_id)

    async def delete_attachment(self, attachment_id: str, context: Any) -> None: ...


class Server(ChatKitServer[Any]):
    """Answers with whatever `events` gives: a list made beforehand, or a function that makes them one by one."""

    events: Any = ()

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[Any]:
        events: Iterable[Any] = self.events(thread) if callable(self.events) else self.events
        for event in events:
            yield event


def message(thread_id: str, id: str = "msg_a") -> AssistantMessageItem:
    return AssistantMessageItem(id=id, thread_id=thread_id, created_at=NOW, content=[])


def answer(thread_id: str, deltas: int) -> Iterable[Any]:
    """The events of an answer, made one by one."""
    yield ThreadItemAddedEvent(item=message(thread_id))
    for n in range(deltas):
        yield ThreadItemUpdatedEvent(
            item_id="msg_a",
            update=AssistantMessageContentPartTextDelta(content_index=0, delta=f" word{n}"),
        )
    yield ThreadItemDoneEvent(item=message(thread_id))


async def begun(metadata: dict[str, Any] | None = None) -> tuple[Server, str]:
    """A server with one thread, and its id. One answer was given, so what is built on first use is there."""
    server = Server(ObjectStore())
    added, *rest = answer("thr_0", 1)
    whole = AssistantMessageContentPartDone(content_index=0, content=AssistantMessageContent(text=" word0"))
    server.events = [added, ThreadItemUpdatedEvent(item_id="msg_a", update=whole), *rest]
    result: Any = await server.process(envelope("threads.create", input=MESSAGE), {})
    frames = [frame async for frame in result]
    thread_id = json.loads(frames[0][6:])["thread"]["id"]
    thread = await server.store.load_thread(thread_id, {})
    thread.metadata.update(metadata or {})
    await server.store.save_thread(thread, {})
    await server.store.delete_thread_item(thread_id, "msg_a", {})
    server.events = ()
    return server, thread_id
