"""Text deltas that are made without validation are those that validation makes."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.types import AssistantMessageContentPartTextDelta, ThreadItemUpdatedEvent
from chatkit.types.deltas import text_delta


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
    fields: dict[str, Any] = vars(update)
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
            [str(type(value)) for value in fields.values()],
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
@given(
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
