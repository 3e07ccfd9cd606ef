"""Small models of a turn share the set of their fields' names; nobody can tell from what they hold."""

import pytest
from pydantic import ValidationError

from chatkit.store import MemoryStore
from chatkit.testing import collect_events
from chatkit.types import (
    ActiveStatus,
    ClosedStatus,
    LockedStatus,
    ThreadMetadata,
    ThreadStatus,
    UserMessageItem,
)
from tests.scripted import ALICE, Scripted, create, items_of, say


async def test_a_message_says_of_its_fields_what_one_made_by_hand_says() -> None:
    """python-sdk.md: `model_dump(exclude_unset=True)` is what apps store"""
    store = MemoryStore[str](owner=str)
    server = Scripted(store)
    await collect_events(server, create("Hi"), ALICE)
    [thread] = (await store.load_threads(1, None, "desc", ALICE)).data
    await collect_events(server, say(thread.id, "Again"), ALICE)
    first, second = [one for one in await items_of(store, thread.id) if isinstance(one, UserMessageItem)]
    for one in (first, second):
        given = {
            name: getattr(one, name)
            for name in (
                "id", "thread_id", "created_at", "content", "attachments", "quoted_text", "inference_options",
            )
        }  # fmt: skip
        by_hand = UserMessageItem(**given)
        assert one.model_dump(exclude_unset=True) == by_hand.model_dump(exclude_unset=True)
        assert one.content[0].model_fields_set == {"type", "text"}


def test_a_status_that_nobody_has_given_is_not_said_to_be() -> None:
    """A thread whose title is set says so, and no other thread does."""
    one, other = (
        ThreadMetadata.model_validate({"id": id, "created_at": "2026-01-01T00:00:00Z"}) for id in "ab"
    )
    one.title = "Dock 4"
    assert one.model_fields_set == {"id", "created_at", "title"}
    assert other.model_fields_set == {"id", "created_at"}
    assert one.status.model_fields_set == set()


@pytest.mark.parametrize("status", [ActiveStatus(), LockedStatus(reason="Later"), ClosedStatus()])
def test_a_status_does_not_turn_into_another_one(status: ThreadStatus) -> None:
    """python-sdk.md §5: one sets `thread.status`, never its type, as upstream has it"""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(status, "type", "active")  # noqa: B010  # a type checker would not let it through
