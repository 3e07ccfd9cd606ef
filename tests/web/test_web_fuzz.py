"""Whatever is posted, made up from the schema and against it: a proper answer, no torn stream (S-1, P5, P6)."""

import json
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chatkit.clock import now
from chatkit.store import MemoryStore, Store
from chatkit.testing import parse_events
from chatkit.types import (
    ClientToolCallItem,
    FileAttachment,
    StructuredInputFreeform,
    StructuredInputItem,
    ThreadMetadata,
    UserMessageItem,
)
from chatkit.web.app import create_app
from tests.plain_store import PlainStore
from tests.scripted import (
    ALICE,
    BOB,
    Events,
    Scripted,
    answer,
    beginning,
    create,
    delta,
    done,
    request,
    say,
    widget,
)
from tests.served import Site, served, who

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "protocol" / "schema.json").read_text("utf-8"))
KNOWN = ["thr_1", "thr_tool", "thr_of_bob", "msg_1", "q", "w", "fc", "said", "atc_1"]

JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)
WORDS = st.one_of(
    st.sampled_from(KNOWN), st.text(), st.sampled_from(["", "\x00", "\ud800", "🙂" * 50, "'; --"])
)
NUMBERS = st.one_of(st.integers(-3, 30), st.integers(), st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**40]))


@cache
def of(name: str) -> st.SearchStrategy[Any]:
    """Values of a definition of the schema."""
    return st.deferred(lambda: values(SCHEMA["$defs"][name]))


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema allows: as much of JSON Schema as ours uses."""
    if "$ref" in schema:
        return of(schema["$ref"].rsplit("/", 1)[1])
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return st.one_of([values(option) for option in schema[choice]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            fields = {name: values(field) for name, field in schema.get("properties", {}).items()}
            required = {name: fields.pop(name) for name in [*fields] if name in schema.get("required", [])}
            known = st.fixed_dictionaries(required, optional=fields)
            extra = schema.get("additionalProperties")
            if not extra:
                return known
            more = JSON if extra is True else values(extra)
            return st.builds(merged, known, st.dictionaries(WORDS, more, max_size=3))
        case "array":
            return st.lists(values(schema.get("items", {})), max_size=3)
        case "string":
            return WORDS
        case "integer":
            return NUMBERS
        case "number":
            return st.floats()
        case "boolean":
            return st.booleans()
        case _:
            return JSON


def merged(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {**more, **known}


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a value."""
    inner: list[tuple[Any, ...]] = []
    if isinstance(value, dict):
        for key, entry in cast("dict[str, Any]", value).items():
            inner += paths(entry, (*path, key))
    elif isinstance(value, list):
        for key, entry in enumerate(cast("list[Any]", value)):
            inner += paths(entry, (*path, key))
    return [path, *inner] if path else inner


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """A request with one or two places taken out, exchanged or added."""
    body = json.loads(json.dumps(draw(of("ChatKitReq")), default=str))
    for _ in range(draw(st.integers(1, 2))):
        places = paths(body)
        if not places:
            return body
        *way, last = draw(st.sampled_from(places))
        holder = body
        for step in way:
            holder = holder[step]
        match draw(st.sampled_from(["exchange", "take out", "add"])):
            case "take out":
                del holder[last]
            case "add" if isinstance(holder, dict):
                holder[draw(st.text())] = draw(JSON)
            case _:
                holder[last] = draw(JSON)
    return body


BODIES = st.one_of(
    of("ChatKitReq").map(json.dumps).map(str.encode),
    broken().map(json.dumps).map(str.encode),
    JSON.map(json.dumps).map(str.encode),
    st.binary(max_size=200),
)


class Echoing(Scripted):
    """Says what it was told, and may fail half-way."""

    async def action(self, thread: Any, action: Any, sender: Any, context: Any) -> Events:
        yield done(answer("acted", f"{action.type}: {action.payload!r}", thread.id))


async def echo(thread: ThreadMetadata, message: UserMessageItem | None, context: str) -> Events:
    said = "".join(part.text for part in message.content) if message else "went on"
    for event in beginning("a", thread.id):
        yield event
    yield delta("a", said)
    thread.title = said[:10]
    if len(said) % 3 == 2:
        raise LookupError("half-way")
    yield done(answer("a", said, thread.id))


