"""The leaves: errors, actions, icons, clock, logger, version (python-sdk.md §0–§3)."""

import logging
import os
import subprocess
import sys
from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from chatkit import errors
from chatkit.actions import Action, ActionConfig
from chatkit.clock import now
from chatkit.icons import IconName
from chatkit.version import __version__


class Move(BaseModel):
    to: str


MoveAction = Action[Literal["item.move"], Move]
DropAction = Action[Literal["item.drop"], Any]


def fails(error: errors.ChatKitError) -> tuple[int, str | None]:
    return error.status_code, error.code


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (errors.InvalidRequestError("?"), (400, None)),
        (errors.NotFoundError("?"), (404, None)),
        (errors.ConflictError("?"), (409, "conflict")),
        (errors.ThreadBusyError("?"), (409, "thread_busy")),
        (errors.AttachmentMissingError("?"), (409, "attachment_missing")),
        (errors.TurnExpiredError("?"), (410, "turn_expired")),
        (errors.TooLargeError("?"), (413, None)),
        (errors.TooManyRequestsError("?", retry_after=30), (429, None)),
        (errors.UnavailableError("?"), (503, None)),
        (errors.NotSupportedError("?"), (501, None)),
    ],
)
def test_each_error_knows_its_status(error: errors.ChatKitError, answer: tuple[int, str | None]) -> None:
    """protocol.md §1.4"""
    assert fails(error) == answer
    assert str(error) == "?"


def test_errors_are_also_what_apps_written_for_upstream_catch() -> None:
    """S-31, S-35, S-40, S-42, S-48"""
    assert issubclass(errors.ConflictError, ValueError)
    assert issubclass(errors.NotSupportedError, NotImplementedError)
    assert issubclass(errors.NotSupportedError, RuntimeError)


def test_waiting_errors_say_how_long() -> None:
    """protocol.md §1.4"""
    assert errors.TooManyRequestsError("slow down", retry_after=30).retry_after == 30
    assert errors.UnavailableError("closing").retry_after > 0


def test_a_stream_error_takes_status_and_retry_from_its_code() -> None:
    """python-sdk.md §1"""
    error = errors.StreamError(errors.ErrorCode.STREAM_ERROR)
    assert (error.code, error.status_code, error.allow_retry) == ("stream.error", 500, True)
    assert errors.StreamError(errors.ErrorCode.STREAM_ERROR, allow_retry=False).allow_retry is False


def test_a_custom_stream_error_carries_the_words() -> None:
    """python-sdk.md §1"""
    error = errors.CustomStreamError("Der Planer ist heute geschlossen.")
    assert (error.message, error.allow_retry) == ("Der Planer ist heute geschlossen.", False)
    assert isinstance(error, errors.BaseStreamError)


def test_an_action_is_described_by_its_one_literal_type() -> None:
    """AC-1"""
    config = MoveAction.create(Move(to="dock"), handler="client", loading_behavior="self", streaming=False)
    assert config == ActionConfig(
        type="item.move", payload=Move(to="dock"), handler="client", loadingBehavior="self", streaming=False
    )
    assert DropAction.create(None) == ActionConfig(type="item.drop")


@pytest.mark.parametrize("action", [Action, Action[str, Any], Action[Literal["a", "b"], Any]])
def test_an_action_without_one_literal_type_cannot_be_described(action: type[Action[Any, Any]]) -> None:
    """AC-1"""
    with pytest.raises(TypeError, match="one string literal"):
        action.create(None)


def test_actions_are_told_apart_by_their_type_and_check_their_payload() -> None:
    """AC-2"""
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[MoveAction | DropAction, Field(discriminator="type")])
    move = adapter.validate_python({"type": "item.move", "payload": {"to": "dock"}})
    assert move == MoveAction(type="item.move", payload=Move(to="dock"))
    assert adapter.validate_python({"type": "item.drop"}) == DropAction(type="item.drop")
    with pytest.raises(ValidationError):
        adapter.validate_python({"type": "item.move", "payload": {"to": 4}})


def test_an_action_needs_no_payload_and_equals_by_value() -> None:
    """AC-3"""
    assert Action[str, Any].model_validate({"type": "x"}).payload is None
    assert Action[str, Any](type="x", payload={"a": 1}) == Action[str, Any](type="x", payload={"a": 1})


def test_actions_warn_of_nothing() -> None:
    """AC-4: in a process of its own, where every warning is an error"""
    source = "from chatkit.actions import Action, ActionConfig; Action(type='x'); ActionConfig(type='x')"
    subprocess.run([sys.executable, "-W", "error", "-c", source], check=True)


def test_the_type_of_an_action_is_fixed() -> None:
    """python-sdk.md §3"""
    action = DropAction(type="item.drop")
    with pytest.raises(ValidationError, match="frozen"):
        action.type = "item.drop"


@pytest.mark.parametrize("name", ["book-open", "phone", "user", "vendor:anything", "lucide:ship"])
def test_known_icons_and_prefixed_ones_pass(name: str) -> None:
    """I-1, I-2"""
    assert TypeAdapter[Any](IconName).validate_python(name) == name


@pytest.mark.parametrize("name", ["hovercraft", "", "my-vendor:x", "Vendor:x"])
def test_other_icons_do_not(name: str) -> None:
    """I-3"""
    with pytest.raises(ValidationError):
        TypeAdapter[Any](IconName).validate_python(name)


def test_times_are_naive_and_local() -> None:
    """DESIGN decision 11"""
    before, time, after = datetime.now(), now(), datetime.now()
    assert time.tzinfo is None
    assert before <= time <= after


def test_the_version_is_one() -> None:
    assert __version__[0].isdigit()


def logger_state(**environment: str) -> str:
    code = "from chatkit.logger import logger; print(logger.name, logger.level, len(logger.handlers))"
    clean = {name: value for name, value in os.environ.items() if name != "LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean | environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_logger_is_left_alone_unless_a_level_is_set() -> None:
    """python-sdk.md §0"""
    assert logger_state() == "chatkit 0 0"
    assert logger_state(LOG_LEVEL="debug") == f"chatkit {logging.DEBUG} 1"
