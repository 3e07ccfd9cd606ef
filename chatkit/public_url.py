"""Where the browser reaches the chat's endpoint, known while a request is answered.

`web/` sets it from the request; whoever makes URLs for the browser (signed previews, uploads) reads it. A leaf, so that
both may.
"""

from contextvars import ContextVar

_current: ContextVar[str | None] = ContextVar("chatkit_public_url", default=None)


def public_url() -> str | None:
    """The endpoint's own absolute URL without a slash at its end; None outside a request that `web/` answers."""
    return _current.get()


def set_public_url(url: str) -> None:
    """Remember the URL for the rest of this request, and for the tasks it starts.

    Args:
        url: The endpoint's absolute URL; a query in it does not count.
    """
    # Never reset: every request has a context of its own, and the turn it starts is sent after the handler returned.
    _current.set(url.partition("?")[0].rstrip("/"))
