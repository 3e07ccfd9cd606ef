"""A log costs the size of the answer, and whoever reads it in pieces holds what an unbroken reader holds (§2.2)."""

import asyncio
import copy
import json
import os
from contextlib import aclosing
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatkit.clock import now
from chatkit.relay import log as logs
from chatkit.relay.log import TurnLog
from chatkit.relay.memory import MemoryRelay
from chatkit.relay.readers import MAX_BEHIND
from chatkit.store import MemoryStore
from chatkit.types import (
    Annotation,
    AssistantMessageContentPartAnnotationAdded,
    ClientEffectEvent,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ProgressUpdateEvent,
    ThoughtTask,
    ThreadItem,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from tests.relay.reading import TURN, Tab, Told, attach, begun, frames_of, pieces, resuming, settled, whole
from tests.scripted import ALICE, Scripted, added, answer, beginning, delta, done, say, updated, widget

EARLIER: tuple[str, ...] = ("msg_old", "w_old")
"""Items that are there before the turn."""


def log_of(relay: MemoryRelay, turn_id: str = TURN) -> TurnLog:
    return relay._logs[ALICE, turn_id]  # pyright: ignore[reportPrivateUsage]


def sum_up(relay: MemoryRelay, turn_id: str = TURN) -> bool:
    """Do now what the clock does each second."""
    return log_of(relay, turn_id)._sum_up()  # pyright: ignore[reportPrivateUsage]


def workflow(id: str, thread_id: str) -> WorkflowItem:
    return WorkflowItem(
        id=id, thread_id=thread_id, created_at=now(), workflow=Workflow(type="reasoning", tasks=[])
    )


def picture(id: str, thread_id: str, url: str | None = None) -> GeneratedImageItem:
    image = GeneratedImage(id="ig", url=url) if url else None
    return GeneratedImageItem(id=id, thread_id=thread_id, created_at=now(), image=image)


@st.composite
def happenings(draw: st.DrawFn, thread_id: str = "thr_1") -> list[ThreadStreamEvent]:
    """What a turn may say: items of four kinds that grow side by side, end, change and vanish; and the rest."""
    events: list[ThreadStreamEvent] = []
    growing: dict[str, str] = {}  # id → kind
    finished: list[str] = [*EARLIER]
    tasks: dict[str, int] = {}
    for step in range(draw(st.integers(3, 25))):
        what = draw(
            st.sampled_from(
                ["begin", "grow", "grow", "grow", "finish", "remove", "replace", "effect", "progress", "late"]
            )
        )
        match what:
            case "begin":
                kind = draw(st.sampled_from(["message", "widget", "workflow", "picture"]))
                known = finished[-1:] if kind == "message" else []
                id: str = draw(st.sampled_from([f"{kind}_{step}", *known]))
                if id in growing:
                    continue
                growing[id] = kind
                if id in finished:
                    finished.remove(id)
                match kind:
                    case "message":
                        events += beginning(id, thread_id)
                    case "widget":
                        events.append(added(widget(id, "", thread_id)))
                    case "workflow":
                        tasks[id] = 0
                        events.append(added(workflow(id, thread_id)))
                    case _:
                        events.append(added(picture(id, thread_id)))
            case "grow" if growing:
                id = draw(st.sampled_from(sorted(growing)))
                events += grown(id, growing[id], step, tasks)
            case "finish" if growing:
                id = draw(st.sampled_from(sorted(growing)))
                events.append(done(final(id, growing.pop(id), step, thread_id)))
                finished.append(id)
            case "remove" if finished or growing:
                id = draw(st.sampled_from([*finished, *sorted(growing)]))
                growing.pop(id, None)
                if id in finished:
                    finished.remove(id)
                events.append(ThreadItemRemovedEvent(item_id=id))
                if draw(st.booleans()):  # and there again, at the end
                    events.append(done(answer(id, f"again {step}", thread_id)))
                    finished.append(id)
            case "replace" if finished:
                id = draw(st.sampled_from(finished))
                events.append(ThreadItemReplacedEvent(item=answer(id, f"replaced {step}", thread_id)))
            case "effect":
                events.append(ClientEffectEvent(name=f"effect {step}"))
            case "progress":
                events.append(ProgressUpdateEvent(text=f"at {step}"))
            case "late" if finished:  # an update to what is done: of this turn, or of an earlier one
                id = draw(st.sampled_from(finished))
                late = WidgetStreamingTextValueDelta(component_id="line", delta=f"late {step}", done=False)
                events += [updated(id, late), delta(id, f"late {step}")]
            case _:
                pass
    return events


def grown(id: str, kind: str, step: int, tasks: dict[str, int]) -> list[ThreadStreamEvent]:
    match kind:
        case "message":
            source = Annotation(source=URLSource(url=f"https://example.com/{step}", title="t"), index=0)
            mark = AssistantMessageContentPartAnnotationAdded(
                content_index=0, annotation_index=9, annotation=source
            )
            return [delta(id, f"text {step} "), updated(id, mark), delta(id, "more ", step % 2)]
        case "widget" if step % 3:
            grow = WidgetStreamingTextValueDelta(component_id="line", delta=f"w{step}", done=step % 2 == 0)
            return [updated(id, grow)]
        case "widget":
            return [updated(id, WidgetRootUpdated(widget=widget(id, f"root {step}").widget))]
        case "workflow":
            task = ThoughtTask(content=f"thought {step}")
            tasks[id] += 1
            newer = WorkflowTaskUpdated(task_index=0, task=ThoughtTask(content=f"better {step}"))
            return [updated(id, WorkflowTaskAdded(task_index=tasks[id] - 1, task=task)), updated(id, newer)]
        case _:
            image = GeneratedImage(id="ig", url=f"https://example.com/{step}.png")
            return [updated(id, GeneratedImageUpdated(image=image, progress=0.5))]


def final(id: str, kind: str, step: int, thread_id: str) -> ThreadItem:
    match kind:
        case "message":
            return answer(id, f"final {step}", thread_id)
        case "widget":
            return widget(id, f"final {step}", thread_id)
        case "workflow":
            return workflow(id, thread_id)
        case _:
            return picture(id, thread_id, f"https://example.com/final{step}.png")


async def given_thread() -> tuple[Scripted, Told, MemoryRelay]:
    store, told, relay = MemoryStore[str](owner=str), Told(), MemoryRelay()
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), ALICE)
    for item in (answer("msg_old", "old"), widget("w_old", "old")):
        await store.add_thread_item("thr_1", item, ALICE)
    return Scripted(store, told.__call__, relay=relay), told, relay


