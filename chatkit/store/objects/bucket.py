"""A folder, memory or a bucket, seen through obstore: put a stream, read a range, move, list, delete.

`ObjectAttachmentStore` decides what is kept where; this file knows how it gets there and leaves nothing half done.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Sequence
from contextlib import aclosing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

import anyio
import anyio.to_thread
from obstore import sign_async
from obstore.exceptions import BaseError
from obstore.store import (
    AzureStore,
    GCSStore,
    LocalStore,
    MemoryStore,
    S3Store,
    from_url,  # pyright: ignore[reportUnknownVariableType]
)

from chatkit.errors import NotFoundError, UnavailableError
from chatkit.logger import logger

if TYPE_CHECKING:  # these exist for type checkers only
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

MIB = 1 << 20
PART = 5 * MIB
"""Bytes that a bucket takes at once; S3 refuses smaller parts."""

GRACE = 30
"""Seconds that a put may take to finish or to undo itself after its source has failed."""


class _BrokenOffError(Exception):
    """The source of a put failed, so that the put must not complete."""


class Bucket:
    """An obstore store, with its errors turned into ours.

    Args:
        store: Where the bytes go.
        folder: The folder it keeps them in, if it is on disk.
    """

    def __init__(self, store: "ObjectStore", folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder
        self._signing = store if isinstance(store, S3Store | GCSStore | AzureStore) else None
        self._part = PART if self._signing else MIB

    @property
    def can_sign(self) -> bool:
        """Whether the browser can be sent to the bucket itself."""
        return self._signing is not None

    async def put(self, key: str, chunks: AsyncGenerator[bytes]) -> None:
        """Store a stream whole, or not at all. At most a few parts of it are in memory.

        Raises:
            UnavailableError: If it cannot be stored.
            Exception: Whatever `chunks` raises.
        """
        first = bytearray()
        async with aclosing(chunks):
            async for chunk in chunks:
                first += chunk
                if len(first) > self._part:
                    return await self._pour(key, bytes(first), chunks)
        with _reachable(writing=True), anyio.move_on_after(GRACE, shield=True):
            await self._store.put_async(key, bytes(first), use_multipart=False)
            return None
        raise UnavailableError("the file could not be stored in time")

    async def _pour(self, key: str, first: bytes, chunks: AsyncGenerator[bytes]) -> None:
        # A put is never cancelled, since that would leave its parts in the bucket: it is told that its source is
        # broken, and cleans up.
        send, receive = anyio.create_memory_object_stream[bytes]()
        whole = False

        async def fed() -> AsyncGenerator[bytes]:
            yield first
            async for chunk in receive:
                yield chunk
            if not whole:
                raise _BrokenOffError

        source = fed()
        put = asyncio.ensure_future(
            self._store.put_async(key, source, chunk_size=self._part, max_concurrency=2)
        )
        put.add_done_callback(lambda _: receive.close())  # wakes us if it fails: a full disk reads no more
        try:
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                async for chunk in chunks:
                    await send.send(chunk)
                whole = True
        finally:
            send.close()
            with anyio.move_on_after(GRACE, shield=True):
                await asyncio.wait([put])
            if not put.done():
                put.cancel()
            elif not put.cancelled():
                put.exception()  # seen, so that asyncio does not complain when ours is raised instead
            with suppress(RuntimeError):
                await source.aclose()
        with _reachable(writing=True):
            await put

    async def head(self, key: str) -> "ObjectMeta | None":
        """What is known of an object; None if it is not there."""
        with _reachable(), suppress(FileNotFoundError):
            return await self._store.head_async(key)
        return None

    async def read(self, key: str, start: int, end: int, etag: str | None) -> AsyncGenerator[bytes]:
        """A range of an object, in pieces. Each is asked for when the last was taken: a slow reader meets no time-out.

        Args:
            key: The object.
            start: First byte.
            end: Byte behind the last.
            etag: The version to read; once it is replaced, reading fails.

        Raises:
            NotFoundError: If it is not there any more.
        """
        at = start
        while at < end:
            options: Any = {"range": (at, min(at + MIB, end))} | ({"if_match": etag} if etag else {})
            with _reachable():
                try:
                    piece = bytes(await (await self._store.get_async(key, options=options)).bytes_async())
                except FileNotFoundError:
                    raise NotFoundError("the file is not there any more") from None
            yield piece
            at += len(piece)

    async def delete(self, *keys: str) -> None:
        """Delete what is there of these."""
        for key in keys:
            with _reachable(), suppress(FileNotFoundError):
                await self._store.delete_async(key)

    async def move(self, origin: str, target: str) -> bool:
        """Move an object; False if it is not there."""
        with _reachable(), suppress(FileNotFoundError):
            await self._store.rename_async(origin, target)
            return True
        return False

    async def list(self, prefix: str) -> AsyncGenerator["ObjectMeta"]:
        """Everything below a prefix."""
        with _reachable():
            found = cast("Any", self._store).list(prefix)
            async for some in cast("AsyncIterator[Sequence[ObjectMeta]]", found):
                for one in some:
                    yield one

    async def forget_halves(self, before: datetime) -> None:
        """Delete what a process that was killed had begun to write to a disk. (Buckets have rules for that.)"""
        if self._folder is not None:
            await anyio.to_thread.run_sync(_forget_halves, self._folder, before.timestamp())

    async def signed_put(self, key: str, seconds: float) -> tuple[str, dict[str, str]]:
        """A URL that takes a PUT for some time, and the headers that must go with it.

        Raises:
            TypeError: If this is not a bucket.
        """
        if self._signing is None:
            raise TypeError("only buckets sign URLs")
        with _reachable():
            url = await sign_async(self._signing, "PUT", key, timedelta(seconds=seconds))
        return url, {"x-ms-blob-type": "BlockBlob"} if isinstance(self._signing, AzureStore) else {}


def _forget_halves(folder: Path, before: float) -> None:
    # A file that obstore is writing has the name it will have, and a number behind a #. No key of ours has one.
    for path in folder.rglob("*#*"):
        with suppress(FileNotFoundError):  # done just now
            if path.stat().st_mtime < before:
                path.unlink()


@contextmanager
def _reachable(*, writing: bool = False) -> Generator[None]:
    """Turns the library's errors into ours. When writing, "not found" is one of them: the bucket itself is missing."""
    try:
        yield
    except (BaseError, OSError) as error:
        if isinstance(error, FileNotFoundError) and not writing:
            raise
        # The first line says what is wrong, and may tell of paths and hosts: it is for the log alone.
        logger.error("the attachment storage cannot be used: %s", str(error).split("\n", 1)[0])
        raise UnavailableError("the attachment storage cannot be used right now") from error


def open_bucket(place: "str | Path | ObjectStore") -> tuple[Bucket, Path | None]:
    """The bucket a place stands for, and the data folder if it is one.

    Args:
        place: A folder; a URL (`memory://`, `file:///…`, `s3://bucket/prefix`, `gs://…`, `az://…`); an obstore store.

    Raises:
        ValueError: If the URL names nothing that obstore knows, or the folder cannot be used.
    """
    if not isinstance(place, str | Path):
        return Bucket(place), None
    if isinstance(place, str) and "://" in place:
        if place.startswith("memory://"):
            return Bucket(MemoryStore()), None
        if not place.startswith("file://"):
            try:
                return Bucket(from_url(place)), None
            except BaseError as error:
                raise ValueError(f"{place!r} cannot be used for attachments: {error}") from error
        place = url2pathname(urlsplit(place).path)
    folder = Path(place).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Bucket(LocalStore(folder / "files", mkdir=True), folder / "files"), folder
    except (OSError, BaseError) as error:
        raise ValueError(f"the folder {str(folder)!r} cannot be used for attachments: {error}") from error
