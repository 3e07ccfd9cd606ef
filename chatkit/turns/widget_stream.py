"""Widgets over time: what changed between two states, and a stream of states as events (python-sdk.md §7.1)."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from copy import deepcopy
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
from chatkit.widgets.rendered import as_json

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
    was, now = as_json(before), as_json(after)
    try:
        if was is not None and now is not None:
            _compare(was, now, deltas)
        else:
            # What the app has not looked into stays as it is, for the next comparison.
            _walk(
                before if was is None else deepcopy(before), after if now is None else deepcopy(after), deltas
            )
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
        elif name == "value":
            deltas.append(_growth(was, new))
        else:
            raise _Different


def _growth(was: Any, component: dict[str, Any]) -> WidgetStreamingTextValueDelta:
    """What has come to the `value` of a component."""
    id, value = component.get("id"), component["value"]
    if component["type"] not in STREAMING_TEXT or not id or not isinstance(was, str):
        raise _Different
    if not isinstance(value, str) or not value.startswith(was):
        raise _Different
    done = not component.get("streaming")
    return WidgetStreamingTextValueDelta(component_id=id, delta=value[len(was) :], done=done)


def _compare(old: dict[str, Any], new: dict[str, Any], deltas: list[WidgetStreamingTextValueDelta]) -> None:
    """The same as `_walk`, of widgets that are still JSON. Whatever is equal is passed over by `==` alone."""
    if len(old) != len(new):
        raise _Different
    for name, value in new.items():
        was = old.get(name)
        if name == "children" and isinstance(was, list) and isinstance(value, list):
            befores, afters = cast("list[Any]", was), cast("list[Any]", value)
            if len(befores) != len(afters):
                raise _Different
            for before, after in zip(befores, afters, strict=True):
                if before != after:
                    _compare(before, after, deltas)
        elif was == value:
            continue
        elif name == "children" and isinstance(was, dict) and isinstance(value, dict):
            _compare(cast("dict[str, Any]", was), cast("dict[str, Any]", value), deltas)
        elif name == "value":
            deltas.append(_growth(was, new))
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
