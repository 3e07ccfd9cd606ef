"""A page of a longer list."""

from typing import Generic

from typing_extensions import TypeVar

from chatkit.types.model import WireModel

T = TypeVar("T")


class Page(WireModel, Generic[T]):
    """Some elements of a list, and where to go on (protocol.md §6)."""

    data: list[T] = []  # noqa: RUF012  (pydantic gives each page its own)
    has_more: bool = False
    after: str | None = None
    """Id of the last element of `data`, set only while there is more."""
