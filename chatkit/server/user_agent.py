"""Tells model providers which product calls them, where the Agents SDK lets us."""

import sys
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from typing import Any, cast

from chatkit.version import __version__


def _header_hooks() -> list[ContextVar[Any]]:
    """The SDK's own override variables, if it is loaded and still has them. Never imports it."""
    hooks: list[ContextVar[Any]] = []
    if "agents.models" not in sys.modules:
        return hooks
    for module in ("openai_responses", "openai_chatcompletions", "chatcmpl_helpers"):
        for attribute in ("_HEADERS_OVERRIDE", "HEADERS_OVERRIDE"):
            hook: Any = getattr(sys.modules.get(f"agents.models.{module}"), attribute, None)
            if isinstance(hook, ContextVar) and hook not in hooks:
                hooks.append(cast("ContextVar[Any]", hook))
    return hooks


_NOTHING = nullcontext()


def agents_sdk_user_agent_override() -> AbstractContextManager[None]:
    """While active, requests of the Agents SDK name this product too. Does nothing where the SDK is not in use."""
    hooks = _header_hooks()
    return _overridden(hooks) if hooks else _NOTHING


@contextmanager
def _overridden(hooks: list[ContextVar[Any]]) -> Generator[None]:
    sdk = getattr(sys.modules.get("agents.version"), "__version__", "")
    headers = {"User-Agent": f"Agents/Python {sdk} ChatKit/Python {__version__}"}
    tokens = [(hook, hook.set(headers)) for hook in hooks]
    try:
        yield
    finally:
        for hook, token in tokens:
            with suppress(ValueError):  # closed from another task: that context has its own value
                hook.reset(token)
