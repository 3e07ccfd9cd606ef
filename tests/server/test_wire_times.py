"""Times leave the server in UTC, whatever they are made of (W-10)."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatkit.server.results import utc, wire_item
from chatkit.types import AssistantMessageContent
from tests.scripted import answer

ZONES: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.just(timezone.utc), st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
)
EARLY, LATE = datetime(1902, 1, 2), datetime(2900, 1, 1)


@pytest.mark.property
@given(st.datetimes(EARLY, LATE, timezones=ZONES, allow_imaginary=False))
def test_a_time_in_utc_is_the_same_moment_to_the_microsecond(time: datetime) -> None:
    """W-10"""
    sent = utc(time)
    assert (sent, sent.tzinfo) == (time.astimezone(timezone.utc), timezone.utc)


def test_what_goes_out_leaves_what_is_stored_alone() -> None:
    """W-10: the copy that is sent is an item of the same class, with the same content"""
    item = answer("msg_1", "Hello")
    before = item.model_dump()
    sent = wire_item(item)
    assert type(sent) is type(item)
    assert sent.model_dump(exclude={"created_at"}) == item.model_dump(exclude={"created_at"})
    assert sent.created_at.tzinfo is timezone.utc
    assert item.model_dump() == before
    item.content = [AssistantMessageContent(text="Hello again")]
    assert sent.model_dump(exclude={"created_at"})["content"] == before["content"]
