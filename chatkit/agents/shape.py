"""Reads what a provider sends by its shape: typed objects or dicts, whatever the SDK's release makes of it (P20)."""

from typing import Any, cast


def read(thing: Any, name: str, default: Any = None) -> Any:
    """A field of an object or of a dict."""
    if isinstance(thing, dict):
        return cast("dict[str, Any]", thing).get(name, default)
    return getattr(thing, name, default)


def kind(thing: Any) -> str:
    """Its `type`."""
    return str(read(thing, "type", ""))
