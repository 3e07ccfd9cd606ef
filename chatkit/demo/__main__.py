"""`python -m chatkit.demo`: starts the demo, or says in one sentence why it cannot."""

import argparse
import asyncio
import errno
import logging
import os
import socket
import sys
import webbrowser
from contextlib import ExitStack
from pathlib import Path

import uvicorn

from chatkit.demo.app import create_demo
from chatkit.demo.assistant import DemoServer, Visitor
from chatkit.demo.models import DemoModel, ModelMissingError, choose_model
from chatkit.errors import ChatKitError
from chatkit.store.objects import ObjectAttachmentStore
from chatkit.store.sql import SQLStore
from chatkit.web.assets import NOT_BUILT, STATIC


class CannotStartError(Exception):
    """Why the demo cannot start, in words for the person at the console."""


def say(*lines: str) -> None:
    """Write to the console at once."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens, so that nobody can take the port while the model loads, and who comes early waits.

    Raises:
        CannotStartError: If the port is in use or may not be used, or the host is not one of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as unless_it_listens:
            bound = unless_it_listens.enter_context(socket.socket(family, kind))
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(1024)  # bound alone, the port could still be bound by the next demo
            unless_it_listens.pop_all()
        return bound
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStartError(
                f"Port {port} is already in use. Stop what uses it, or take another: make demo PORT={port + 1}"
            ) from error
        raise CannotStartError(f"Cannot listen on {host}:{port}: {error.strerror or error}.") from error


def writable(data: Path) -> Path:
    """The data folder, made if need be.

    Raises:
        CannotStartError: If it cannot be written.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStartError(
            f"The data folder {str(data)!r} cannot be written: {error.strerror}. Name another: make demo DATA=folder"
        ) from error
    return data


async def serve(bound: socket.socket, data: Path, model: DemoModel, url: str, open_browser: bool) -> None:
    """Run until interrupted."""
    async with SQLStore[Visitor](
        f"sqlite:///{data / 'chatkit.db'}", owner=lambda visitor: visitor.id
    ) as store:
        files = ObjectAttachmentStore[Visitor](data / "attachments", owner=lambda visitor: visitor.id)
        app = create_demo(DemoServer(store, model, files), data)
        # Plain asyncio: uvloop shows a long tail for first bytes when many people arrive at once.
        config = uvicorn.Config(
            app,
            loop="asyncio",
            log_level="warning",
            timeout_graceful_shutdown=5,
            server_header=False,
        )
        say(f"\n  ChatKit is at   {url}", f"  Answering       {model.described()}")
        say(*([f"  Note            {model.note}"] if model.note else []), "  Stop with       Ctrl+C\n")
        if open_browser:
            asyncio.get_running_loop().call_later(0.3, webbrowser.open, url)
        await uvicorn.Server(config).serve(sockets=[bound])


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m chatkit.demo", description="A chat with the model at hand."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder for conversations and files")
    parser.add_argument("--model", default="", help="empty, local or showcase")
    parser.add_argument("--open", default="", help="anything: open the browser")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        if not (STATIC / "chatkit.js").is_file():
            raise CannotStartError(NOT_BUILT)
        bound = listening(asked.host, asked.port)
        data = writable(asked.data)
        model = choose_model(asked.model, os.environ)
        host = asked.host if asked.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 (compared, not bound)
        asyncio.run(serve(bound, data, model, f"http://{host}:{bound.getsockname()[1]}", bool(asked.open)))
    except (CannotStartError, ModelMissingError, ChatKitError, ValueError) as error:
        say(f"The demo cannot start. {error}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Your conversations are kept.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
