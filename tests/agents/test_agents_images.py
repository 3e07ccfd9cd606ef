"""Pictures that a model makes (A-4, A-7)."""

from typing import Any

import pytest
from agents import ImageGenerationTool

from chatkit.agents import ResponseStreamConverter
from chatkit.types import (
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ThreadItemUpdatedEvent,
)
from tests.agents.conftest import MakeAgent
from tests.agents.scene import (
    AgentServer,
    a_context,
    added,
    done,
    done_items,
    events_of,
    item_of,
    kinds,
    picture,
)
from tests.modelserver import Draws, ModelServer, Says

DRAWING: Any = ImageGenerationTool(tool_config={"type": "image_generation", "partial_images": 3})


async def test_a_picture_appears_grows_and_is_stored(model: ModelServer, agent: MakeAgent) -> None:
    """A-4, A-7, CL-6: progress 0, 1/3, 2/3; one item from beginning to end."""
    model.will(Draws("RlVMTA==", partials=["MA==", "MQ==", "Mg=="], id="ig_1"), Says("Here."))
    server = AgentServer(agent(tools=[DRAWING]), converter=ResponseStreamConverter(partial_images=3))
    events = await server.say("Draw")
    assert kinds(events[:5]) == ["item.added", *["generated_image.updated"] * 3, "item.done"]
    first = item_of(events[0])
    assert isinstance(first, GeneratedImageItem)
    assert first.image is None
    partials = [event.update for event in events[1:4] if isinstance(event, ThreadItemUpdatedEvent)]
    assert partials == [
        GeneratedImageUpdated(
            image=GeneratedImage(id="ig_1", url=f"data:image/png;base64,{data}"), progress=progress
        )
        for data, progress in (("MA==", 0), ("MQ==", 1 / 3), ("Mg==", 2 / 3))
    ]
    made, _ = done_items(events)
    assert isinstance(made, GeneratedImageItem)
    assert made.id == first.id
    assert made.image == GeneratedImage(id="ig_1", url="data:image/png;base64,RlVMTA==")
    assert (await server.kept())[1].id == first.id


async def test_a_picture_without_partial_ones_is_added_and_done() -> None:
    """A-7"""
    events = await events_of(await a_context(), added(picture("ig", None)), done(picture("ig", "QQ==")))
    assert kinds(events) == ["item.added", "item.done"]
    assert item_of(events[0]).id == item_of(events[1]).id != "ig"


async def test_a_call_without_a_picture_shows_nothing_more() -> None:
    """A-4: only a result makes it done."""
    events = await events_of(await a_context(), added(picture("ig", None)), done(picture("ig", None)))
    assert kinds(events) == ["item.added"]


async def test_pictures_under_one_id_are_items_of_their_own() -> None:
    """A-4, P9"""
    events = await events_of(
        await a_context(),
        added(picture("ig", None)),
        done(picture("ig", "QQ==")),
        added(picture("ig", None)),
        done(picture("ig", "Qg==")),
    )
    one, other = done_items(events)
    assert one.id != other.id


async def test_an_apps_converter_is_told_which_picture_it_gets(model: ModelServer, agent: MakeAgent) -> None:
    """A-7, A-8"""
    asked: list[tuple[str, str, int | None]] = []

    class Filing(ResponseStreamConverter):
        async def base64_image_to_url(
            self, image_id: str, base64_image: str, partial_image_index: int | None = None
        ) -> str:
            asked.append((image_id, base64_image, partial_image_index))
            return "https://example.org/a.png"

    model.will(Draws("RlVMTA==", partials=["MA=="], id="ig_1"), Says("Here."))
    events = await AgentServer(agent(tools=[DRAWING]), converter=Filing()).say("Draw")
    assert asked == [("ig_1", "MA==", 0), ("ig_1", "RlVMTA==", None)]
    assert item_of(events[2]).image.url == "https://example.org/a.png"


@pytest.mark.parametrize(
    ("partial_images", "index", "progress"),
    [(None, 2, 0.0), (0, 2, 0.0), (-1, 2, 0.0), (3, 0, 0.0), (3, 1, 1 / 3), (3, 2, 2 / 3), (3, 7, 1.0)],
)
def test_progress_is_known_when_the_number_of_partial_pictures_is(
    partial_images: int | None, index: int, progress: float
) -> None:
    """§8.3"""
    converter = ResponseStreamConverter(partial_images=partial_images)
    assert converter.partial_image_index_to_progress(index) == progress
