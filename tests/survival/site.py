"""The chat of these tests, as an app that uvicorn serves in processes of its own.

A message says what is answered: `play 17` plays the scene of that number, `count 200 0.01` counts, with that many
seconds between the numbers, in messages of fifty.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from chatkit.relay import log
from chatkit.relay.memory import MemoryRelay
from chatkit.relay.redis import RedisRelay
from chatkit.store.sql import SQLStore
from chatkit.types import ThreadMetadata, UserMessageItem
from chatkit.web.app import create_app
from tests.scripted import Events, Scripted, answer, beginning, delta, done, texts
from tests.served import who
from tests.survival.scenes import play

IN_ONE = 50
"""Numbers that one message holds."""


async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
    assert message is not None
    [said] = texts([message])
    match said.split():
        case ["play", seed]:
            scene = play(int(seed), thread)
        case ["count", many, pause]:
            scene = count(message.id, int(many), float(pause), thread)
        case _:
            raise ValueError(f"what is {said!r}?")
    async with aclosing(scene) as events:
        async for event in events:
            yield event


async def count(name: str, many: int, pause: float, thread: ThreadMetadata) -> Events:
    for first in range(0, many, IN_ONE):
        id, text = f"{name}_{first}", ""
        for event in beginning(id, thread.id):
            yield event
        for number in range(first, min(first + IN_ONE, many)):
            word = f"{number} "
            text += word
            yield delta(id, word)
            await asyncio.sleep(pause)
        yield done(answer(id, text, thread.id))


def site() -> Starlette:
    """What uvicorn is told to serve (`--factory`)."""
    log.SNAPSHOT_EVERY = float(os.environ.get("SITE_SNAPSHOT_EVERY", "1"))
    store = SQLStore[str](os.environ["SITE_DATABASE"], owner=str)
    ping_after, redis = float(os.environ.get("SITE_PING_AFTER", "15")), os.environ.get("SITE_REDIS")
    relay = RedisRelay(redis, ping_after=ping_after) if redis else MemoryRelay(ping_after=ping_after)
    chat = create_app(Scripted(store, script, relay=relay), context=who)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        async with store, chat.router.lifespan_context(chat):
            yield

    return Starlette(routes=[Mount("/", chat)], lifespan=lifespan)
