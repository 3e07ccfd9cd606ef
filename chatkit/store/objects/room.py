"""How much a person may have uploaded and not sent: found in the bucket, and counted on while more arrives."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

from chatkit.errors import TooManyRequestsError
from chatkit.store.objects.bucket import Bucket
from chatkit.store.objects.keys import key_of

COME_BACK = 3600.0
"""Seconds after which another try makes sense: what is left is swept once an hour."""


@dataclass
class _Person:
    """What one person has unsent. Kept only while something of theirs arrives."""

    arriving: int = 0
    sizes: dict[str, int] | None = None
    gone: set[str] = field(default_factory=set[str])
    """Keys of what was sent or deleted while the files were listed."""
    listing: asyncio.Lock = field(default_factory=asyncio.Lock)


class Room:
    """Refuses uploads of a person who leaves too many of them unsent.

    Several processes see each other's files in the bucket, not what is only on its way: together they may let in a
    few more.

    Args:
        bucket: Where files are.
        max_files: Files that may be announced or uploaded and not sent.
        max_size: Bytes that these may have together.
    """

    def __init__(self, bucket: Bucket, max_files: int, max_size: int) -> None:
        self._bucket = bucket
        self._max_files = max_files
        self._max_size = max_size
        self._people: dict[str, _Person] = {}

    @asynccontextmanager
    async def taken(self, scope: str, id: str, size: int = 0) -> AsyncGenerator["Place"]:
        """Room for one file, given back if the block fails.

        Args:
            scope: The owner's part of keys.
            id: The file. One that is there already is being replaced.
            size: Bytes that will come, if that is known.

        Raises:
            TooManyRequestsError: If there is none.
        """
        person = self._people.setdefault(scope, _Person())
        person.arriving += 1
        key = key_of("incoming", scope, id)
        try:
            async with person.listing:
                if person.sizes is None:
                    listed = await self._unsent(scope)
                    person.sizes = {one: size for one, size in listed.items() if one not in person.gone}
            sizes = person.sizes
            before = sizes.get(key)
            if before is None and len(sizes) >= self._max_files:
                raise TooManyRequestsError(
                    f"{self._max_files} uploaded files are not sent yet: send or remove some first",
                    retry_after=COME_BACK,
                )
            place = Place(sizes, key, self._max_size)
            try:
                place.grow_to(size)
                yield place
            except BaseException:
                if before is None:
                    sizes.pop(key, None)
                elif key in sizes:  # it may have been sent or deleted meanwhile
                    sizes[key] = before
                raise
        finally:
            person.arriving -= 1
            if not person.arriving:
                del self._people[scope]

    def given_back(self, scope: str, id: str) -> None:
        """A file was sent or deleted."""
        person = self._people.get(scope)
        if person is None:
            return
        key = key_of("incoming", scope, id)
        if person.sizes is None:
            person.gone.add(key)
        else:
            person.sizes.pop(key, None)

    async def _unsent(self, scope: str) -> dict[str, int]:
        """Bytes of what is there, by key; 0 of what is only announced."""
        sizes: dict[str, int] = {}
        for stage in ("announced", "incoming"):
            async for one in self._bucket.list(f"{stage}/{scope}"):
                sizes[one["path"].replace(stage, "incoming", 1)] = one["size"]
        return sizes


class Place:
    """One file's share of its owner's room.

    Args:
        sizes: Everything that the owner has unsent, by key.
        key: This file.
        max_size: Bytes that all may have together.
    """

    def __init__(self, sizes: dict[str, int], key: str, max_size: int) -> None:
        self._sizes = sizes
        self._key = key
        self._max_size = max_size

    def grow_to(self, size: int) -> None:
        """Note how large the file is by now.

        Raises:
            TooManyRequestsError: If there is no room for it.
        """
        self._sizes[self._key] = size
        if sum(self._sizes.values()) > self._max_size:
            raise TooManyRequestsError(
                f"uploaded files that are not sent yet may have {self._max_size:,} bytes together: "
                "send or remove some first",
                retry_after=COME_BACK,
            )

    async def filled(self, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        """The same bytes, counted as they come.

        Raises:
            TooManyRequestsError: As soon as there is no room for more.
        """
        size = 0
        async with aclosing(chunks):
            async for chunk in chunks:
                size += len(chunk)
                self.grow_to(size)
                yield chunk