def tab_of_thread(before: list[ThreadItem]) -> Tab:
    tab = Tab()
    tab.reader.items = list(before)
    return tab


PATTERNS = 1000 if os.environ.get("CHATKIT_SOAK") else 50


STEPS = st.lists(
    st.tuples(
        st.booleans(),  # whether there is a snapshot
        st.lists(st.integers(0, 6), max_size=2),  # connections, and frames until each drops
        st.booleans(),  # whether one more reads on beside them
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.property
@settings(max_examples=PATTERNS)
@given(events=happenings(), steps=STEPS)
async def test_whatever_drops_the_thread_is_that_of_an_unbroken_reader(
    events: list[ThreadStreamEvent], steps: list[tuple[bool, list[int], bool]]
) -> None:
    """issue: any after_seq, doubled attaches, snapshots at any time; ids never fall, each effect happens once"""
    server, told, relay = await given_thread()
    before = (await server.store.load_thread_items("thr_1", None, 9, "asc", ALICE)).data
    unbroken, tab, late = (tab_of_thread(before) for _ in range(3))
    reading = asyncio.ensure_future(whole(server, resuming(say("thr_1"))))
    await told.begun.wait()
    doubled: list[tuple[Tab, asyncio.Future[bytes]]] = []
    for place, event in enumerate(events):
        told.say(event)
        await settled()
        snapshot, connections, beside = steps[place % len(steps)]
        if snapshot:
            assert sum_up(relay)
        for frames in connections:
            async with aclosing(pieces(server, attach("thr_1", tab.seq))) as stream:
                for number, frame in frames_of(await stream.__anext__())[:frames]:
                    tab.take(number, frame)
        if beside and len(doubled) < 5:
            doubled.append(
                (copy.deepcopy(tab), asyncio.ensure_future(whole(server, attach("thr_1", tab.seq))))
            )
    told.end()
    unbroken.take_all(await reading)
    tab.take_all(await whole(server, attach("thr_1", tab.seq)))
    late.take_all(await whole(server, attach("thr_1", 0)))
    for other, stream in doubled:
        other.take_all(await stream)
    for other in (tab, late, *(other for other, _ in doubled)):
        assert other.holds()["items"] == unbroken.holds()["items"]
        assert other.effects == unbroken.effects
        assert not other.fell
    assert not unbroken.fell


async def test_a_log_costs_the_size_of_the_answer() -> None:
    """DESIGN: not the number of deltas"""
    server, told, relay = await given_thread()
    connection = pieces(server, resuming(say("thr_1")))
    await connection.__anext__()
    await connection.aclose()
    told.say(*beginning("a", "thr_1"))
    for _ in range(20):
        told.say(*[delta("a", "x") for _ in range(200)])
        await settled()
        sum_up(relay)
    assert log_of(relay).size < 4000 + 2000  # 4,000 letters, and what is around them
    told.end()


async def test_a_snapshot_is_taken_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SNAPSHOT_EVERY", 0.001)
    server, told, relay = await given_thread()
    connection = pieces(server, resuming(say("thr_1")))
    await connection.__anext__()
    await connection.aclose()
    told.say(*beginning("a", "thr_1"), *[delta("a", "x") for _ in range(300)])
    with anyio.fail_after(20):
        while log_of(relay).seq < 300 or log_of(relay).size > 2000:  # noqa: ASYNC110 (the clock has no event)
            await asyncio.sleep(0.002)
    told.end()


async def test_a_slow_reader_gets_the_state_and_costs_no_more_than_that() -> None:
    """§2.2: more than 1 MiB behind"""
    server, told, relay = await given_thread()
    slow = pieces(server, resuming(say("thr_1")))
    tab = Tab()
    tab.take_all(await slow.__anext__())
    tab.take_all(await slow.__anext__())
    told.say(*beginning("a", "thr_1"))
    for _ in range(30):
        told.say(*[delta("a", "long " * 20) for _ in range(300)])
        await settled()
    while told.queue.qsize():
        await settled()
    assert log_of(relay).size < 2 * MAX_BEHIND
    [waiting] = log_of(relay)._readers  # pyright: ignore[reportPrivateUsage]
    assert waiting.lapsed
    told.say(done(answer("a", "long", "thr_1")))
    told.end()
    rest = b"".join([piece async for piece in slow])
    assert len(rest) < MAX_BEHIND
    tab.take_all(rest)
    assert not tab.fell
    assert [item["content"][0]["text"] for item in tab.holds()["items"]] == ["Hello", "long"]


async def test_a_snapshot_waits_while_an_item_is_being_saved() -> None:
    """Popped from what is pending, not announced yet: a snapshot of that moment would lose it."""
    saving, go = asyncio.Event(), asyncio.Event()

    class Slow(MemoryStore[str]):
        async def add_thread_item(self, thread_id: str, item: ThreadItem, context: str) -> None:
            if item.id == "a":
                saving.set()
                await go.wait()
            await super().add_thread_item(thread_id, item, context)

    told, relay = Told(), MemoryRelay()
    server = Scripted(Slow(owner=str), told.__call__, relay=relay)
    thread_id, connection = await begun(server, told)
    told.say(*beginning("a", thread_id), delta("a", "Hi"), done(answer("a", "Hi", thread_id)))
    await saving.wait()
    assert not sum_up(relay)
    stream = await connection.__anext__()
    go.set()
    told.end()
    stream += b"".join([piece async for piece in connection])
    assert b"thread.item.done" in stream
    late = Tab()
    late.take_all(await whole(server, attach(thread_id)))
    assert len(late.holds()["items"]) == 2


async def test_a_snapshot_has_the_order_of_the_specification() -> None:
    """§2.2: own numbers first; then options, thread, progress; done, removed, pending items"""
    server, told, relay = await given_thread()
    connection = pieces(server, resuming(say("thr_1")))
    await connection.__anext__()
    await connection.aclose()
    assert await told.begun.wait()
    told.say(ProgressUpdateEvent(text="1"), ClientEffectEvent(name="e"), ProgressUpdateEvent(text="2"))
    told.say(
        done(answer("a", "A", "thr_1")), ThreadItemRemovedEvent(item_id="msg_old"), *beginning("b", "thr_1")
    )
    told.say(delta("b", "B"))
    await settled()
    assert told.thread is not None
    told.thread.title = "Title"
    told.say(delta("b", "B"))
    await settled()
    sum_up(relay)
    seq = log_of(relay).seq
    async with aclosing(pieces(server, attach("thr_1"))) as stream:
        got = frames_of(await stream.__anext__())
    kinds: list[tuple[int, Any]] = [(number, json.loads(data[6:])) for number, data in got]
    assert [(number, event["type"].removeprefix("thread.")) for number, event in kinds] == [
        (4, "client_effect"),
        (seq, "stream_options"),
        (seq, "updated"),
        (seq, "progress_update"),
        (seq, "item.done"),
        (seq, "item.done"),
        (seq, "item.removed"),
        (seq, "item.added"),
    ]
    assert kinds[3][1]["text"] == "2"
    assert kinds[-1][1]["item"]["content"][0]["text"] == "BB"
    told.end()
