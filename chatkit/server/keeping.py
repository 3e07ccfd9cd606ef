"""What of an unfinished answer is worth keeping."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from chatkit.types import AssistantMessageItem, GeneratedImageItem, ThreadItem, WidgetItem, WorkflowItem

_with_drawings: ContextVar[bool] = ContextVar("chatkit_saves_drawings", default=False)


def worth_keeping(item: ThreadItem) -> bool:
    """Whether a stopped turn's pending item is saved (S-21; with `resume` also what was drawn, extensions.md §2.3)."""
    match item:
        case AssistantMessageItem():
            return any(part.text.strip() for part in item.content)
        case WidgetItem():
            return _with_drawings.get()
        case WorkflowItem():
            return _with_drawings.get() and bool(item.workflow.tasks or item.workflow.summary)
        case GeneratedImageItem():
            return _with_drawings.get() and item.image is not None
        case _:
            return False


@contextmanager
def drawings_too() -> Generator[None]:
    """While active, widgets, workflows and pictures are worth keeping."""
    token = _with_drawings.set(True)
    try:
        yield
    finally:
        _with_drawings.reset(token)


def worth_keeping_all(items: Sequence[ThreadItem]) -> list[ThreadItem]:
    """Those that a turn leaves behind whose readers may come back."""
    with drawings_too():
        return [item for item in items if worth_keeping(item)]
