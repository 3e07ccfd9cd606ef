"""A whole answer: the real SDK and client against the scripted model, through `process()` to bytes and the store."""

from typing import Any

import pytest
from agents import Runner

from chatkit.agents import ThreadItemConverter, stream_agent_response
from chatkit.types import AssistantMessageItem, ThreadItemDoneEvent, UserMessageItem
from tests.agents.conftest import MakeAgent
from tests.agents.scene import AgentServer, a_context, done_items, kinds, said, text_of
from tests.modelserver import ModelServer, Refuses, Says


async def test_an_answer_streams_word_by_word_and_is_stored(
    model: ModelServer, agent_by_api: MakeAgent, api: str
) -> None:
    """A-4, A-12: message added, part added, deltas, done; by either API."""
    model.will(Says(["Hello, ", "world", "!"]))
    server = AgentServer(agent_by_api())
    events = await server.say("Hi")
    part_done = ["assistant_message.content_part.done"] if api == "responses" else []
    assert kinds(events) == [
        "item.added",
        "assistant_message.content_part.added",
        *["assistant_message.content_part.text_delta"] * 3,
        *part_done,
        "item.done",
    ]
    assert [text_of(item) for item in done_items(events)] == ["Hello, world!"]
    ids = {getattr(event, "item_id", None) or getattr(event, "item").id for event in events}  # noqa: B009
    assert len(ids) == 1, "one message has one id from its beginning to its end"
    asked, answered = await server.kept()
    assert isinstance(asked, UserMessageItem)
    assert answered.id == ids.pop()
    assert text_of(answered) == "Hello, world!"


async def test_the_bytes_of_an_answer_are_frames_of_the_wire(model: ModelServer, agent: MakeAgent) -> None:
    """A-4, S-3"""
    model.will(Says(["Hé", "\n"], id="msg_provider"))
    server = AgentServer(agent())
    result: Any = await server.process(
        '{"type":"threads.create","params":{"input":{"content":[{"type":"input_text","text":"Hi"}],'
        '"attachments":[],"inference_options":{}}}}',
        "ada",
    )
    frames = [frame async for frame in result]
    assert (
        'data: {"type":"thread.item.updated","item_id":"msg_provider","update":'
        '{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"Hé"}}\n\n'
    ).encode() in frames
    assert all(frame.startswith(b"data: {") and frame.endswith(b"}\n\n") for frame in frames)


async def test_the_model_reads_the_thread_and_nothing_twice(
    model: ModelServer, agent_by_api: MakeAgent, api: str
) -> None:
    """C-1, C-4: what the converter makes passes the SDK and reaches the model, by either API."""
    model.will(Says("One."))
    model.will(Says("Two."))
    server = AgentServer(agent_by_api(instructions="Count."))
    await server.say("First")
    await server.say("Second", (await server.only_thread()).id)
    told = model.seen[-1].input
    words = [(turn["role"], _words(turn["content"])) for turn in told]
    system = [("system", "Count.")] if api == "chat" else []
    assert words == [*system, ("user", "First"), ("assistant", "One."), ("user", "Second")]


def _words(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


async def test_a_refusal_is_shown_in_its_own_words(model: ModelServer, agent_by_api: MakeAgent) -> None:
    """A-5"""
    model.will(Refuses("I would rather not."))
    events = await AgentServer(agent_by_api()).say("Do it")
    (item,) = done_items(events)
    assert isinstance(item, AssistantMessageItem)
    assert (text_of(item), item.content[0].annotations) == ("I would rather not.", [])


async def test_citations_reach_the_reader_while_streaming_and_at_the_end(
    model: ModelServer, agent: MakeAgent
) -> None:
    """A-4, A-5, P20: by their shape, whatever class the client makes of them."""
    web = {
        "type": "url_citation",
        "url": "https://example.org",
        "title": "Ex",
        "start_index": 0,
        "end_index": 4,
    }
    path = {"type": "file_path", "file_id": "f", "index": 0}
    file = {"type": "file_citation", "file_id": "f", "filename": "a.pdf", "index": 2}
    nameless = {"type": "file_citation", "file_id": "f", "filename": "", "index": 2}
    model.will(Says("Text", citations=[web, path, nameless, file]))
    events = await AgentServer(agent()).say("Cite")
    found = [event for event in events if getattr(event, "update", None) is not None]
    notes = [
        (update.annotation_index, update.annotation.index, update.annotation.source.title)
        for update in (getattr(event, "update") for event in found)  # noqa: B009
        if update.type.endswith("annotation_added")
    ]
    assert notes == [(0, 4, "Ex"), (1, 2, "a.pdf")], "counted over those that are kept"
    (item,) = done_items(events)
    assert isinstance(item, AssistantMessageItem)
    assert [note.source.title for note in item.content[0].annotations] == ["Ex", "a.pdf"]


async def test_the_providers_requests_name_this_product(model: ModelServer, agent_by_api: MakeAgent) -> None:
    """python-sdk.md §7.1: while respond() runs, the User-Agent says who asks."""
    model.will(Says("Hi"))
    await AgentServer(agent_by_api()).say("Hi")
    assert "ChatKit/Python" in model.seen[0].headers["user-agent"]


async def test_an_override_of_the_converter_is_what_the_model_reads(
    model: ModelServer, agent: MakeAgent
) -> None:
    """apps.md, common: a subclassed converter."""

    class Shouting(ThreadItemConverter):
        async def user_message_to_input(self, item: UserMessageItem, is_last_message: bool = True) -> Any:
            return {"role": "user", "content": text_of(item).upper()}

    model.will(Says("Hi"))
    server = AgentServer(agent())
    context = await a_context(server.store)  # type: ignore[arg-type]
    asked = UserMessageItem.model_validate(
        {
            "id": "msg_1",
            "thread_id": "thr_1",
            "created_at": context.thread.created_at,
            **said("hello")["params"]["input"],
        }
    )
    run = Runner.run_streamed(agent(), await Shouting().to_agent_input(asked), context=context)
    async for _ in stream_agent_response(context, run):
        pass
    assert [turn["content"] for turn in model.seen[0].input] == ["HELLO"]


async def test_several_messages_of_one_answer_are_several_items(model: ModelServer, agent: MakeAgent) -> None:
    """A-4"""
    model.will(Says("One."), Says("Two."))
    events = await AgentServer(agent()).say("Both")
    assert [text_of(item) for item in done_items(events)] == ["One.", "Two."]
    assert len({item.id for item in done_items(events)}) == 2


@pytest.mark.parametrize("empty", ["", "\n"])
async def test_an_answer_without_words_is_an_answer(model: ModelServer, agent: MakeAgent, empty: str) -> None:
    """S-11, A-4"""
    model.will(Says(empty))
    events = await AgentServer(agent()).say("Say nothing")
    assert [type(event) for event in events][-1] is ThreadItemDoneEvent
