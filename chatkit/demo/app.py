"""The demo's one app: the page, the chat's endpoint, and a cookie that tells people apart."""

import os
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from itsdangerous import BadSignature, Signer
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatkit.demo.assistant import LONG_TOOL, SCRIPTED_MODEL, WORK_TOOL, DemoServer, Visitor
from chatkit.demo.models import DemoModel
from chatkit.demo.showcase import ASK_PROMPT, FAIL_PROMPT, LONG_PROMPT, RENDER_PROMPT, WORK_PROMPT
from chatkit.web.app import create_app

PAGE = Path(__file__).parent / "page"
COOKIE = "chatkit_demo"
NO_COOKIE = "Open the page first: it gives your browser the cookie that says who you are."
A_YEAR = 365 * 24 * 3600

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
"""Nothing from elsewhere, nothing inline, no eval; HTML strings cannot reach the page."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PageHeaders:
    """Puts the page's security headers on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((name.lower().encode(), value.encode()) for name, value in HEADERS.items()),
                ]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def secret_of(data: Path) -> bytes:
    """The key that signs cookies: made once, kept beside the data, readable by its owner alone."""
    path = data / "cookie.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        key = secrets.token_bytes(32)
        file.write(key)
    return key


def create_demo(server: DemoServer, data: Path) -> Starlette:
    """The demo as an ASGI app.

    Args:
        server: What answers.
        data: The folder where the cookie's key is kept. Must be there and writable.
    """
    signer = Signer(secret_of(data), salt="chatkit-demo")

    def visitor(request: Request) -> Visitor:
        try:
            return Visitor(signer.unsign(request.cookies.get(COOKIE, "")).decode())
        except BadSignature:
            raise HTTPException(401, NO_COOKIE) from None

    async def page(request: Request) -> Response:
        response = FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})
        try:
            visitor(request)
        except HTTPException:
            cookie = signer.sign(secrets.token_hex(16)).decode()
            response.set_cookie(COOKIE, cookie, max_age=A_YEAR, httponly=True, samesite="lax")
        return response

    def file(name: str) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            return FileResponse(PAGE / name, headers={"Cache-Control": "no-cache"})

        return serve

    async def model(request: Request) -> Response:
        return JSONResponse(about(server.model))

    chat = create_app(server, context=visitor)
    files = [
        Route(f"/{name}", file(name))
        for name in ("page.js", "panel.js", "settings.js", "diagram.js", "page.css", "icon.svg")
    ]
    routes = [Route("/", page), Route("/demo/model", model), *files, Mount("/", chat)]
    return Starlette(
        routes=routes, middleware=[Middleware(PageHeaders)], lifespan=chat.router.lifespan_context
    )


TOOLS = [
    {"id": WORK_TOOL, "label": "Search the web (scripted)", "shortLabel": "Search", "icon": "globe",
     "placeholderOverride": "What to search for?"},
    {"id": LONG_TOOL, "label": "Write at length (scripted)", "shortLabel": "At length", "icon": "write",
     "persistent": True},
]  # fmt: skip


def models_beside(model: DemoModel) -> list[dict[str, object]]:
    """What answers, and what always can."""
    scripted: dict[str, object] = {
        "id": SCRIPTED_MODEL,
        "label": "Showcase",
        "description": "Scripted words, at once",
        "default": model.kind == "showcase",
    }
    if model.kind == "showcase":
        hint = "Start the demo with OPENAI_BASE_URL or OPENAI_API_KEY"
        return [scripted, {"id": "own", "label": "A model of yours", "description": hint, "disabled": True}]
    chosen: dict[str, object] = {
        "id": model.name,
        "label": model.name,
        "description": model.described(),
        "default": True,
    }
    return [chosen, scripted]


def about(model: DemoModel) -> dict[str, object]:
    """What the page tells of the model, and the prompts that suit it."""
    prompts = [
        {"label": "What a chat can draw", "prompt": RENDER_PROMPT, "icon": "sparkle"},
        {"label": "Thinking, searching, sources", "prompt": WORK_PROMPT, "icon": "compass"},
        {"label": "Questions, answers, a card", "prompt": ASK_PROMPT, "icon": "circle-question"},
        {"label": "A long answer to stop half-way", "prompt": LONG_PROMPT, "icon": "book-open"},
        {"label": "An answer that fails", "prompt": FAIL_PROMPT, "icon": "lifesaver"},
    ]
    if model.kind != "showcase":
        talk = [
            {"label": "Three names for a small blue boat", "prompt": "Suggest three names for a small blue boat.",
             "icon": "lightbulb"},
            {"label": "A few lines about the sea", "prompt": "Write a few lines about the sea in the morning.",
             "icon": "write"},
        ]  # fmt: skip
        prompts = [*talk, *prompts[:4]]
    small = " It is tiny and makes things up." if model.kind == "local" else ""
    return {
        "name": model.name,
        "kind": model.kind,
        "described": model.described(),
        "note": model.note,
        "disclaimer": f"Answered by {model.described()}.{small}",
        "prompts": prompts,
        "tools": TOOLS,
        "models": models_beside(model),
    }
