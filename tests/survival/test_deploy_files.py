"""deploy/ holds together: what its files name exists, and what the pages show is what it says.

There is no Docker here: that the images build and start is not shown. The command and the environment of a worker are
those that the tests beside this one start theirs with.
"""

import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.routing import Route

from chatkit.store import MemoryStore
from chatkit.web.app import create_app
from tests.scripted import Scripted
from tests.served import who
from tests.survival.compose import DEPLOY, compose, environment, filled_in, options
from tests.survival.processes import ROOT, START

SERVICES: dict[str, Any] = compose()["services"]
SECRETS = {"POSTGRES_PASSWORD": "p", "CHATKIT_SECRET": "c"}


def test_there_are_three_workers_and_what_they_stand_on() -> None:
    assert set(SERVICES) == {"nginx", "chatkit", "postgres", "redis"}
    assert SERVICES["chatkit"]["deploy"]["replicas"] == 3
    for name, service in SERVICES.items():
        assert "healthcheck" in service, name
        assert service["restart"] == "unless-stopped", name
        for needed in service.get("depends_on", {}):
            assert "healthcheck" in SERVICES[needed]
    named = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert {volume for volume in named if not volume.startswith(".")} == set(compose()["volumes"])


def test_every_file_that_is_named_exists() -> None:
    mounted = [volume.split(":")[0] for volume in SERVICES["nginx"]["volumes"]]
    build = SERVICES["chatkit"]["build"]
    context = (DEPLOY / build["context"]).resolve()
    assert context == ROOT
    dockerfile = (context / build["dockerfile"]).read_text(encoding="utf-8")
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.M)
        for source in shlex.split(line)[:-1]
    ]
    assert {"chatkit", "deploy/server.py", "requirements/deploy.txt"} <= set(copied)
    assert [path for path in mounted if not (DEPLOY / path).is_file()] == []
    assert [path for path in copied if not (ROOT / path).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not [path for path in copied if path.split("/")[0] in ignored]


@pytest.mark.parametrize("secret", sorted(SECRETS))
def test_a_secret_that_is_not_set_stops_the_start(secret: str) -> None:
    for text in SERVICES["chatkit"]["environment"].values():
        if f"{{{secret}" in text:
            assert f"${{{secret}:?" in text
            with pytest.raises(KeyError):
                filled_in(text, {})
            return
    raise AssertionError("nobody uses it")


def test_a_worker_gets_all_that_its_app_reads() -> None:
    read = set(re.findall(r'os\.environ\["(\w+)"\]', (DEPLOY / "server.py").read_text(encoding="utf-8")))
    assert read == {"DATABASE_URL", "REDIS_URL", "CHATKIT_SECRET"}
    env = environment(SECRETS)
    assert read <= set(env)
    assert env["DATABASE_URL"] == "postgresql://chatkit:p@postgres/chatkit"


def test_workers_are_started_as_the_pages_show() -> None:
    shown = [*START]
    assert options()[: len(shown)] == shown
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert ", ".join(f'"{word}"' for word in shown) in dockerfile
    for page, starts in (("docs/backend/scaling.md", 3), ("docs/deploy.md", 1)):
        text = (ROOT / page).read_text(encoding="utf-8").replace("\\\n   ", "")
        lines = re.findall(r"^\$ uvicorn server:app .*$", text, re.M)
        assert len(lines) == starts
        for line in lines:
            assert [word for word in shlex.split(line) if word in shown] == shown


def test_the_stream_is_not_buffered_and_a_taken_request_is_not_repeated() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    stream = nginx[nginx.index("location = /chatkit ") :]
    for line in ("proxy_buffering off;", "gzip off;", "proxy_read_timeout"):
        assert line in stream
    assert "non_idempotent" not in nginx
    port = SERVICES["nginx"]["ports"][0].rpartition(":")[2]
    assert f"listen {port};" in nginx


def test_nginx_and_the_health_checks_find_the_workers() -> None:
    words = shlex.split(SERVICES["chatkit"]["command"])
    port = words[words.index("--port") + 1]
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert re.findall(r"set \$workers (\w+);", nginx) == ["chatkit"]  # its name in compose is its name in DNS
    assert re.findall(r"proxy_pass (.+);", nginx) == [f"http://$workers:{port}"] * 2
    assert f"EXPOSE {port}\n" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    server = Scripted(MemoryStore(owner=str))
    paths = {route.path for route in create_app(server, context=who).routes if isinstance(route, Route)}
    assert {"/chatkit", "/healthz"} <= paths
    assert re.findall(r"location = (\S+) ", nginx) == ["/chatkit"]
    for service, at in (("nginx", "127.0.0.1"), ("chatkit", f"127.0.0.1:{port}")):
        [url] = re.findall(r"http://[\w.:/]+", " ".join(SERVICES[service]["healthcheck"]["test"]))
        assert url == f"http://{at}/healthz"
    env = environment(SECRETS)
    assert urlsplit(env["DATABASE_URL"]).hostname == "postgres"
    assert urlsplit(env["REDIS_URL"]).hostname == "redis"
