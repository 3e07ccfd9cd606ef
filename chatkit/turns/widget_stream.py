"""Widgets over time: what changed between two states, and a stream of states as events (python-sdk.md §7.1)."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import datetime
from typing import Any, cast

from chatkit.clock import now
from chatkit.store.ids import StoreItemType, default_generate_id
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetComponentUpdated,
    WidgetItem,
    WidgetRoot,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
)

STREAMING_TEXT = ("Text", "Markdown")
"""Components whose `value` may grow by deltas."""


class _Different(Exception):  # noqa: N818 (not an error: the walk is over)
    """The states differ in more than text that grew."""


def diff_widget(
    before: WidgetRoot, after: WidgetRoot
) -> list[WidgetStreamingTextValueDelta | WidgetRootUpdated | WidgetComponentUpdated]:
    """The updates that lead from one state of a widget to the next (DW-1…7).

    Text that only grew, in `Text` or `Markdown` nodes with an `id`, becomes one delta each; everything else is one
    update of the whole root. Subtrees that both states share are not looked into.
    """
    deltas: list[WidgetStreamingTextValueDelta] = []
    try:
        _walk(before, after, deltas)
    except _Different:
        return [WidgetRootUpdated(widget=after)]
    return list(deltas)


def _props(node: Any) -> dict[str, Any]:
    """What has been set on a component, dynamic props included; nulls are as good as absent."""
    props: dict[str, Any] = {**vars(node), **(node.model_extra or {})}
    return {name: value for name, value in props.items() if value is not None}


def _walk(before: Any, after: Any, deltas: list[WidgetStreamingTextValueDelta]) -> None:
    if before is after:
        return
    if type(before) is type(after):
        olds, news = before.__dict__, after.__dict__
        was, now = olds.get("children"), news.get("children")
        if was is not None and now is not None:
            olds, news = {**olds, "children": None}, {**news, "children": None}
        # Components that are alike in all but their children need no look at each prop.
        if olds == news and (before.__pydantic_extra__ or None) == (after.__pydantic_extra__ or None):
            if was is not None:
                _walk_children(was, now, deltas)
            return
    old, new = _props(before), _props(after)
    if before.type != after.type or old.keys() != new.keys():
        raise _Different
    for name, value in new.items():
        was = old[name]
        if name == "children":
            _walk_children(was, value, deltas)
        elif was == value:
            continue
        elif name == "value" and after.type in STREAMING_TEXT and new.get("id") and value.startswith(was):
            done = not new.get("streaming")
            deltas.append(
                WidgetStreamingTextValueDelta(component_id=new["id"], delta=value[len(was) :], done=done)
            )
        else:
            raise _Different


def _walk_children(before: Any, after: Any, deltas: list[WidgetStreamingTextValueDelta]) -> None:
    if not isinstance(before, list) or not isinstance(after, list):
        if isinstance(before, list) or isinstance(after, list):
            raise _Different
        _walk(before, after, deltas)  # the one child of a Transition (DW-7b)
        return
    olds, news = cast("list[Any]", before), cast("list[Any]", after)
    if len(olds) != len(news):
        raise _Different
    for old, new in zip(olds, news, strict=True):
        if old is not new:
            _walk(old, new, deltas)


async def stream_widget(
    thread: ThreadMetadata,
    widget: WidgetRoot | AsyncIterator[WidgetRoot],
    copy_text: str | None = None,
    generate_id: Callable[[StoreItemType], str] = default_generate_id,
) -> AsyncIterator[ThreadStreamEvent]:
    """A widget as events: one for a finished widget; added, updates and done for states over time (SW-1…6).

    Args:
        thread: The thread it appears in.
        widget: The widget, or an async iterator of its states, first to last.
        copy_text: What the copy button of the turn copies for it.
        generate_id: Makes the item's id; called once, with `"message"`.
    """
    id, created_at = generate_id("message"), now()
    if not isinstance(widget, AsyncIterator):
        yield ThreadItemDoneEvent(item=_item(id, thread, created_at, widget, copy_text))
        return
    try:
        state: WidgetRoot | None = None
        async for newer in widget:
            if state is None:
                yield ThreadItemAddedEvent(item=_item(id, thread, created_at, newer, copy_text))
            else:
                for update in diff_widget(state, newer):
                    yield ThreadItemUpdatedEvent(item_id=id, update=update)
            state = newer
    finally:
        if isinstance(widget, AsyncGenerator):
            await widget.aclose()
    if state is not None:
        yield ThreadItemDoneEvent(item=_item(id, thread, created_at, state, copy_text))


def _item(
    id: str, thread: ThreadMetadata, created_at: datetime, widget: WidgetRoot, copy_text: str | None
) -> WidgetItem:
    return WidgetItem(id=id, thread_id=thread.id, created_at=created_at, widget=widget, copy_text=copy_text)
