"""Which of our items an event of a provider is about.

Providers name items in many ways: with good ids, with one constant for everything (Chat Completions has none, the SDK
fills in a constant), with ids that begin anew in each response, or with another id in every event of one item. What we
store has an id that nothing else has, for the whole of its life.
"""

from typing import Any, Generic, TypeVar

from chatkit.agents.context import AgentContext
from chatkit.types import ThreadItemBase

T = TypeVar("T")

FAKE_IDS = ("__fake_id__", "")
"""What the SDK calls everything when the provider gives no ids."""


class OpenItems(Generic[T]):
    """Items that have begun and are not done, found by what the provider calls them and by their place."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, int], T] = {}
        self._by_id: dict[str, T] = {}
        self._by_index: dict[int, T] = {}

    def new_response(self) -> None:
        """Places count from 0 again."""
        self._by_index.clear()
        self._exact.clear()

    def add(self, event: Any, provider_id: str, item: T) -> None:
        """An item begins."""
        index: int = getattr(event, "output_index", 0)
        self._exact[provider_id, index] = self._by_id[provider_id] = self._by_index[index] = item

    def exactly(self, event: Any, provider_id: str) -> T | None:
        """The item with this id in this place."""
        return self._exact.get((provider_id, getattr(event, "output_index", 0)))

    def find(self, event: Any, provider_id: str) -> T | None:
        """The item that is meant: the one in this place of this name; else of this name; else in this place."""
        index: int = getattr(event, "output_index", 0)
        found = self._exact.get((provider_id, index))
        if found is None:
            found = self._by_id.get(provider_id)
        return self._by_index.get(index) if found is None else found

    def remove(self, item: T) -> None:
        """It is done: what comes under its name from now on is something else."""
        self._exact = {key: value for key, value in self._exact.items() if value is not item}
        self._by_id = {key: value for key, value in self._by_id.items() if value is not item}
        self._by_index = {key: value for key, value in self._by_index.items() if value is not item}


async def is_stored(context: AgentContext[Any], id: str) -> bool:
    """Whether the thread has an item of this id already."""
    try:
        found: Any = await context.store.load_item(context.thread.id, id, context.request_context)
    except Exception:  # stores of apps say "not there" in many ways
        return False
    return isinstance(found, ThreadItemBase)