async def fill(store: Store[str]) -> None:
    """Something of every kind that a request can name; again, since requests take things away."""
    for thread, person in (("thr_1", ALICE), ("thr_tool", ALICE), ("thr_of_bob", BOB)):
        await store.save_thread(ThreadMetadata(id=thread, created_at=now()), person)
    await store.save_attachment(FileAttachment(id="atc_1", name="a", mime_type="text/plain"), ALICE)
    question = StructuredInputFreeform(id="w", question="?")
    base: dict[str, Any] = {"thread_id": "thr_1", "created_at": now()}
    said = create()["params"]["input"]
    for item in (
        UserMessageItem(id="said", **base, content=[], inference_options=said["inference_options"]),
        answer("msg_1", "Hello"),
        widget("w"),
        StructuredInputItem(id="q", **base, inputs=[question]),
    ):
        await store.add_thread_item("thr_1", item, ALICE)
    base["thread_id"] = "thr_tool"
    call = ClientToolCallItem(id="fc", **base, call_id="c", name="pick", arguments={})
    for item in (await store.load_thread_items("thr_tool", None, 1000, "asc", ALICE)).data:
        await store.delete_thread_item("thr_tool", item.id, ALICE)
    await store.add_thread_item("thr_tool", call, ALICE)


@pytest.fixture(params=["memory", "sqlite", "plain", "postgres"])
def any_store(request: pytest.FixtureRequest) -> Store[str]:
    """Each bundled store on each database, and one like an app's own."""
    match request.param:
        case "memory":
            return MemoryStore(owner=str)
        case "plain":
            return PlainStore()
        case "sqlite":
            return request.getfixturevalue("database")
        case _:
            return request.getfixturevalue("postgres_store")


@pytest.fixture
async def shop(any_store: Store[str]) -> AsyncIterator[tuple[Site, Store[str]]]:
    async with served(create_app(Echoing(any_store, echo), context=who)) as site:
        yield site, any_store


def no_such_number(name: str) -> Any:
    raise AssertionError(f"{name} is not JSON")


@pytest.mark.property
@given(body=BODIES)
@example(body=json.dumps(say("thr_1", "\ud800")).encode())
@example(body=json.dumps(say("thr_1", "\x00")).encode())
@example(body=json.dumps(request("items.list", thread_id="thr_1", limit=2**64)).encode())
@example(body=b'{"type":"threads.add_client_tool_output","params":{"thread_id":"thr_tool","result":1e999}}')
@example(body=b'{"type":"threads.add_client_tool_output","params":{"thread_id":"thr_tool","result":NaN}}')
@example(body=b'{"type":"threads.list","params":' + b'{"a":' * 5000 + b"1" + b"}" * 5001)
@example(
    body=b'{"type":"threads.add_client_tool_output","params":{"thread_id":"thr_tool","result":'
    + b"[" * 190
    + b"]" * 190
    + b"}}"
)
async def test_any_body_gets_a_proper_answer(shop: tuple[Site, Store[str]], body: bytes) -> None:
    """S-1, P5, P6, W-11, W-12"""
    assume(b"threads.watch" not in body)  # answered for as long as the reader likes: tests/relay reads those
    site, store = shop
    await fill(store)
    response = await site.post(body)
    assert response.status_code in (200, 400, 404, 409, 413, 501), response.text
    if response.headers["content-type"] == "text/event-stream":
        assert response.content == b"" or response.content.endswith(b"}\n\n")
        parse_events(response.content)
        lines = [line.removeprefix(b"data: ") for line in response.content.split(b"\n\n") if line]
    else:
        lines = [response.content]
    for line in lines:
        assert isinstance(json.loads(line, parse_constant=no_such_number), dict)
    # And what it has left behind can be read again.
    for thread in ("thr_1", "thr_tool"):
        read = await site.post(request("threads.get_by_id", thread_id=thread))
        assert read.status_code in (200, 404)
        json.loads(read.content, parse_constant=no_such_number)
    assert (await site.post(request("threads.get_by_id", thread_id="thr_of_bob"), BOB)).status_code == 200
