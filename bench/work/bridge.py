"""Workload 7: a run of the OpenAI Agents SDK that says 2,000 deltas, as events and as bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from agents import RawResponsesStreamEvent
from fixtures import MESSAGE, begun, envelope
from openai.types.responses import (
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseTextDeltaEvent,
)

from chatkit.agents import AgentContext, stream_agent_response

DELTAS = 2000


class Run:
    """A finished run, played back: what the SDK would stream, without a model."""

    def __init__(self, paced: bool) -> None:
        self.paced = paced
        message = ResponseOutputMessage(
            id="m1", type="message", role="assistant", status="completed", content=[]
        )
        data: list[Any] = [
            ResponseOutputItemAddedEvent(
                type="response.output_item.added", output_index=0, sequence_number=0, item=message
            ),
            *(
                ResponseTextDeltaEvent(
                    type="response.output_text.delta",
                    item_id="m1",
                    output_index=0,
                    content_index=0,
                    delta=f" word{n}",
                    logprobs=[],
                    sequence_number=n,
                )
                for n in range(DELTAS)
            ),
            ResponseOutputItemDoneEvent(
                type="response.output_item.done", output_index=0, sequence_number=DELTAS, item=message
            ),
        ]
        self.events = [RawResponsesStreamEvent(data=one) for one in data]

    async def stream_events(self) -> AsyncIterator[Any]:
        for event in self.events:
            if self.paced:
                await asyncio.sleep(0)
            yield event

    def cancel(self, *args: Any, **options: Any) -> None: ...


async def converted(*, paced: bool = False) -> dict[str, float]:
    """CPU seconds per delta through `stream_agent_response`."""
    server, thread_id = await begun()
    thread = await server.store.load_thread(thread_id, {})
    run: Any = Run(paced)
    context: Any = AgentContext(thread=thread, store=server.store, request_context={})
    count = 0
    before = time.process_time()
    async for _ in stream_agent_response(context, run):
        count += 1
    spent = time.process_time() - before
    assert count >= DELTAS
    return {"seconds": spent / DELTAS}


async def processed(*, paced: bool = False) -> dict[str, float]:
    """The same through `process()` to bytes."""
    server, thread_id = await begun()
    run: Any = Run(paced)

    async def respond(thread: Any, message: Any, context: Any) -> AsyncIterator[Any]:
        made: Any = AgentContext(thread=thread, store=server.store, request_context=context)
        async for event in stream_agent_response(made, run):
            yield event

    server.respond = respond
    body = envelope("threads.add_user_message", thread_id=thread_id, input=MESSAGE)
    before = time.process_time()
    async for _ in await server.process(body, {}):
        pass
    return {"seconds": (time.process_time() - before) / DELTAS}


WORKLOADS: dict[str, Any] = {
    "agents": converted,
    "agents-paced": lambda: converted(paced=True),
    "agents-process": processed,
    "agents-process-paced": lambda: processed(paced=True),
}
