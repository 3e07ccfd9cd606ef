"""Serves the built element: `chatkit.js`, asked for anew each time, and its chunks, whose names never repeat.

Each goes out as small as the browser takes it: the build compresses once, so that no server has to.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

STATIC = Path(__file__).resolve().parent.parent / "static"

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
}

# The script may be embedded from another origin, also under COEP.
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}

PACKED = {"br": ".br", "gzip": ".gz"}
"""What the build writes beside each script, the smallest first: coding → suffix."""

NOT_BUILT = (
    "The browser element has not been built: run `make build` in the checkout (it needs Node), "
    "or install the wheel, which carries it."
)


@cache
def _read(path: Path, changed_ns: int) -> tuple[bytes, str]:
    content = path.read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


def _accepted(header: str) -> set[str]:
    """The content codings that a client names and does not refuse (RFC 9110 §12.5.3)."""
    accepted: set[str] = set()
    for one in header.lower().split(","):
        coding, _, weight = one.partition(";")
        if not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight):
            accepted.add(coding.strip())
    return accepted


def _file(request: Request, path: Path, caching: str) -> Response:
    headers = SHARED | {"Cache-Control": caching}
    accepted, sent = _accepted(request.headers.get("accept-encoding", "")), path
    for coding, suffix in PACKED.items():
        packed = path.with_name(path.name + suffix)
        if coding in accepted and packed.is_file():
            headers["Content-Encoding"], sent = coding, packed
            break
    content, tag = _read(sent, sent.stat().st_mtime_ns)
    headers["ETag"] = tag
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=TYPES.get(path.suffix, "application/octet-stream"))


async def script(request: Request) -> Response:
    """`GET /chatkit.js`: small, revalidated, so that a new version is there at the next load."""
    path = STATIC / "chatkit.js"
    if not path.is_file():
        return PlainTextResponse(NOT_BUILT, status_code=503, headers=SHARED)
    return _file(request, path, "no-cache")


async def chunk(request: Request) -> Response:
    """`GET /chunks/NAME-HASH.js`: kept forever, since another content has another name."""
    name = request.path_params["name"]
    path = STATIC / "chunks" / name
    if path.parent != STATIC / "chunks" or path.suffix not in TYPES or not _is_there(path):
        return PlainTextResponse("There is no such file.", status_code=404, headers=SHARED)
    return _file(request, path, "public, max-age=31536000, immutable")
