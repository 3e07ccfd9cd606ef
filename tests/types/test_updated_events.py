"""Events that are made without validation are those that validation makes."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from pydantic import ValidationError

from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    CustomTask,
    GeneratedImage,
    GeneratedImageUpdated,
    ThreadItemUpdatedEvent,
    URLSource,
    WidgetComponentUpdated,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.types.deltas import text_delta
from chatkit.types.updates import UPDATES
from chatkit.widgets import DynamicWidgetRoot


class Word(str):
    """Text of a class of a provider's own."""

    __slots__ = ()


def validated(item_id: Any, content_index: Any, delta: Any) -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=content_index, delta=delta)
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


def outcome(do: Callable[[], ThreadItemUpdatedEvent]) -> str:
    """All there is to see of the event, or the error."""
    try:
        event = do()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    update: Any = event.update
    twins = [
        copy.copy(event),
        copy.deepcopy(event),
        event.model_copy(deep=True),
        pickle.loads(pickle.dumps(event)),
    ]
    assert all(twin == event for twin in twins)
    return repr(
        (
            event,
            type(event.item_id),
            type(update.content_index).__name__,
            type(update.delta).__name__,
            outcome_of_writing(event),
            sorted(event.model_fields_set),
            sorted(update.model_fields_set),
            event.model_extra,
            update.model_extra,
            event.model_dump(exclude_unset=True),
        )
    )


def outcome_of_writing(event: ThreadItemUpdatedEvent) -> str:
    try:
        return event.model_dump_json()
    except Exception as error:  # half a surrogate pair
        return type(error).__name__


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.binary(max_size=3), st.text(max_size=3)
)


@pytest.mark.property
@given_any(
    st.one_of(st.text(max_size=5), st.just(Word("msg")), ODD),
    st.one_of(st.integers(), st.just("1"), ODD),
    st.one_of(st.text(), st.just(Word("hi")), st.just("\ud83d"), ODD),
)
def test_a_text_delta_is_the_one_that_validation_makes(item_id: Any, content_index: Any, delta: Any) -> None:
    """A-4"""
    made = outcome(lambda: text_delta(item_id, content_index, delta))
    assert made == outcome(lambda: validated(item_id, content_index, delta))


def test_a_text_delta_can_be_changed() -> None:
    event, other = text_delta("m", 0, "a"), text_delta("m", 0, "a")
    event.item_id = "n"
    assert isinstance(event.update, AssistantMessageContentPartTextDelta)
    event.update.delta = "b"
    assert event == validated("n", 0, "b")
    assert other == validated("m", 0, "a")


# --- other updates


class OwnDelta(AssistantMessageContentPartTextDelta):
    """An update of an app's own."""

    delta: str = "own"


class OwnEvent(ThreadItemUpdatedEvent):
    """An event of an app's own."""

    note: str = "none"


TASK = CustomTask(title="Look", content="at it")
TEXT = AssistantMessageContent(text="a")
SOURCE = URLSource(url="u", title="t")
EACH_KIND: list[Any] = [
    AssistantMessageContentPartAdded(content_index=0, content=TEXT),
    AssistantMessageContentPartTextDelta(content_index=0, delta="a"),
    AssistantMessageContentPartAnnotationAdded(
        content_index=0, annotation_index=0, annotation=Annotation(source=SOURCE)
    ),
    AssistantMessageContentPartDone(content_index=0, content=TEXT),
    WidgetStreamingTextValueDelta(component_id="a", delta="b", done=True),
    WidgetRootUpdated(widget=DynamicWidgetRoot(type="Card", children=[])),
    WidgetComponentUpdated.model_validate({"component_id": "a", "component": {"type": "Text", "value": "a"}}),
    WorkflowTaskAdded(task_index=0, task=TASK),
    WorkflowTaskUpdated(task_index=0, task=TASK),
    GeneratedImageUpdated(image=GeneratedImage(id="i", url="u")),
]
GIVEN: list[dict[str, Any]] = [
    *({"item_id": "m", "update": update} for update in EACH_KIND),
    *({"update": update, "item_id": Word("m")} for update in EACH_KIND[:2]),
    {"item_id": "m", "update": OwnDelta(content_index=1)},
    {"item_id": "m", "update": {"type": "widget.streaming_text.value_delta"}},
    {"item_id": "m", "update": EACH_KIND[4].model_dump()},
    {"item_id": "m", "update": TASK},
    {"item_id": None, "update": EACH_KIND[0]},
    {"item_id": "m"},
    {"update": EACH_KIND[0]},
    {"item_id": "m", "update": EACH_KIND[0], "type": "thread.item.updated"},
    {"item_id": "m", "update": EACH_KIND[0], "type": "thread.item.done"},
    {"item_id": "m", "update": EACH_KIND[0], "unknown": 1},
    {"item": "m", "update": EACH_KIND[0]},
    {},
]


def all_of(event: Any) -> Any:
    return (
        event,
        repr(event),
        type(event.item_id),
        sorted(event.model_fields_set),
        event.model_dump_json(),
        event.model_dump(exclude_unset=True),
    )


@pytest.mark.parametrize("kind", [ThreadItemUpdatedEvent, OwnEvent])
@pytest.mark.parametrize("given", GIVEN)
def test_an_updated_event_is_the_one_that_validation_makes(kind: Any, given: dict[str, Any]) -> None:
    """T-1: whatever it is made of"""
    expected, made = tried(lambda: kind.model_validate(given)), tried(lambda: kind(**given))
    if isinstance(expected, ValidationError):
        assert isinstance(made, ValidationError)
        assert made.errors() == expected.errors()
    else:
        assert all_of(made) == all_of(expected)
        assert made.update is expected.update or isinstance(given["update"], dict)


def tried(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except ValidationError as error:
        return error


def test_every_kind_of_update_is_among_them() -> None:
    assert {type(update) for update in EACH_KIND} == UPDATES
