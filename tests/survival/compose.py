"""What deploy/compose.yaml says: how a worker is started, and with what in its environment."""

import re
import shlex
from typing import Any

import yaml

from tests.survival.processes import ROOT

DEPLOY = ROOT / "deploy"


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def filled_in(text: str, values: dict[str, str]) -> str:
    """`${NAME:?why}` and `${NAME:-default}`, as compose does it.

    Raises:
        KeyError: If there is neither a value nor a default.
    """

    def value(found: "re.Match[str]") -> str:
        name, sign, rest = found[1], found[2], found[3]
        return values.get(name, rest) if sign == ":-" else values[name]

    return re.sub(r"\$\{(\w+)(:[-?])?([^}]*)\}", value, text)


def environment(values: dict[str, str]) -> dict[str, str]:
    """The environment of a worker."""
    given: dict[str, str] = compose()["services"]["chatkit"]["environment"]
    return {name: filled_in(text, values) for name, text in given.items()}


def options() -> list[str]:
    """What uvicorn is told, without where it listens and what it serves."""
    program, app, *words = shlex.split(compose()["services"]["chatkit"]["command"])
    assert (program, app) == ("uvicorn", "server:app")
    for name in ("--host", "--port"):
        place = words.index(name)
        del words[place : place + 2]
    return words
