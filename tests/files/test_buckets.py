"""Attachments in S3: presigned uploads, checks when they are sent, and what a bucket needs.

The S3 here is moto's server on loopback: a simulator. It answers S3's API, keeps multipart uploads and presigned URLs,
but checks no signature and enforces no CORS. Google Cloud Storage and Azure have no simulator here and are not tested.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, cast

import boto3
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from chatkit.store.objects import ObjectAttachmentStore
from tests.files.chat import PDF, TEXT, Chat, bomb, chatting, png
from tests.files.test_upload_failures import in_pieces
from tests.scripted import ALICE, BOB

SECRET = "sixteen bytes, and a few more"


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A simulated S3 with one bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = cast("Any", boto3).client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="attachments")
    yield client
    client.close()
    server.stop()


def bucket_of(s3: Any, name: str = "attachments") -> S3Store:
    return S3Store(
        name,
        prefix="chat",
        endpoint=s3.meta.endpoint_url,
        region="us-east-1",
        client_options={"allow_http": True},
        # As everywhere, a 5xx is asked again. moto needs it: aborting an upload while its last part arrives breaks it.
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=5)},
        virtual_hosted_style_request=False,
        access_key_id="key",
        secret_access_key="secret",
    )


@pytest.fixture(params=["presigned", "through us"])
async def chat(s3: Any, request: pytest.FixtureRequest) -> AsyncIterator[Chat]:
    """A chat whose files are in a bucket: browsers upload into it, or through the server."""
    for one in s3.list_objects_v2(Bucket="attachments").get("Contents", []):
        s3.delete_object(Bucket="attachments", Key=one["Key"])
    presign = None if request.param == "presigned" else False
    async with chatting(bucket_of(s3), secret=SECRET, presign=presign, max_size=12 << 20) as running:
        yield running


@pytest.fixture
async def presigned(s3: Any) -> AsyncIterator[Chat]:
    """A chat whose browsers upload straight into the bucket."""
    for one in s3.list_objects_v2(Bucket="attachments").get("Contents", []):
        s3.delete_object(Bucket="attachments", Key=one["Key"])
    async with chatting(bucket_of(s3), secret=SECRET, accept=["image/*", "text/*"]) as running:
        yield running


async def test_two_phases_and_a_message(chat: Chat) -> None:
    """S-29, protocol.md §14.2"""
    picture = png(900, 300)
    made = await chat.announce("dock.png", len(picture), "image/png")
    assert (await chat.put(made, picture)).is_success
    message = await chat.sent(made["id"])
    [shown] = message.attachments
    got = await chat.http.get(str(getattr(shown, "preview_url", "")))
    assert (got.status_code, got.headers["content-type"]) == (200, "image/webp")
    assert (await chat.http.get(await chat.link_to(made["id"]))).content == picture
    assert await chat.keys() == [f"kept/{made['id']}", f"preview/{made['id']}"]


async def test_a_direct_upload_in_parts_and_its_ranges(chat: Chat) -> None:
    """protocol.md §14.1"""
    data = PDF + bytes(range(256)) * 44_000  # 11 MB: three parts
    made = (await chat.direct("large.pdf", data, "application/pdf")).json()
    message = await chat.sent(made["id"])
    assert message.attachments[0].id == made["id"]
    link = await chat.link_to(made["id"])
    assert (await chat.http.get(link)).content == data
    part = await chat.http.get(link, headers={"range": "bytes=5000000-7000000"})
    assert (part.status_code, part.content) == (206, data[5_000_000:7_000_001])


async def test_a_refused_upload_leaves_no_object_and_no_part(chat: Chat, s3: Any) -> None:
    answer = await chat.http.post(
        f"{chat.url}/attachments",
        content=in_pieces(b"x" * (13 << 20)),
        headers={"x-person": ALICE, "content-type": "text/plain"},
    )
    assert answer.status_code == 413
    assert await chat.keys() == []
    assert s3.list_multipart_uploads(Bucket="attachments").get("Uploads", []) == []


async def test_deletion_isolation_and_sweeping(chat: Chat) -> None:
    """S-30, protocol.md §1.4"""
    kept = (await chat.direct("a.txt", TEXT, "text/plain")).json()
    unsent = await chat.announce("b.txt", len(TEXT), "text/plain")
    await chat.put(unsent, TEXT)
    message = await chat.sent(kept["id"])
    assert (await chat.ask("attachments.delete", BOB, attachment_id=kept["id"])).status_code == 404
    assert await chat.files.sweep(datetime.now(timezone.utc) + timedelta(hours=25)) == 1
    assert await chat.keys() == [f"kept/{kept['id']}"]
    await chat.ask("threads.delete", thread_id=message.thread_id)
    assert await chat.keys() == []


async def test_the_browser_is_sent_to_the_bucket(presigned: Chat, s3: Any) -> None:
    made = await presigned.announce("a.txt", len(TEXT), "text/plain")
    upload = made["upload_descriptor"]
    assert upload["url"].startswith(f"{s3.meta.endpoint_url}/attachments/chat/incoming/")
    assert "X-Amz-Signature=" in upload["url"]
    assert (upload["method"], upload["headers"]) == ("PUT", {})
    saved = await presigned.store.load_attachment(made["id"], ALICE)
    assert "Signature" not in saved.model_dump_json()


@pytest.mark.parametrize(
    ("name", "mime_type", "size", "data", "status"),
    [
        ("a.png", "image/png", 20, b"<html>" + b"x" * 14, 415),
        ("a.txt", "text/plain", 5, TEXT, 400),
        ("a.txt", "text/plain", 5000, TEXT, 400),
        ("a.txt", "text/plain", 200 << 20, None, 413),
    ],
)
async def test_what_lies_in_the_bucket_is_checked_when_it_is_sent(
    presigned: Chat, name: str, mime_type: str, size: int, data: bytes | None, status: int
) -> None:
    """The bucket takes whatever is put: neither a message nor a link ever shows what was not announced."""
    if data is None:
        answer = await presigned.ask("attachments.create", name=name, size=size, mime_type=mime_type)
        assert answer.status_code == status
        return
    made = await presigned.announce(name, size, mime_type)
    assert (await presigned.put(made, data)).is_success
    assert (
        await presigned.http.get(await presigned.link_to(made["id"]))
    ).status_code == 404  # not looked at yet
    answer = await presigned.send(made["id"])
    assert answer.status_code == status, answer.text
    assert await presigned.keys() == [f"announced/{made['id']}"]
    assert (await presigned.ask("threads.list")).json()["data"] == []


async def test_what_was_sent_cannot_be_exchanged_through_the_bucket(presigned: Chat) -> None:
    made = await presigned.announce("a.txt", len(TEXT), "text/plain")
    await presigned.put(made, TEXT)
    await presigned.sent(made["id"])
    assert (await presigned.put(made, TEXT[::-1])).is_success  # the link is the bucket's, and lives on
    assert (await presigned.http.get(await presigned.link_to(made["id"]))).content == TEXT
    await presigned.files.sweep(datetime.now(timezone.utc) + timedelta(hours=25))
    assert await presigned.keys() == [f"kept/{made['id']}"]


async def test_a_type_that_nobody_knew_is_what_its_content_says(presigned: Chat, s3: Any) -> None:
    async with chatting(bucket_of(s3), secret=SECRET) as chat:
        made = await chat.announce("scan", len(PDF), "")
        assert made["mime_type"] == "application/octet-stream"
        await chat.put(made, PDF)
        message = await chat.sent(made["id"])
        assert message.attachments[0].mime_type == "application/pdf"


async def test_a_bomb_in_the_bucket_has_no_preview(presigned: Chat) -> None:
    data = bomb()
    made = await presigned.announce("a.png", len(data), "image/png")
    await presigned.put(made, data)
    message = await presigned.sent(made["id"])
    url = str(getattr(message.attachments[0], "preview_url", ""))
    assert (await presigned.http.get(url)).status_code == 404


async def test_a_bucket_that_is_away_is_503(s3: Any) -> None:
    """protocol.md §1.4"""
    async with chatting(bucket_of(s3, "no-such-bucket"), secret=SECRET, presign=False) as chat:
        direct = await chat.direct("a.txt", TEXT, "text/plain")
        create = await chat.ask("attachments.create", name="a.txt", size=1, mime_type="text/plain")
        for answer in (direct, create):
            assert answer.status_code == 503
            assert "retry-after" in answer.headers


async def test_a_url_and_the_usual_environment_name_a_bucket(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DESIGN decision 7"""
    for name, value in (
        ("AWS_ENDPOINT_URL", s3.meta.endpoint_url),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("CHATKIT_SECRET", SECRET),
    ):
        monkeypatch.setenv(name, value)
    async with chatting("s3://attachments/by/url") as chat:
        made = await chat.announce("a.txt", len(TEXT), "text/plain")
        assert "/attachments/by/url/incoming/" in made["upload_descriptor"]["url"]
        assert (await chat.put(made, TEXT)).is_success
        await chat.sent(made["id"])
        assert (await chat.http.get(await chat.link_to(made["id"]))).content == TEXT


def test_a_bucket_needs_a_secret_that_workers_share(s3: Any) -> None:
    """DESIGN decision 7"""
    with pytest.raises(ValueError, match="the same for every worker"):
        ObjectAttachmentStore[str](bucket_of(s3), owner=str)


@pytest.mark.parametrize(
    ("place", "settings", "why"),
    [
        ("memory://", {"presign": True}, "only S3"),
        ("memory://", {"max_size": 0}, "max_size"),
        ("memory://", {"lifetime": -1}, "lifetime"),
        ("gopher://bucket", {}, "cannot be used"),
        ("/proc/nowhere/files", {}, "cannot be used"),
    ],
)
def test_a_place_or_setting_that_cannot_work_is_said_at_once(
    place: str, settings: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        ObjectAttachmentStore[str](place, owner=str, **settings)


def test_a_place_may_be_a_url_of_a_folder(tmp_path: Any) -> None:
    ObjectAttachmentStore[str]((tmp_path / "with space").as_uri(), owner=str)
    assert (tmp_path / "with space" / "secret.key").is_file()
    assert (tmp_path / "with space").stat().st_mode & 0o777 == 0o700
