"""A server for the browser whose every answer a test writes out beforehand, over real HTTP; and a page around one chat.

What it is asked stands in `asked`. An answer is a list of events (a stream), any other JSON, or a `Raw`. A stream in
which an `Event` of `threading` stands waits there until the test lets it go on.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import JSHandle

from e2e.screen import Chat

ELEMENT = Path(__file__).parent.parent / "chatkit" / "static"
AT = "2026-03-01T10:00:00Z"

Json = dict[str, Any]

# Hears every event of the element and keeps it, as `[name, detail]`, errors as plain data.
PAGE = """<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">
<style>html,body{height:100%;margin:0}</style>
<script src="/page.js"></script><script src="/chatkit.js" SCRIPT></script>
<openai-chatkit style="height:100%" ELEMENT></openai-chatkit></html>"""

PAGE_SCRIPT = """
window.heard = [];
window.called = [];
const names = ['ready', 'error', 'log', 'effect', 'deeplink', 'response.start', 'response.end', 'thread.change',
  'thread.load.start', 'thread.load.end', 'tool.change', 'history.open', 'history.close', 'message.sent', 'item.done',
  'open', 'close'];
const plain = (error) => ({ name: error.name, message: error.message, ...error });
window.listen = (chat) => {
  for (const name of names) {
    chat.addEventListener(`chatkit.${name}`, ({ detail }) =>
      heard.push([name, detail?.error ? plain(detail.error) : (detail ?? null)]));
  }
};
addEventListener('DOMContentLoaded', () => {
  window.chat = document.querySelector('openai-chatkit');
  listen(chat);
});
"""


# The styles of the chat are there, the last of them, too (styles/4-print.css).
COMPLETE = """[...chat.shadowRoot.adoptedStyleSheets].some(
  (sheet) => [...sheet.cssRules].some((rule) => rule.conditionText === 'print' && rule.cssText.includes('.chat')))"""


@dataclass
class Raw:
    """An answer that is not ChatKit's."""

    status: int = 200
    body: str = ""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Cut:
    """The end of a stream whose connection breaks."""


@dataclass
class Wait:
    """An answer that is not given before its time."""

    until: threading.Event
    answer: Any


def refusal(status: int, code: str | None = None, **headers: str) -> Raw:
    error = {"type": "invalid_request_error", "message": f"No: {status}", "code": code, "param": None}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Raw(status, json.dumps({"error": error}), headers=named)


def thread(id: str = "thr_1", items: list[Json] | None = None, **fields: Any) -> Json:
    page = {"data": items or [], "has_more": False}
    return {
        "id": id,
        "title": None,
        "created_at": AT,
        "status": {"type": "active"},
        "metadata": {},
        "items": page,
    } | fields


def item(kind: str, id: str, **fields: Any) -> Json:
    return {"type": kind, "id": id, "thread_id": "thr_1", "created_at": AT} | fields


def question(id: str, text: str) -> Json:
    content = [{"type": "input_text", "text": text}]
    return item("user_message", id, content=content, attachments=[], inference_options={})


def said(id: str, text: str) -> Json:
    content: list[Json] = [{"type": "output_text", "text": text, "annotations": []}]
    return item("assistant_message", id, content=content)


def done(one: Json) -> Json:
    return {"type": "thread.item.done", "item": one}


def added(one: Json) -> Json:
    return {"type": "thread.item.added", "item": one}


def delta(text: str, id: str = "a1") -> Json:
    """More words of a message."""
    change = {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text}
    return {"type": "thread.item.updated", "item_id": id, "update": change}


def created(**fields: Any) -> Json:
    return {"type": "thread.created", "thread": thread(**fields)}


RESUMES: Json = {
    "type": "stream_options",
    "stream_options": {"allow_cancel": True, "resumable": True, "turn_id": "turn_1"},
}


def running(id: str, pending: Json) -> Json:
    """A thread whose question is being answered; the answer goes on in `threads.attach`."""
    turn = {"turn_id": "turn_1", "last_seq": 9, "items": [pending]}
    return thread(id, [question("q1", "Hi")], active_turn=turn)


MAY_STOP: Json = {"type": "stream_options", "stream_options": {"allow_cancel": True}}


def first_answer(text: str = "Hello.", asks: str = "Hi") -> list[Json]:
    """A whole answer to the first message of a new thread."""
    return [created(), done(question("msg_1", asks)), done(said("msg_2", text))]


