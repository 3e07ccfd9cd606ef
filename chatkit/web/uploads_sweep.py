"""Sweeps away uploads that were never sent: every hour while the app runs, or on use where it has no lifespan."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timezone

from chatkit.errors import ChatKitError
from chatkit.logger import logger
from chatkit.store.base import UNSENT_FOR, SweepingStore
from chatkit.web.uploads_store import FileStore

EVERY = 3600.0
"""Seconds between two sweeps."""


class Sweeper:
    """Asks the stores to sweep, not too often.

    Args:
        files: Where the bytes are.
        store: Where the records are. One that does not sweep keeps them.
    """

    def __init__(self, files: FileStore, store: object = None) -> None:
        self._files = files
        self._store = store
        self._last: float | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Sweeps in the background as long as the context is open."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def when_due(self) -> None:
        """Sweeps now if it was not done for an hour. For mounted apps, whose lifespan does not run."""
        if self._last is None or time.monotonic() - self._last >= EVERY:
            await self._sweep()

    async def _run(self) -> None:
        while True:
            await self._sweep()
            await asyncio.sleep(EVERY)

    async def _sweep(self) -> None:
        self._last = time.monotonic()
        try:
            await self._files.sweep()
            if isinstance(self._store, SweepingStore):
                # A file that was announced may come a day later and wait for another: its record waits for it.
                await self._store.sweep_attachments(datetime.now(timezone.utc) - 2 * UNSENT_FOR)
        except ChatKitError as error:  # a bucket that cannot be reached; the next sweep finds the same files
            logger.warning("unsent attachments were not swept: %s", error)
        except Exception:  # an app's own store; neither the app nor an upload ends for it
            logger.exception("unsent attachments were not swept")
