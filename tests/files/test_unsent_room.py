"""A person may leave some uploads unsent, not any number of them: nobody can fill the disk."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from chatkit.store.objects import ObjectAttachmentStore
from chatkit.store.objects.bucket import Bucket
from chatkit.store.objects.keys import key_of
from chatkit.store.objects.room import Room
from tests.files.chat import TEXT, Chat, chatting
from tests.scripted import BOB

KIB = 1 << 10


@pytest.fixture(params=["disk", "memory"])
async def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Chat]:
    """Room for three files, and for 400 KiB together."""
    on_disk = request.param == "disk"
    folder = tmp_path / "attachments"
    limits: dict[str, Any] = {"max_size": 300 * KIB, "max_unsent": 3, "max_unsent_size": 400 * KIB}
    async with chatting(
        folder if on_disk else "memory://", folder=folder if on_disk else None, **limits
    ) as chat:
        yield chat


async def upload(chat: Chat, size: int = 5, who: str = "alice") -> str:
    """A direct upload that is taken; its id."""
    answer = await chat.direct("a.txt", b"x" * size, "text/plain", who)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def refused(answer: httpx.Response, why: str) -> None:
    assert answer.status_code == 429, answer.text
    assert why in answer.json()["error"]["message"]
    assert int(answer.headers["retry-after"]) > 0


async def announce(chat: Chat, size: int = 5) -> httpx.Response:
    return await chat.ask("attachments.create", name="a.txt", size=size, mime_type="text/plain")


async def test_one_file_too_many_is_refused_in_either_way(narrow: Chat) -> None:
    announced = (await announce(narrow)).json()
    await narrow.put(announced, b"hello")  # announced and there: still one
    await narrow.put(announced, b"hullo")
    await announce(narrow)
    await upload(narrow)
    before = await narrow.keys()
    refused(await announce(narrow), "3 uploaded files are not sent yet")
    refused(await narrow.direct("a.txt", b"hello", "text/plain"), "3 uploaded files are not sent yet")
    assert await narrow.keys() == before
    await narrow.put(announced, b"hallo")  # a repetition takes no room
    await upload(narrow, who=BOB)  # and others have their own


@pytest.mark.parametrize("way", ["send", "delete"])
async def test_what_is_sent_or_deleted_makes_room(narrow: Chat, way: str) -> None:
    kept = [await upload(narrow) for _ in range(3)]
    refused(await announce(narrow), "not sent yet")
    if way == "send":
        await narrow.sent(kept[0])
    else:
        assert (await narrow.ask("attachments.delete", attachment_id=kept[0])).status_code == 200
    await upload(narrow)
    refused(await announce(narrow), "not sent yet")


async def in_pieces(size: int) -> AsyncGenerator[bytes]:
    for _ in range(0, size, 50 * KIB):
        yield b"x" * 50 * KIB


async def test_too_many_bytes_are_refused_while_they_come(narrow: Chat) -> None:
    await upload(narrow, 250 * KIB)
    before = await narrow.keys()
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'

    async def body() -> AsyncGenerator[bytes]:  # nothing says how much will come
        yield form
        async for piece in in_pieces(200 * KIB):
            yield piece
        yield b"\r\n--b--\r\n"

    headers = {"x-person": "alice", "content-type": "multipart/form-data; boundary=b"}
    answer = await narrow.http.post(f"{narrow.url}/attachments", content=body(), headers=headers)
    refused(answer, "409,600 bytes together")
    assert await narrow.keys() == before
    await upload(narrow, 150 * KIB)  # just fits: a refused one has left nothing
    refused(await announce(narrow, 1), "409,600 bytes together")


async def test_what_was_announced_must_still_fit_when_it_comes(narrow: Chat) -> None:
    announced = [(await announce(narrow, 250 * KIB)).json() for _ in range(2)]
    assert (await narrow.put(announced[0], in_pieces(250 * KIB))).status_code == 204
    refused(await narrow.put(announced[1], in_pieces(250 * KIB)), "bytes together")
    await narrow.sent(announced[0]["id"])
    assert (await narrow.put(announced[1], in_pieces(250 * KIB))).status_code == 204


async def test_uploads_side_by_side_do_not_slip_through(narrow: Chat) -> None:
    many = [narrow.direct("a.txt", b"hello", "text/plain") for _ in range(12)]
    statuses = [answer.status_code for answer in await asyncio.gather(*many)]
    assert sorted(statuses) == [200] * 3 + [429] * 9
    assert len(await narrow.keys()) == 3


async def test_large_uploads_side_by_side_do_not_slip_through(narrow: Chat) -> None:
    announced = [(await announce(narrow, 250 * KIB)).json() for _ in range(3)]
    answers = await asyncio.gather(*(narrow.put(one, in_pieces(250 * KIB)) for one in announced))
    assert sorted(answer.status_code for answer in answers) == [204, 429, 429]


async def test_a_file_sent_while_another_comes_makes_room_for_it(narrow: Chat) -> None:
    first = await upload(narrow, 250 * KIB)
    coming, sent = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncGenerator[bytes]:
        yield b"x" * 100 * KIB
        coming.set()
        await sent.wait()
        yield b"x" * 150 * KIB

    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'

    async def whole() -> AsyncGenerator[bytes]:
        yield form
        async for piece in body():
            yield piece
        yield b"\r\n--b--\r\n"

    headers = {"x-person": "alice", "content-type": "multipart/form-data; boundary=b"}
    post = narrow.http.post(f"{narrow.url}/attachments", content=whole(), headers=headers)
    uploading = asyncio.ensure_future(post)
    await coming.wait()
    await narrow.sent(first)
    sent.set()
    assert (await uploading).status_code == 200


async def test_a_file_sent_while_the_others_are_listed_takes_no_room() -> None:
    listing, sent = asyncio.Event(), asyncio.Event()

    class Listed:
        """Only the order of things is made up: a list that was begun tells of what goes meanwhile."""

        async def list(self, prefix: str) -> AsyncGenerator[dict[str, Any]]:
            if prefix.startswith("incoming"):
                listing.set()
                await sent.wait()
                yield {"path": key_of("incoming", "alice", "one"), "size": 300}

    room = Room(cast(Bucket, Listed()), 3, 400)

    async def upload_another() -> None:
        async with room.taken("alice", "two", 200) as place:
            place.grow_to(250)

    uploading = asyncio.create_task(upload_another())
    await listing.wait()
    room.given_back("alice", "one")
    sent.set()
    await uploading


async def test_refused_files_take_no_room(narrow: Chat) -> None:
    for _ in range(5):
        lie = await narrow.direct("a.png", TEXT, "image/png")
        assert lie.status_code == 415
    for _ in range(3):
        await upload(narrow)


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        ({"max_unsent": 0}, "max_unsent"),
        ({"max_unsent_size": 0}, "max_unsent_size"),
        ({"max_size": 10, "max_unsent_size": 9}, "max_unsent_size"),
    ],
)
def test_limits_that_let_no_file_in_are_refused(limits: dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        ObjectAttachmentStore[str]("memory://", owner=str, **limits)
