"""Ids of providers: constant, reused, or another one in every event. None may overwrite another item (P9)."""

from types import SimpleNamespace

from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadItemUpdatedEvent
from tests.agents.conftest import MakeAgent
from tests.agents.scene import (
    START,
    AgentServer,
    a_context,
    added,
    delta,
    done,
    done_items,
    events_of,
    item_of,
    message,
    part_added,
    raw,
    text_of,
    words,
)
from tests.modelserver import ModelServer, Says


async def test_turns_of_a_provider_that_counts_anew_are_all_kept(
    model: ModelServer, agent_by_api: MakeAgent, api: str
) -> None:
    """P9, A-12: Chat Completions has no ids at all; other servers call every first message the same."""
    server = AgentServer(agent_by_api())
    for turn in ("one", "two", "three"):
        model.will(Says(turn, id="msg_0"))
    await server.say("Count")
    thread = await server.only_thread()
    for _ in range(2):
        await server.say("Go on", thread.id)
    answers = [item for item in await server.kept() if isinstance(item, AssistantMessageItem)]
    assert [text_of(item) for item in answers] == ["one", "two", "three"]
    assert not {"__fake_id__", ""} & {item.id for item in answers}


async def test_two_messages_of_one_response_under_one_id_are_two_items(
    model: ModelServer, agent: MakeAgent
) -> None:
    """P9"""
    model.will(Says(["a", "b"], id="same"), Says(["c", "d"], id="same"))
    events = await AgentServer(agent()).say("Twice")
    texts: dict[str, str] = {}
    for event in events:
        if isinstance(event, ThreadItemUpdatedEvent) and event.update.type.endswith("text_delta"):
            texts[event.item_id] = texts.get(event.item_id, "") + getattr(event.update, "delta", "")
    assert list(texts.values()) == ["ab", "cd"]
    assert {item.id: text_of(item) for item in done_items(events)} == texts


async def test_an_item_named_anew_in_every_event_stays_one_item(model: ModelServer, agent: MakeAgent) -> None:
    """P9"""
    model.will(Says(["Hel", "lo"], id="first", delta_id="second", done_id="third"))
    server = AgentServer(agent())
    events = await server.say("Hi")
    ids = {event.item_id for event in events if isinstance(event, ThreadItemUpdatedEvent)}
    assert ids == {"first"}
    assert [(item.id, text_of(item)) for item in done_items(events)] == [("first", "Hello")]


async def test_messages_that_grow_at_the_same_time_under_one_id_do_not_mix() -> None:
    """P9"""
    events = await events_of(
        await a_context(),
        added(message("x"), 0),
        added(message("x"), 1),
        delta("x", "zero", 0),
        delta("x", "one", 1),
        done(message("x", words("one")), 1),
        done(message("x", words("zero")), 0),
    )
    first, second = item_of(events[0]).id, item_of(events[1]).id
    assert first == "x" != second
    assert [event.item_id for event in events[2:4]] == [first, second]  # type: ignore[union-attr]
    assert [(item.id, text_of(item)) for item in done_items(events)] == [(second, "one"), (first, "zero")]


async def test_an_id_of_an_item_in_the_thread_is_not_taken_again() -> None:
    """P9: a delta or an end without a beginning does not touch the stored item either."""
    context = await a_context()
    old = AssistantMessageItem(
        id="m", thread_id="thr_1", created_at=START, content=[AssistantMessageContent(text="old")]
    )
    await context.store.add_thread_item("thr_1", old, "ada")
    for script in (
        [added(message("m")), delta("m", "new"), done(message("m", words("new")))],
        [delta("m", "new"), done(message("m", words("new")))],
        [part_added("m", words("")), done(message("m", words("new")))],
    ):
        events = await events_of(context, *script)
        assert [event.type for event in events] == [
            "thread.item.added",
            "thread.item.updated",
            "thread.item.done",
        ]
        ids = {getattr(event, "item_id", None) or item_of(event).id for event in events}
        assert len(ids) == 1
        assert "m" not in ids
    alone = await events_of(context, done(message("m", words("new"))))
    assert item_of(alone[0]).id != "m"


async def test_a_message_that_is_announced_twice_is_one_item() -> None:
    """A-12: some releases announce a message again when a refusal follows its text."""
    events = await events_of(
        await a_context(),
        added(message("__fake_id__")),
        added(message("__fake_id__")),
        delta("__fake_id__", "x"),
    )
    assert [event.type for event in events] == ["thread.item.added", "thread.item.updated"]


async def test_places_count_anew_in_each_response() -> None:
    """P9"""
    new = raw(SimpleNamespace(type="response.created"))
    events = await events_of(
        await a_context(),
        new,
        added(message("__fake_id__")),
        delta("__fake_id__", "unfinished"),
        new,
        added(message("__fake_id__")),
        delta("__fake_id__", "second"),
    )
    before, after = [event.item_id for event in events if isinstance(event, ThreadItemUpdatedEvent)]
    assert before != after


async def test_a_store_that_fails_to_look_up_an_id_does_not_stop_the_answer() -> None:
    """A-12: stores of apps say "not there" in many ways."""
    context = await a_context()

    async def load_item(*_: object) -> None:
        raise KeyError("no such item")

    context.store.load_item = load_item  # type: ignore[method-assign]
    events = await events_of(context, done(message("m", words("x"))))
    assert item_of(events[0]).id == "m"
