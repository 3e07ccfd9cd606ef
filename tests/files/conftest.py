"""A chat with attachments, its files on disk or in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.files.chat import Chat, chatting


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test shows must not depend on the environment of whoever runs it."""
    monkeypatch.delenv("CHATKIT_SECRET", raising=False)


@pytest.fixture(params=["disk", "memory"])
async def chat(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Chat]:
    """A chat that takes files of up to 4 MiB."""
    on_disk = request.param == "disk"
    folder = tmp_path / "attachments"
    place = folder if on_disk else "memory://"
    async with chatting(place, folder=folder if on_disk else None, max_size=4 << 20) as running:
        yield running


@pytest.fixture
async def chat_on_disk(tmp_path: Path) -> AsyncIterator[Chat]:
    """The same, on disk only."""
    folder = tmp_path / "attachments"
    async with chatting(folder, folder=folder, max_size=4 << 20) as running:
        yield running
