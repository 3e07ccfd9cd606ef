"""Messages that Chat Completions opens without a word, as the oldest releases of the SDK tell of them.

Any reply begins with a chunk whose content is empty. Those releases make an assistant's message of it, in a reply that
reasons first or only calls a tool too.
"""

from typing import Any

import pytest
from agents import InputGuardrailTripwireTriggered
from openai.types.responses import ResponseReasoningSummaryTextDeltaEvent

from chatkit.agents import stream_agent_response
from chatkit.types import ProgressUpdateEvent
from tests.agents.scene import (
    a_context,
    added,
    by_hand,
    delta,
    done,
    done_items,
    events_of,
    function_call,
    item_of,
    kinds,
    message,
    part_added,
    reasoning,
    text_done,
    text_of,
    words,
)

FAKE = "__fake_id__"

OPENED = [added(message(FAKE)), part_added(FAKE, words("")), delta(FAKE, "")]
"""What such a release makes of the empty chunk."""


def thought(text: str) -> ResponseReasoningSummaryTextDeltaEvent:
    return ResponseReasoningSummaryTextDeltaEvent(
        type="response.reasoning_summary_text.delta",
        item_id=FAKE,
        output_index=0,
        summary_index=0,
        delta=text,
        sequence_number=0,
    )


async def test_a_message_that_only_calls_a_tool_is_not_shown() -> None:
    """A-4: with the newest release it is not there either."""
    events = await events_of(
        await a_context(),
        *OPENED,
        added(function_call(), 1),
        text_done(FAKE, ""),
        done(message(FAKE, words(""))),
        done(function_call(), 1),
    )
    assert events == []


async def test_a_message_appears_with_its_first_words_and_its_part_before_them() -> None:
    """A-4: the order is the same."""
    events = await events_of(
        await a_context(), *OPENED, delta(FAKE, "Hi"), delta(FAKE, ""), done(message(FAKE, words("Hi")))
    )
    assert kinds(events) == [
        "item.added",
        "assistant_message.content_part.added",
        *["assistant_message.content_part.text_delta"] * 2,
        "item.done",
    ]
    assert len({item_of(event).id for event in (events[0], events[-1])}) == 1


async def test_a_message_that_was_silent_appears_when_it_is_done_with_words() -> None:
    """A-4"""
    events = await events_of(await a_context(), *OPENED, done(message(FAKE, words("All at once"))))
    assert kinds(events) == ["item.added", "assistant_message.content_part.added", "item.done"]
    assert [text_of(item) for item in done_items(events)] == ["All at once"]


async def test_reasoning_that_comes_after_the_empty_chunk_is_shown_before_the_answer() -> None:
    """A-4, A-6: and the answer is the younger of the two."""
    events = await events_of(
        await a_context(),
        *OPENED,
        added(reasoning(FAKE)),
        thought("Hm"),
        delta(FAKE, "So", 1),
        done(reasoning(FAKE)),
        done(message(FAKE, words("So")), 1),
    )
    workflow, answer = done_items(events)
    assert (workflow.type, answer.type) == ("workflow", "assistant_message")
    assert workflow.created_at <= answer.created_at
    assert kinds(events)[:3] == ["item.added", "workflow.task.added", "item.done"]


async def test_a_silent_message_does_not_keep_others_waiting() -> None:
    """A-2"""
    context = await a_context()

    async def stream() -> None:
        await context.stream(ProgressUpdateEvent(text="looking"))

    events = await events_of(context, *OPENED, stream, delta(FAKE, "Found"))
    assert kinds(events)[:2] == ["progress_update", "item.added"]


async def test_a_guardrail_does_not_remove_what_nobody_has_seen() -> None:
    """A-9"""
    result: Any = type("Result", (), {"guardrail": None, "output": None})()
    seen: list[Any] = []

    async def read() -> None:
        run = by_hand(*OPENED, InputGuardrailTripwireTriggered(result))
        async for event in stream_agent_response(await a_context(), run):
            seen.append(event)

    with pytest.raises(InputGuardrailTripwireTriggered):
        await read()
    assert seen == []


async def test_an_empty_message_with_an_id_of_its_own_appears_at_once() -> None:
    """A-4: Responses announces a message when it is one."""
    events = await events_of(await a_context(), added(message("msg_1")), part_added("msg_1", words("")))
    assert kinds(events) == ["item.added", "assistant_message.content_part.added"]
