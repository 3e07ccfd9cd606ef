"""The way to Redis: scripts, time limits, and what a failure of it is called."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

import anyio
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from chatkit.errors import UnavailableError

TIMEOUT = 5.0
"""Seconds that Redis may take to answer."""

FAILURES = (RedisError, OSError, TimeoutError)
"""What it means that Redis cannot be reached, or cannot do what was asked."""

CONNECTIONS = 16
"""Connections of one worker at most: one waits for news, the others are for what is asked at the same moment."""

Argument = str | bytes | int


class Connection:
    """Scripts on one Redis.

    Args:
        where: A URL (`redis://…`, `rediss://…`, `unix://…`), or a client of the app's own, which stays the app's.

    Raises:
        ValueError: If the client decodes what it reads: frames are bytes.
    """

    def __init__(self, where: "str | Redis") -> None:
        if isinstance(where, str):
            # A command that was sent when the line broke is not sent again by itself: we know what to do about it.
            pool: BlockingConnectionPool = cast("Any", BlockingConnectionPool).from_url(
                where,
                max_connections=CONNECTIONS,
                timeout=TIMEOUT,
                socket_timeout=None,
                socket_connect_timeout=TIMEOUT,
                retry=Retry(NoBackoff(), 0),
            )
            self.client = Redis.from_pool(pool)
        else:
            self.client = where
            if where.connection_pool.connection_kwargs.get("decode_responses"):
                raise ValueError("the client decodes what it reads: make it with decode_responses=False")
        self._is_ours = isinstance(where, str)

    async def run(self, script: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """Run a script.

        Raises:
            UnavailableError: If Redis cannot be reached.
        """
        try:
            with anyio.fail_after(TIMEOUT):
                try:
                    return await self._evaluate("EVALSHA", _digest(script), keys, args)
                except NoScriptError:
                    return await self._evaluate("EVAL", script, keys, args)
        except FAILURES as error:
            raise await self._failed() from error

    async def call(self, *command: Argument) -> Any:
        """Run one command.

        Raises:
            UnavailableError: If Redis cannot be reached.
        """
        try:
            with anyio.fail_after(TIMEOUT):
                return await cast("Any", self.client).execute_command(*command)
        except FAILURES as error:
            raise await self._failed() from error

    async def run_all(self, calls: "Sequence[tuple[str, Sequence[str], Sequence[Argument]]]") -> list[Any]:
        """Run many scripts with one write. What one of them answers may be the error it met.

        Raises:
            UnavailableError: If Redis cannot be reached.
        """
        try:
            with anyio.fail_after(TIMEOUT):
                results = await self._pipeline("EVALSHA", calls)
                if any(isinstance(result, NoScriptError) for result in results):
                    missing = [
                        call
                        for call, result in zip(calls, results, strict=True)
                        if isinstance(result, NoScriptError)
                    ]
                    again = iter(await self._pipeline("EVAL", missing))
                    results = [
                        next(again) if isinstance(result, NoScriptError) else result for result in results
                    ]
                return results
        except FAILURES as error:
            raise await self._failed() from error

    async def _pipeline(
        self, how: str, calls: "Sequence[tuple[str, Sequence[str], Sequence[Argument]]]"
    ) -> list[Any]:
        async with self.client.pipeline(transaction=False) as pipe:
            for script, keys, args in calls:
                name = _digest(script) if how == "EVALSHA" else script
                cast("Any", pipe).execute_command(how, name, len(keys), *keys, *args)
            return await pipe.execute(raise_on_error=False)

    async def _evaluate(self, how: str, script: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        return await cast("Any", self.client).execute_command(how, script, len(keys), *keys, *args)

    async def _failed(self) -> UnavailableError:
        if self._is_ours:  # where one line broke, the idle ones did: each would fail once more
            with suppress(*FAILURES):
                await self.client.connection_pool.disconnect(inuse_connections=False)
        return UnavailableError("Redis cannot be reached; try again in a moment")

    async def close(self) -> None:
        """Let go of the connections, if they are ours."""
        if self._is_ours:
            await self.client.aclose()


_digests: dict[str, str] = {}


def _digest(script: str) -> str:
    known = _digests.get(script)
    if known is None:
        known = _digests[script] = hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
    return known
