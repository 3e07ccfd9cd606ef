"""A file while it arrives: counted and looked at piece by piece, so that nothing wrong is ever stored whole."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from chatkit.errors import InvalidRequestError, TooLargeError
from chatkit.store.objects.kinds import HEAD, checked_type


class Incoming:
    """Checks what flows through it.

    Args:
        chunks: The bytes as they come.
        name: For messages.
        announced: Its MIME type, as announced.
        size: Its size, as announced; None if it was not.
        max_size: Bytes it may have.
        require_accepted: Raises if a type is not taken.
    """

    def __init__(
        self,
        chunks: AsyncGenerator[bytes],
        name: str,
        announced: str,
        size: int | None,
        max_size: int,
        require_accepted: Callable[[str, str], None],
    ) -> None:
        self._chunks = chunks
        self._name = name
        self._announced = announced
        self._expected = size
        self._max_size = max_size
        self._require_accepted = require_accepted
        self.size = 0
        self.mime_type = announced

    async def checked(self) -> AsyncGenerator[bytes]:
        """The same bytes. Fails as soon as one too many is there, or the first ones are not what was announced.

        Raises:
            TooLargeError: If there are more bytes than allowed or announced.
            InvalidRequestError: If there are fewer than announced.
            UnsupportedTypeError: If the content is of another type, or of one that is not accepted.
        """
        head: bytearray | None = bytearray()
        async with aclosing(self._chunks) as chunks:
            async for chunk in chunks:
                self.size += len(chunk)
                self._require_room()
                if head is None:
                    yield chunk
                    continue
                head += chunk
                if len(head) >= HEAD:
                    self._look(bytes(head))
                    yield bytes(head)
                    head = None
        if head is not None:
            self._look(bytes(head))
            yield bytes(head)
        if self._expected is not None and self.size < self._expected:
            raise InvalidRequestError(
                f"{self._name!r} ended after {self.size:,} bytes; {self._expected:,} were announced"
            )

    def _require_room(self) -> None:
        if self.size > self._max_size:
            raise TooLargeError(f"{self._name!r} is larger than the limit of {self._max_size:,} bytes")
        if self._expected is not None and self.size > self._expected:
            raise TooLargeError(
                f"{self._name!r} is larger than the {self._expected:,} bytes that were announced"
            )

    def _look(self, head: bytes) -> None:
        self.mime_type = checked_type(self._announced, head[:HEAD], self._name)
        self._require_accepted(self.mime_type, self._name)
