"""Speech on its way to text."""

from chatkit.types.model import WireModel


class AudioInput(WireModel):
    """A recording."""

    data: bytes
    mime_type: str
    """As the browser sent it, for example `audio/webm;codecs=opus`."""

    @property
    def media_type(self) -> str:
        """`mime_type` without its parameters."""
        return self.mime_type.partition(";")[0].strip()


class TranscriptionResult(WireModel):
    """What was said."""

    text: str
