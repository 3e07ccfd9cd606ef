"""Unsent uploads go after a day; what was sent stays."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import anyio
import pytest

from chatkit.errors import NotFoundError, UnavailableError
from chatkit.store.sql import SQLStore
from chatkit.web.uploads_sweep import EVERY, Sweeper
from tests.files.chat import TEXT, Chat, chatting, png, until
from tests.scripted import ALICE

HOUR = timedelta(hours=1)


async def test_what_was_not_sent_within_a_day_is_swept(chat: Chat) -> None:
    announced = await chat.announce("a.txt", len(TEXT), "text/plain")
    uploaded = await chat.announce("b.txt", len(TEXT), "text/plain")
    await chat.put(uploaded, TEXT)
    direct = (await chat.direct("c.png", png(), "image/png")).json()
    await chat.http.get(direct["preview_url"])
    sent = (await chat.direct("d.png", png(), "image/png")).json()
    await chat.http.get(sent["preview_url"])
    await chat.sent(sent["id"])
    all_of_it = await chat.keys()
    assert len(all_of_it) == 7
    today = datetime.now(timezone.utc)

    assert await chat.files.sweep(today + 23 * HOUR) == 0
    assert await chat.keys() == all_of_it
    assert await chat.files.sweep(today + 25 * HOUR) == 3
    assert await chat.keys() == [f"kept/{sent['id']}", f"preview/{sent['id']}"]

    late = await chat.put(announced, TEXT)
    assert (late.status_code, "left for too long" in late.json()["error"]["message"]) == (404, True)
    unsent = await chat.send(direct["id"])
    assert (unsent.status_code, "left unsent for too long" in unsent.json()["error"]["message"]) == (
        409,
        True,
    )


async def test_what_a_killed_process_had_begun_to_write_is_swept(chat_on_disk: Chat) -> None:
    chat = chat_on_disk
    made = (await chat.direct("a.txt", TEXT, "text/plain")).json()
    assert chat.folder is not None
    folder = next(path.parent for path in (chat.folder / "files").rglob(made["id"]))
    old, new = folder / "atc_dead#1", folder / "atc_busy#1"
    for half in (old, new):
        half.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert await chat.files.sweep() == 0
    assert {path.name for path in folder.iterdir()} == {"atc_busy#1", made["id"]}


class Swept:
    """A store that counts, and may be away."""

    def __init__(self) -> None:
        self.times = 0
        self.away = False
        self.happened = asyncio.Event()

    async def sweep(self, now: datetime | None = None) -> int:
        self.times += 1
        self.happened.set()
        if self.away:
            raise UnavailableError("the bucket is away")
        return 0

    async def add_upload(
        self, name: str, mime_type: str, chunks: AsyncGenerator[bytes], context: object
    ) -> object:
        raise NotImplementedError

    async def receive_upload(self, token: str, id: str, chunks: AsyncGenerator[bytes]) -> None:
        raise NotImplementedError

    async def open_file(self, token: str, id: str, purpose: str) -> object:
        raise NotImplementedError


async def test_an_app_sweeps_while_it_runs_and_stops_with_it() -> None:
    files = Swept()
    others = asyncio.all_tasks()
    async with Sweeper(files).running():  # pyright: ignore[reportArgumentType]
        with anyio.fail_after(10):
            await files.happened.wait()
        [task] = asyncio.all_tasks() - others
    assert task.done()
    assert files.times == 1


async def test_a_store_that_is_away_stops_neither_the_sweeper_nor_an_upload(
    caplog: pytest.LogCaptureFixture,
) -> None:
    files = Swept()
    files.away = True
    await Sweeper(files).when_due()  # pyright: ignore[reportArgumentType]
    assert "were not swept: the bucket is away" in caplog.text


async def test_on_use_it_sweeps_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    files, now = Swept(), 1000.0
    monkeypatch.setattr("chatkit.web.uploads_sweep.time.monotonic", lambda: now)
    sweeper = Sweeper(files)  # pyright: ignore[reportArgumentType]
    counts: list[int] = []
    for passed in (0.0, 1.0, EVERY - 2, 1.0):
        now += passed
        await sweeper.when_due()
        counts.append(files.times)
    assert counts == [1, 1, 1, 2]


async def test_a_running_chat_sweeps_what_was_left_before(tmp_path: Path) -> None:
    """create_app's lifespan"""
    async with chatting(tmp_path, folder=tmp_path) as chat:
        await chat.direct("a.txt", TEXT, "text/plain")
        [path] = [path for path in (tmp_path / "files" / "incoming").rglob("*") if path.is_file()]
    os.utime(path, (1, 1))
    async with chatting(tmp_path, folder=tmp_path) as chat:
        await until(lambda: not path.exists())
        assert await chat.keys() == []


async def test_their_records_go_a_day_after_them(tmp_path: Path) -> None:
    """issue 3: a file announced today may come tomorrow and wait until the day after"""
    database = tmp_path / "chat.db"
    async with (
        SQLStore[str](f"sqlite:///{database}", owner=str) as store,
        chatting("memory://", store=store) as chat,
    ):
        ids = [(await chat.announce("a.txt", len(TEXT), "text/plain"))["id"] for _ in range(3)]
        sent = (await chat.direct("b.txt", TEXT, "text/plain")).json()["id"]
        await chat.sent(sent)
        for id, days in ((ids[0], 2.1), (ids[1], 1.9), (sent, 9)):
            age(database, id, days)
        await Sweeper(chat.files, store).when_due()
        with pytest.raises(NotFoundError):
            await store.load_attachment(ids[0], ALICE)
        for id in (ids[1], ids[2], sent):
            assert (await store.load_attachment(id, ALICE)).id == id


def age(database: Path, id: str, days: float) -> None:
    """Make a record look as if it had been saved some days ago."""
    saved = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=days)
    with closing(sqlite3.connect(database)) as connection:
        change = "UPDATE chatkit_attachments SET created_at = ? WHERE id = ?"
        assert connection.execute(change, (saved.isoformat(" "), id)).rowcount == 1
        connection.commit()