class Scripted:
    """The server. Operations without a written answer get an empty page, 501 for `threads.watch`, else 404."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.script_attributes = ""
        self.element_attributes = 'debug="off"'  # what is told to developers is tested in test_advice.py
        self.page_headers: dict[str, str] = {}
        self.is_open_to_all = False  # CORS: answers pages of every origin
        self._answers: defaultdict[str, deque[Any]] = defaultdict(deque)
        self._waits: list[threading.Event] = []

    def answer(self, operation: str, *answers: Any) -> None:
        """The next answers to an operation, or to a path."""
        self._answers[operation].extend(answers)

    def hold(self) -> threading.Event:
        """A place in a stream at which to wait."""
        event = threading.Event()
        self._waits.append(event)
        return event

    def release(self) -> None:
        """Lets every stream that waits go on to its end."""
        for event in self._waits:
            event.set()

    def params(self, operation: str) -> list[Json]:
        """What an operation was asked with, each time."""
        return [one["params"] for one in self.asked if one["type"] == operation]

    def wait_for(self, operation: str, count: int = 1) -> list[Json]:
        """The same, once it was asked so often."""
        deadline = time.monotonic() + 15
        while len(self.params(operation)) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.params(operation)

    def next(self, operation: str) -> Any:
        waiting = self._answers[operation]
        if waiting:
            return waiting.popleft()
        if operation in ("threads.list", "items.list"):
            return {"data": [], "has_more": False}
        return refusal(501 if operation == "threads.watch" else 404)


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Scripted

    def do_GET(self) -> None:
        if self.path.partition("?")[0] == "/":
            page = PAGE.replace("SCRIPT", self.script.script_attributes)
            page = page.replace("ELEMENT", self.script.element_attributes)
            self._send(Raw(200, page, "text/html", self.script.page_headers))
        elif self.path == "/page.js":
            self._send(Raw(200, PAGE_SCRIPT, "text/javascript"))
        else:
            super().do_GET()

    def do_POST(self) -> None:
        script = self.script
        body = self._body()
        script.paths.append(self.path)
        script.headers.append({name.lower(): value for name, value in self.headers.items()})
        script.asked.append(body if "type" in body else {"type": self.path, "params": body})
        answer = script.next(script.asked[-1]["type"])
        if isinstance(answer, Wait):
            answer.until.wait(60)
            answer = answer.answer
        if isinstance(answer, Raw):
            self._send(answer)
        elif isinstance(answer, list):
            self._stream(cast(list[Any], answer))
        else:
            self._send(Raw(200, json.dumps(answer)))

    def do_PUT(self) -> None:
        self.do_POST()

    def do_OPTIONS(self) -> None:
        self._send(Raw(204 if self.script.is_open_to_all else 403))

    def end_headers(self) -> None:
        if self.script.is_open_to_all:
            for what, allowed in {"Origin": "*", "Methods": "*", "Headers": "*"}.items():
                self.send_header(f"Access-Control-Allow-{what}", allowed)
        super().end_headers()

    def _body(self) -> Json:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Type"] == "application/json":
            return json.loads(raw)
        return {"sent": self.command, "bytes": raw}

    def _send(self, answer: Raw) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in {
            "Content-Type": answer.kind,
            "Content-Length": str(len(body)),
            **answer.headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, events: list[Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        try:
            for event in events:
                if isinstance(event, Cut):
                    return  # without the last chunk: the browser sees a broken connection
                if isinstance(event, threading.Event):
                    event.wait(60)
                    continue
                frame = f"data: {json.dumps(event)}\n\n".encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(frame), frame))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass  # the reader has left

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def scripted_server() -> Generator[Scripted]:
    script = Scripted()
    handler = type("Bound", (Handler,), {"script": script})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(ELEMENT))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        script.url = f"http://127.0.0.1:{server.server_port}"
        yield script
        script.release()
        server.shutdown()


@dataclass
class Stage(Chat):
    """A chat on the scripted page. `heard` is every event so far; JavaScript has `chat`, `heard` and `called`."""

    script: Scripted

    def open_page(self, query: str = "") -> Stage:
        self.page.goto(self.script.url + "/" + query)
        self.page.evaluate("() => customElements.whenDefined('openai-chatkit')")
        return self

    def start(self, options: str = "{}", api: str = "{url: '/chatkit'}") -> Stage:
        """Opens the page and sets options, JavaScript as text; resolves when the chat is ready."""
        self.open_page()
        self.set(options, api)
        self.until("heard.some(([name]) => name === 'ready')")
        return self

    def set(self, options: str = "{}", api: str = "{url: '/chatkit'}") -> None:
        """Replaces the options; `api` is put in unless they have their own."""
        self.page.evaluate(f"() => chat.setOptions({{api: {api}, ...({options})}})")

    def js(self, expression: str, argument: Any = None) -> Any:
        """The value of an expression on the page; promises are awaited."""
        return self.page.evaluate(f"(given) => {expression}", argument)

    def call(self, method: str, *arguments: Any) -> str | None:
        """Calls a method of the element and waits; the words of its rejection, or None."""
        body = "(given) => chat[given[0]](...given[1]).then(() => null, (error) => error.message)"
        return cast("str | None", self.page.evaluate(body, [method, list(arguments)]))

    def begin(self, method: str, *arguments: Any) -> JSHandle:
        """Calls a method without waiting; `end` waits for it."""
        body = """(given) => {
          const result = { done: chat[given[0]](...given[1]).then(() => null, (error) => error.message) };
          return result;
        }"""
        return self.page.evaluate_handle(body, [method, list(arguments)])

    def end(self, begun: JSHandle) -> str | None:
        return cast("str | None", begun.evaluate("(result) => result.done"))

    def until(self, condition: str) -> None:
        """Waits until an expression is true on the page, which allows no `eval` of strings."""
        self.page.evaluate(
            f"""() => new Promise((resolve, reject) => {{
              const end = performance.now() + 15000;
              const look = () => {{
                if ({condition}) resolve();
                else if (performance.now() > end) {{
                  reject(new Error({json.dumps(condition)} + ' stays false: ' + JSON.stringify(heard.slice(-20))));
                }} else setTimeout(look, 20);
              }};
              look();
            }})"""
        )

    @property
    def heard(self) -> list[tuple[str, Any]]:
        """Every event so far but diagnostics."""
        return [(name, detail) for name, detail in self.js("heard") if name != "log"]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.heard]

    @property
    def errors(self) -> list[Json]:
        return [detail for name, detail in self.heard if name == "error"]

    def forget(self) -> None:
        """Forgets what was heard, called and asked so far."""
        self.js("{ heard.length = 0; called.length = 0; }")
        self.script.asked.clear()
        self.script.headers.clear()
        self.script.paths.clear()
