"""Turns that a number describes, so that a server in another process can play what a test knows."""

import asyncio
import random

from chatkit.types import (
    ClientEffectEvent,
    NoticeEvent,
    ProgressUpdateEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)
from tests.relay.test_snapshots import final, grown, picture, workflow
from tests.scripted import Events, added, answer, beginning, delta, done, widget

KINDS = ("message", "message", "widget", "workflow", "picture")


async def play(seed: int, thread: ThreadMetadata) -> Events:
    """Everything that a turn can say, in an order and at a pace of the seed's. Whatever begins, ends."""
    rng = random.Random(seed)
    pace = rng.choice((0.0, 0.002, 0.01, 0.03))
    growing: dict[str, str] = {}  # id → kind
    finished: list[str] = []
    tasks: dict[str, int] = {}
    for step in range(rng.randint(8, 40)):
        for event in _happening(rng, step, f"{seed}_{thread.id}", thread, growing, finished, tasks):
            yield event
        if rng.random() < 0.5:
            await asyncio.sleep(rng.uniform(0, pace))
    for id, kind in growing.items():
        yield done(final(id, kind, 99, thread.id))


def _happening(
    rng: random.Random,
    step: int,
    name: str,
    thread: ThreadMetadata,
    growing: dict[str, str],
    finished: list[str],
    tasks: dict[str, int],
) -> list[ThreadStreamEvent]:
    whats = ("begin", "grow", "finish", "remove", "replace", "effect", "progress", "notice", "title", "burst")
    match rng.choices(whats, (4, 12, 3, 1, 1, 2, 1, 1, 1, 1))[0]:
        case "begin":
            kind = rng.choice(KINDS)
            id = f"{kind}_{step}_{name}"
            growing[id] = kind
            tasks[id] = 0
            match kind:
                case "message":
                    return beginning(id, thread.id)
                case "widget":
                    return [added(widget(id, "", thread.id))]
                case "workflow":
                    return [added(workflow(id, thread.id))]
                case _:
                    return [added(picture(id, thread.id))]
        case "grow" if growing:
            id = rng.choice(list(growing))
            return grown(id, growing[id], step, tasks)
        case "finish" if growing:
            id = rng.choice(list(growing))
            finished.append(id)
            return [done(final(id, growing.pop(id), step, thread.id))]
        case "remove" if finished:
            id = finished.pop(rng.randrange(len(finished)))
            return [ThreadItemRemovedEvent(item_id=id)]
        case "replace" if finished:
            id = rng.choice(finished)
            return [ThreadItemReplacedEvent(item=answer(id, f"replaced {step}", thread.id))]
        case "effect":
            return [ClientEffectEvent(name=f"effect {step} of {name}")]
        case "progress":
            return [ProgressUpdateEvent(text=f"at {step}")]
        case "notice":
            return [NoticeEvent(level="info", message=f"notice {step}")]
        case "title":
            thread.title = f"title {step}"
            return []
        case "burst" if messages := [id for id, kind in growing.items() if kind == "message"]:
            return [delta(messages[0], f"word {step} of many, ") for _ in range(rng.randint(50, 400))]
        case _:
            return []
