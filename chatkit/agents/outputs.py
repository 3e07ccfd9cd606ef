"""What a model says → what ChatKit shows: texts, citations, pictures. Override a method to change it (§8.3)."""

from typing import Any, cast

from openai.types.responses.response_output_text import (
    AnnotationContainerFileCitation,
    AnnotationFileCitation,
    AnnotationURLCitation,
)

from chatkit.agents.shape import kind, read
from chatkit.types import Annotation, AssistantMessageContent, FileSource, URLSource


class ResponseStreamConverter:
    """Converts what cannot be taken as it is.

    Args:
        partial_images: How many partial pictures were asked for; makes their progress known.
    """

    def __init__(self, *, partial_images: int | None = None) -> None:
        self.partial_images = partial_images

    async def base64_image_to_url(
        self, image_id: str, base64_image: str, partial_image_index: int | None = None
    ) -> str:
        """A URL for a picture: here the picture itself. Override it to store the bytes elsewhere.

        Args:
            image_id: The provider's id of the picture.
            base64_image: The picture, a PNG.
            partial_image_index: Which partial picture this is; None for the finished one.
        """
        return f"data:image/png;base64,{base64_image}"

    def partial_image_index_to_progress(self, partial_image_index: int) -> float:
        """How finished a partial picture is, from 0 to 1."""
        if self.partial_images is None or self.partial_images <= 0:
            return 0.0
        return min(1.0, partial_image_index / self.partial_images)

    async def file_citation_to_annotation(self, file_citation: Any) -> Annotation | None:
        """A cited file; None if it has no name to show."""
        return _file(file_citation, read(file_citation, "index"))

    async def container_file_citation_to_annotation(self, container_file_citation: Any) -> Annotation | None:
        """A cited file of a code interpreter; None if it has no name to show."""
        return _file(container_file_citation, read(container_file_citation, "end_index"))

    async def url_citation_to_annotation(self, url_citation: Any) -> Annotation | None:
        """A cited web page; None if it has no address. Without a title it is called by its address."""
        url = read(url_citation, "url")
        if not url:
            return None
        source = URLSource(url=url, title=read(url_citation, "title") or url)
        return Annotation(source=source, index=read(url_citation, "end_index"))


def _file(citation: Any, index: int | None) -> Annotation | None:
    filename = read(citation, "filename")
    if not filename:
        return None
    return Annotation(source=FileSource(filename=filename, title=filename), index=index)


async def to_annotation(converter: ResponseStreamConverter, citation: Any) -> Annotation | None:
    """A citation as an annotation, told by its `type`; None for kinds that are not shown (A-5)."""
    match kind(citation):
        case "file_citation":
            return await converter.file_citation_to_annotation(_typed(citation, AnnotationFileCitation))
        case "container_file_citation":
            typed = _typed(citation, AnnotationContainerFileCitation)
            return await converter.container_file_citation_to_annotation(typed)
        case "url_citation":
            return await converter.url_citation_to_annotation(_typed(citation, AnnotationURLCitation))
        case _:
            return None


def _typed(citation: Any, model: type[Any]) -> Any:
    """What converters of apps read by attributes: while an answer streams, the client hands out dicts (A-8).

    Fields that are missing are None, for providers that leave some out.
    """
    if not isinstance(citation, dict):
        return citation
    return model.construct(**cast("dict[str, Any]", citation))


async def to_content(converter: ResponseStreamConverter, part: Any) -> AssistantMessageContent | None:
    """A part of a message; a refusal shows its own words (A-5)."""
    match kind(part):
        case "output_text":
            citations: list[Any] = read(part, "annotations") or []
            found = [await to_annotation(converter, citation) for citation in citations]
            return AssistantMessageContent(text=read(part, "text") or "", annotations=[a for a in found if a])
        case "refusal":
            return AssistantMessageContent(text=read(part, "refusal") or "")
        case _:
            return None
