"""The bridge with a store that is a mock, as tests of apps have it (A-12). The mock is the subject here."""

from unittest.mock import AsyncMock, Mock

from chatkit.agents import AgentContext
from chatkit.store import Store
from chatkit.types import Page, ThreadItem, ThreadMetadata
from tests.agents.scene import START, added, delta, done, events_of, item_of, kinds, message, words


async def test_a_run_streams_with_a_mocked_store() -> None:
    """A-12"""
    store = Mock(spec=Store)
    store.load_thread_items = AsyncMock(return_value=Page[ThreadItem]())
    thread = ThreadMetadata(id="thr_1", created_at=START)
    context = AgentContext[str](thread=thread, store=store, request_context="ada")
    events = await events_of(context, added(message("m")), delta("m", "x"), done(message("m", words("x"))))
    assert kinds(events) == ["item.added", "assistant_message.content_part.text_delta", "item.done"]
    assert item_of(events[2]).id == "m"
