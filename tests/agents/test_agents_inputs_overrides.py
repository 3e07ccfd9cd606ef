"""A sequence of items → model input: its order, and what an app may convert in its own way (§8.6)."""

from typing import Any

import pytest

from chatkit.agents import ThreadItemConverter, simple_to_agent_input
from chatkit.testing import every_kind_of_item
from chatkit.types import (
    AssistantMessageItem,
    ClientToolCallItem,
    CustomTask,
    EndOfTurnItem,
    GeneratedImageItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    StructuredInputItem,
    TaskItem,
    ThreadItem,
    UserMessageItem,
    UserMessageTagContent,
    WidgetItem,
    WorkflowItem,
)
from tests.agents.told import (
    HERE,
    Resolving,
    hidden_message,
    inputs,
    said,
    tag,
    task,
    task_message,
    user,
)


async def test_items_stay_in_order_and_are_not_changed() -> None:
    """python-sdk.md §8.6: a tuple will do, and the list is not the app's own"""
    items: list[ThreadItem] = [
        said("One"),
        task(CustomTask(title="Two")),
        EndOfTurnItem(**HERE),
        SDKHiddenContextItem(**HERE, content="Three"),
    ]
    before = [item.model_copy(deep=True) for item in items]
    expected = [user("One"), task_message("Two"), hidden_message("Three")]
    assert await inputs(items) == expected
    assert await inputs(tuple(items)) == expected
    assert items == before


async def test_items_that_are_added_meanwhile_are_not_read() -> None:
    """python-sdk.md §8.6: it works on a copy of the list"""
    items: list[ThreadItem] = [said(tag("Ada")), said("Last", quoted_text="q")]

    class Adding(Resolving):
        async def tag_to_message_content(self, tag: UserMessageTagContent) -> Any:
            items.append(said("Late"))
            return await super().tag_to_message_content(tag)

    made = await inputs(items, Adding())
    assert made[-1] == user("The user is referring to this in particular: \nq")
    assert len(items) == 3


async def test_no_items_are_no_input() -> None:
    """python-sdk.md §8.6"""
    assert await inputs([]) == []


OVERRIDABLE = {
    UserMessageItem: "user_message_to_input",
    AssistantMessageItem: "assistant_message_to_input",
    ClientToolCallItem: "client_tool_call_to_input",
    WidgetItem: "widget_to_input",
    TaskItem: "task_to_input",
    WorkflowItem: "workflow_to_input",
    StructuredInputItem: "structured_input_to_input",
    GeneratedImageItem: "generated_image_to_input",
    HiddenContextItem: "hidden_context_to_input",
    SDKHiddenContextItem: "sdk_hidden_context_to_input",
    EndOfTurnItem: "end_of_turn_to_input",
}


@pytest.mark.parametrize("kind", OVERRIDABLE)
@pytest.mark.parametrize("result", ["one", "several", "none", "empty"])
async def test_every_kind_of_item_can_be_converted_by_the_app(kind: type[Any], result: str) -> None:
    """python-sdk.md §8.6: by one input, by several, by none"""
    made = {"one": user("own"), "several": [user("own"), user("more")], "none": None, "empty": []}[result]
    asked: list[Any] = []

    async def own(self: Any, renamed: Any, *more: Any) -> Any:
        asked.append(renamed)
        return made

    converter = type("Own", (ThreadItemConverter,), {OVERRIDABLE[kind]: own})()
    items = [item for item in every_kind_of_item("thr_1") if type(item) is kind]
    assert items, f"there is no {kind.__name__} among the samples"
    expected = made if isinstance(made, list) else [made] if made else []
    assert await inputs(items[0], converter) == expected
    assert asked == [items[0]]


async def test_an_override_for_hidden_context_gives_the_bare_string() -> None:
    """C-10: as the sample apps do it"""

    class Bare(ThreadItemConverter):
        async def hidden_context_to_input(self, item: HiddenContextItem) -> Any:
            return user(str(item.content))

    assert await inputs(HiddenContextItem(**HERE, content={"a": 1}), Bare()) == [user("{'a': 1}")]


async def test_the_default_converter_is_one_call() -> None:
    """python-sdk.md §8.6: `simple_to_agent_input`, for one item and for several, returns an awaitable"""
    waiting = simple_to_agent_input(said("One"))
    assert hasattr(waiting, "__await__")
    assert await waiting == [user("One")]
    assert await simple_to_agent_input([said("One"), EndOfTurnItem(**HERE)]) == [user("One")]
    with pytest.raises(NotImplementedError):
        await simple_to_agent_input(said(tag("Ada")))
