"""Reads a request body up to a limit, never more."""

from starlette.requests import ClientDisconnect, Request

from chatkit.errors import TooLargeError


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body.

    Args:
        request: The request.
        limit: Bytes that are accepted at most.

    Raises:
        TooLargeError: As soon as more than `limit` bytes are announced or have come.
        ClientDisconnect: If the client leaves while sending.
    """
    too_large = f"the body is larger than the limit of {limit:,} bytes"
    for name, value in request.scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > limit:
            raise TooLargeError(too_large)
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > limit:
            raise TooLargeError(too_large)
    return bytes(received)


__all__ = ["ClientDisconnect", "read_body"]
