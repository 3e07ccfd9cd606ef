"""The edge inside other apps: mounted, as a router, with an app's own dependencies (DESIGN decision 8)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, Header, HTTPException
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatkit.clock import now
from chatkit.store import MemoryStore
from chatkit.store.sql import SQLStore
from chatkit.types import ThreadMetadata
from chatkit.web.app import create_app
from chatkit.web.fastapi import create_router
from tests.scripted import ALICE, BOB, Scripted, answer, create, done, request, saying, types
from tests.served import Site, served, who

ANSWERED = ["created", "item.done", "stream_options", "item.done"]


def scripted() -> Scripted:
    return Scripted(MemoryStore(owner=str), saying(done(answer("a", "Hi"))))


def in_starlette() -> ASGIApp:
    return Starlette(routes=[Mount("/ai", create_app(scripted(), context=who))])


def in_fastapi() -> ASGIApp:
    app = FastAPI()
    app.mount("/ai", create_app(scripted(), context=who))
    return app


def as_a_router() -> ASGIApp:
    app = FastAPI()
    app.include_router(create_router(scripted(), context=person), prefix="/ai")
    return app


def person(x_person: Annotated[str, Header()] = ALICE) -> str:
    return x_person


@pytest.mark.parametrize("app", [in_starlette, in_fastapi, as_a_router])
async def test_a_chat_works_wherever_it_is_put(app: Any) -> None:
    """DESIGN decision 8"""
    async with served(app()) as site:
        assert types(await site.events(create(), path="/ai/chatkit")) == ANSWERED
        mine = await site.post(request("threads.list"), path="/ai/chatkit")
        others = await site.post(request("threads.list"), BOB, path="/ai/chatkit")
        assert (len(mine.json()["data"]), len(others.json()["data"])) == (1, 0)
        assert (await site.post(b"{", path="/ai/chatkit")).status_code == 400
        assert (await site.client.get("/ai/chatkit.js")).status_code in (200, 503)
        assert (await site.client.get("/ai/healthz")).status_code == 200


async def test_the_endpoint_may_have_another_path() -> None:
    app = create_app(scripted(), context=who, path="/api/v2/chat")
    async with served(app) as site:
        assert types(await site.events(create(), path="/api/v2/chat")) == ANSWERED
        assert (await site.post(create())).status_code == 404


class Stamped:
    """Middleware of an app: marks each answer, and counts the writes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def stamping(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-stamp"] = "yes"
            await send(message)

        await self.app(scope, receive, stamping if scope["type"] == "http" else send)


async def test_middleware_sees_the_endpoint_as_everything_else() -> None:
    """DESIGN decision 8: the short way to the endpoint is taken only where nothing is in between"""
    app = create_app(scripted(), context=who)
    app.add_middleware(Stamped)
    async with served(app) as site:
        answers = [await site.post(create()), await site.post(b"{"), await site.client.get("/healthz")]
        assert [(one.status_code, one.headers.get("x-stamp")) for one in answers] == [
            (200, "yes"),
            (400, "yes"),
            (200, "yes"),
        ]
    async with served(create_app(scripted(), context=who)) as site:
        assert "x-stamp" not in (await site.post(create())).headers


async def test_a_context_can_ask_the_request_for_its_app_and_its_addresses() -> None:
    """DESIGN decision 8: `context` gets a request like any other"""
    seen: list[Any] = []

    def context(request: Request) -> str:
        seen.append((request.app, str(request.url_for("health")), request.scope["route"].path))
        return ALICE

    app = create_app(scripted(), context=context)
    async with served(Starlette(routes=[Mount("/ai", app)])) as site:
        assert types(await site.events(create(), path="/ai/chatkit")) == ANSWERED
        assert seen == [(app, f"http://127.0.0.1:{site.port}/ai/healthz", "/chatkit")]


async def test_a_mounted_store_opens_on_first_use(tmp_path: Path) -> None:
    """DESIGN decision 8: a mounted app's lifespan does not run"""
    store = SQLStore[str](f"sqlite:///{tmp_path / 'deep' / 'chat.db'}", owner=str)
    server = Scripted(store, saying(done(answer("a", "Hi"))))
    async with served(Starlette(routes=[Mount("/", create_app(server, context=who))])) as site:
        assert types(await site.events(create())) == ANSWERED
    await store.close()


class User:
    def __init__(self, name: str) -> None:
        self.name = name


class Session:
    """What an app opens for each request and closes after it."""

    def __init__(self) -> None:
        self.log: list[str] = []

    async def user(self, token: str) -> User:
        if token != "good":
            raise HTTPException(401, "Sign in first.", headers={"WWW-Authenticate": "Bearer"})
        self.log.append("user")
        return User(ALICE)


SESSION = Session()


async def session() -> AsyncIterator[Session]:
    SESSION.log.append("open")
    yield SESSION
    SESSION.log.append("close")


async def signed_in(
    session: Annotated[Session, Depends(session)], authorization: Annotated[str, Header()] = ""
) -> str:
    return (await session.user(authorization.removeprefix("Bearer "))).name


@pytest.fixture
async def guarded() -> AsyncIterator[Site]:
    app = FastAPI()
    app.include_router(create_router(scripted(), context=signed_in, max_body=1000))
    async with served(app) as site:
        SESSION.log.clear()
        yield site


async def test_the_context_comes_from_the_apps_dependencies(guarded: Site) -> None:
    """DESIGN decision 8: with `Depends`, also nested, and with sessions"""
    guarded.client.headers["Authorization"] = "Bearer good"
    assert types(await guarded.events(create())) == ANSWERED
    assert SESSION.log == ["open", "user", "close"]


async def test_the_apps_dependencies_turn_strangers_away(guarded: Site) -> None:
    """P5"""
    response = await guarded.post(create())
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_router_answers_failures_as_the_app_does(guarded: Site) -> None:
    """protocol.md §1.4"""
    guarded.client.headers["Authorization"] = "Bearer good"
    for body, status in (
        (b"{", 400),
        (create("x" * 1000), 413),
        (request("threads.get_by_id", thread_id="none"), 404),
        (request("input.transcribe", audio_base64="", mime_type="audio/mp4"), 501),
    ):
        response = await guarded.post(body)
        assert response.status_code == status
        assert set(response.json()["error"]) == {"type", "message", "code", "param"}


async def test_a_router_is_no_part_of_the_apps_own_documentation(guarded: Site) -> None:
    assert (await guarded.client.get("/openapi.json")).json()["paths"] == {}


async def test_an_async_context_is_awaited() -> None:
    """DESIGN decision 8"""
    server = scripted()
    await server.store.save_thread(ThreadMetadata(id="thr_1", created_at=now()), BOB)

    async def later(request: Request) -> str:
        return request.headers["x-person"]

    async with served(create_app(server, context=later)) as site:
        read = request("threads.get_by_id", thread_id="thr_1")
        assert (await site.post(read, BOB)).status_code == 200
        assert (await site.post(read, ALICE)).status_code == 404


async def test_the_lifespan_of_the_app_ends_its_turns() -> None:
    """extensions.md §2.6: `create_app` opens and closes the server"""
    server = scripted()
    app = create_app(server, context=who)
    async with app.router.lifespan_context(app):
        pass
    async with served(Mount("/", app)) as site:  # a mounted one is not opened again, nor its lifespan run
        assert (await site.post(create())).status_code == 503
