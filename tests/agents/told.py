"""What the model is told: items to convert, and the messages that are expected of them."""

from collections.abc import Sequence
from typing import Any, cast

from chatkit.agents import ThreadItemConverter
from chatkit.types import (
    InferenceOptions,
    Task,
    TaskItem,
    ThreadItem,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
)
from tests.agents.scene import START

HERE: dict[str, Any] = {"id": "it_1", "thread_id": "thr_1", "created_at": START}


def words(text: str) -> dict[str, str]:
    return {"type": "input_text", "text": text}


def user(*parts: str | dict[str, Any]) -> dict[str, Any]:
    """A message of the person, as the model gets it."""
    content = [words(part) if isinstance(part, str) else part for part in parts]
    return {"type": "message", "role": "user", "content": content}


def tag(text: str, id: str | None = None, **data: Any) -> UserMessageTagContent:
    return UserMessageTagContent(id=id or text.lower(), text=text, data=data)


def said(*parts: str | UserMessageTagContent, **more: Any) -> UserMessageItem:
    content = [UserMessageTextContent(text=part) if isinstance(part, str) else part for part in parts]
    return UserMessageItem(**HERE, content=content, inference_options=InferenceOptions(), **more)


def task(of: Task) -> TaskItem:
    return TaskItem(**HERE, task=of)


def task_message(what: str) -> dict[str, Any]:
    return user(
        f"A message was displayed to the user that the following task was performed:\n<Task>\n{what}\n</Task>"
    )


def hidden_message(what: str) -> dict[str, Any]:
    return user(
        f"Hidden context for the agent (not shown to the user):\n<HiddenContext>\n{what}\n</HiddenContext>"
    )


class Resolving(ThreadItemConverter):
    """Knows what tags and attachments stand for, as an app does."""

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> Any:
        return words(f"{tag.text} is {tag.data.get('is', tag.id)}")

    async def attachment_to_message_content(self, attachment: Any) -> Any:
        return {"type": "input_file", "filename": attachment.name, "file_data": "data:,x"}


async def inputs(
    items: Sequence[ThreadItem] | ThreadItem, converter: ThreadItemConverter | None = None
) -> list[Any]:
    return cast("list[Any]", await (converter or ThreadItemConverter()).to_agent_input(items))
