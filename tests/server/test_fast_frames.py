"""Text deltas take a short way to the wire: its bytes are pydantic's, whatever is said (S-3, S-18)."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from chatkit.server import StreamingResult
from chatkit.server.results import Frames
from chatkit.store import MemoryStore
from chatkit.testing.samples import START, every_kind_of_item
from chatkit.turns.fold import fold
from chatkit.turns.runner import Turn
from chatkit.types import (
    Annotation,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    Page,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    URLSource,
    UserMessageItem,
)
from tests.scripted import ALICE, Events, Scripted, added, answer, create, delta, updated


class Shouted(str):
    """Text of an app's own class, with ideas of its own about how it looks."""

    __slots__ = ()

    def __str__(self) -> str:
        return self.upper()

    def __format__(self, spec: str) -> str:
        return self.upper()


class Counted(int):
    """A number of an app's own class."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return "many"

    __str__ = __repr__ = lambda self: "many"


class LoudUpdate(AssistantMessageContentPartTextDelta):
    """An update of an app's own class, with a field that upstream has not."""

    volume: int = 11


class LoudEvent(ThreadItemUpdatedEvent):
    """An event of an app's own class, with a field that upstream has not."""

    volume: int = 11


TEXT = st.one_of(
    st.text(),
    st.text(st.characters(max_codepoint=0x2F)),  # control characters, quotes
    st.text(st.sampled_from('"\\/\b\f\n\r\t\x00\x1f\x7f\x80\u2028\u2029\ufeff\uffff😀')),
    st.text().map(Shouted),
)
INDEX = st.one_of(st.integers(-(2**70), 2**70), st.sampled_from([0, 1]), st.booleans(), st.just(Counted(1)))


def said(event: type[Any], update: type[Any], item_id: str, index: int, text: str) -> ThreadItemUpdatedEvent:
    """An event that nobody has validated: what a hurried app may build."""
    inner = update.model_construct(content_index=index, delta=text)
    return event.model_construct(item_id=item_id, update=inner)


DELTAS = st.builds(
    said,
    st.sampled_from([ThreadItemUpdatedEvent, ThreadItemUpdatedEvent, LoudEvent]),
    st.sampled_from([AssistantMessageContentPartTextDelta, AssistantMessageContentPartTextDelta, LoudUpdate]),
    st.one_of(st.sampled_from(["msg_1", "msg_2"]), TEXT),
    INDEX,
    TEXT,
)


def by_pydantic(event: BaseModel) -> bytes:
    text = event.model_dump_json(
        by_alias=True, exclude_none=True, warnings=False, context={"exclude_metadata": True}
    )
    return b"data: " + text.encode() + b"\n\n"


async def frames_of(events: Sequence[ThreadStreamEvent]) -> list[bytes]:
    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for event in events:
            yield event

    result = await Scripted(MemoryStore(owner=str), script).process(json.dumps(create()), ALICE)
    assert isinstance(result, StreamingResult)
    return [frame async for frame in result]


@pytest.mark.property
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # of the unvalidated values
@given(st.lists(DELTAS, max_size=6))
async def test_a_delta_has_the_bytes_that_pydantic_writes(events: list[ThreadItemUpdatedEvent]) -> None:
    """S-3: any text, id, index and class of event, in any order"""
    frames = await frames_of(events)
    assert frames[len(frames) - len(events) :] == [by_pydantic(event) for event in events]


class LoudMessage(AssistantMessageItem):
    """An item of an app's own class, with a field that upstream has not."""

    volume: int = 11


class LoudDone(ThreadItemDoneEvent):
    """The same for the event."""

    volume: int = 11


ITEMS = [
    *every_kind_of_item("thr_1"),
    LoudMessage(id="msg_1", thread_id="thr_1", created_at=START, content=[]),
    answer("msg_1", 'Grüße "🙂"\n').model_copy(update={"created_at": START.replace(tzinfo=timezone.utc)}),
]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize(
    "kind", [ThreadItemAddedEvent, ThreadItemDoneEvent, ThreadItemReplacedEvent, LoudDone]
)
def test_an_item_has_the_bytes_that_pydantic_writes(item: ThreadItem, kind: type[Any]) -> None:
    """S-3, W-10: whatever its class and that of the event"""
    shown = item.model_copy(update={"created_at": item.created_at.astimezone(timezone.utc)})
    event = kind(item=item)
    assert Frames().encode(event) == by_pydantic(event.model_copy(update={"item": shown}))


@pytest.mark.parametrize("kind", [ThreadCreatedEvent, ThreadUpdatedEvent])
def test_a_thread_has_the_bytes_that_pydantic_writes(kind: type[Any]) -> None:
    """S-3, W-8, W-10"""
    thread = Thread(id="thr_1", title='"T"', created_at=START, items=Page[ThreadItem](), metadata={"a": 1})
    shown = thread.model_copy(update={"created_at": START.astimezone(timezone.utc), "metadata": {}})
    assert Frames().encode(kind(thread=thread)) == by_pydantic(kind(thread=shown))


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
async def test_half_a_character_ends_the_turn_as_any_failure_does(text: str) -> None:
    """S-16: a lone surrogate has no bytes"""
    before = delta("msg_1", "fine")
    frames = await frames_of([before, said(ThreadItemUpdatedEvent, type(before.update), "msg_1", 0, text)])
    assert frames[-2] == by_pydantic(before)
    assert json.loads(frames[-1][6:])["code"] == "stream.error"


SOURCE = AssistantMessageContentPartAnnotationAdded(
    content_index=0, annotation_index=0, annotation=Annotation(source=URLSource(title="t", url="u"))
)


def begun(id: str) -> ThreadItemAddedEvent:
    return added(answer(id, "anew"))


STEPS = st.lists(
    st.one_of(
        st.builds(delta, st.sampled_from(["m", "n"]), st.text("ab", max_size=3), st.integers(0, 2)),
        st.builds(updated, st.sampled_from(["m", "n"]), st.just(SOURCE)),
        st.builds(begun, st.sampled_from(["m", "n"])),
    ),
    max_size=12,
)


@pytest.mark.property
@given(STEPS, st.integers(0, 12))
async def test_what_was_said_is_kept_with_the_part_it_was_for(
    steps: list[ThreadItemUpdatedEvent | ThreadItemAddedEvent], looked: int
) -> None:
    """S-18: also when answers grow in turns, change otherwise, begin anew, and when somebody looks meanwhile"""
    kept: list[list[ThreadItem]] = []

    async def script(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
        for number, event in enumerate(steps):
            if number == looked:
                place = (ALICE, thread.id)
                turn = server._places.running(place)  # pyright: ignore[reportPrivateUsage]
                assert isinstance(turn, Turn)
                assert turn.pending_items is not None
            yield event
        await asyncio.sleep(3600)

    class Kept(Scripted):
        async def handle_stream_cancelled(
            self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: str
        ) -> None:
            kept.append(pending_items)

    server = Kept(MemoryStore(owner=str), script)
    result = await server.process(json.dumps(create()), ALICE)
    assert isinstance(result, StreamingResult)
    for _ in range(3 + len(steps)):  # what comes before the answer, and the answer
        await result.json_events.__anext__()
    await result.json_events.aclose()

    expected: dict[str, ThreadItem] = {}
    for event in steps:
        if isinstance(event, ThreadItemAddedEvent):
            expected[event.item.id] = event.item
        elif event.item_id in expected:
            expected[event.item_id] = fold(expected[event.item_id], event.update)
    assert kept == [list(expected.values())]
