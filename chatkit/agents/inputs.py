"""Items of a thread → what the model reads. Every method may be overridden; each returns one item, a list, nothing."""

import json
from collections.abc import Awaitable, Sequence
from typing import Any, cast

from agents import TResponseInputItem
from typing_extensions import assert_never

from chatkit.agents import text
from chatkit.agents.answers import let_chat_completions_read_answers
from chatkit.types import (
    AssistantMessageItem,
    Attachment,
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

Input = TResponseInputItem | list[TResponseInputItem] | None
"""What one item becomes."""


def _user(*parts: Any) -> TResponseInputItem:
    content = [{"type": "input_text", "text": part} if isinstance(part, str) else part for part in parts]
    return cast("TResponseInputItem", {"type": "message", "role": "user", "content": content})


class ThreadItemConverter:
    """Turns items into model input (python-sdk.md §8.6)."""

    async def to_agent_input(
        self, thread_items: Sequence[ThreadItem] | ThreadItem
    ) -> list[TResponseInputItem]:
        """The items, oldest first, as model input.

        Args:
            thread_items: One item or several; they are not changed.
        """
        items = list(thread_items) if isinstance(thread_items, Sequence) else [thread_items]
        inputs: list[TResponseInputItem] = []
        for place, item in enumerate(items):
            made = await self._convert(item, is_last=place == len(items) - 1)
            inputs += made if isinstance(made, list) else [made] if made else []
        return inputs

    async def attachment_to_message_content(self, attachment: Attachment) -> Any:
        """An attachment as a content part (`input_image`, `input_file`, …).

        Raises:
            NotImplementedError: Unless overridden: only the app knows where the bytes are.
        """
        raise NotImplementedError(f"{type(self).__name__} must override attachment_to_message_content()")

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> Any:
        """What an @-mention stands for, as a content part.

        Raises:
            NotImplementedError: Unless overridden: only the app knows what is tagged.
        """
        raise NotImplementedError(f"{type(self).__name__} must override tag_to_message_content()")

    async def user_message_to_input(self, item: UserMessageItem, is_last_message: bool = True) -> Input:
        """What a person said, then what they quoted, then what their tags stand for (C-1…C-3)."""
        said = "".join(f"@{p.text}" if isinstance(p, UserMessageTagContent) else p.text for p in item.content)
        files = [await self.attachment_to_message_content(attachment) for attachment in item.attachments]
        inputs = [_user(said, *files)]
        if item.quoted_text and is_last_message:
            inputs.append(_user(text.QUOTE.format(quote=item.quoted_text)))
        tags: dict[str, UserMessageTagContent] = {}
        for part in item.content:
            if isinstance(part, UserMessageTagContent):
                tags.setdefault(part.text, part)
        if tags:
            meanings = [await self.tag_to_message_content(tag) for tag in tags.values()]
            inputs.append(_user(text.TAGS, *meanings))
        return inputs

    async def assistant_message_to_input(self, item: AssistantMessageItem) -> Input:
        """What the assistant said, without its annotations (C-4)."""
        let_chat_completions_read_answers()
        content: list[dict[str, Any]] = [
            {"type": "output_text", "text": part.text, "annotations": [], "logprobs": None}
            for part in item.content
        ]
        return cast("TResponseInputItem", {"type": "message", "role": "assistant", "content": content})

    async def client_tool_call_to_input(self, item: ClientToolCallItem) -> Input:
        """A call and its output; nothing while it is pending (C-5)."""
        if item.status == "pending":
            return None
        call = {
            "type": "function_call",
            "call_id": item.call_id,
            "name": item.name,
            "arguments": json.dumps(item.arguments),
        }
        output = {"type": "function_call_output", "call_id": item.call_id, "output": json.dumps(item.output)}
        return cast("list[TResponseInputItem]", [call, output])

    async def widget_to_input(self, item: WidgetItem) -> Input:
        """That a widget was shown, and which (C-6)."""
        shown = item.widget.model_dump_json(exclude_unset=True, exclude_none=True)
        return _user(text.WIDGET.format(id=item.id, json=shown))

    async def task_to_input(self, item: TaskItem) -> Input:
        """That a task was done; nothing unless it is a custom one with words (C-7)."""
        return _task(item.task)

    async def workflow_to_input(self, item: WorkflowItem) -> Input:
        """One message for each of its tasks that has words (C-7)."""
        return [made for made in map(_task, item.workflow.tasks) if made]

    async def structured_input_to_input(self, item: StructuredInputItem) -> Input:
        """What was asked, and what was answered (C-8)."""
        lines: list[str] = []
        for question in item.inputs:
            answer = question.answer
            said = (
                "unanswered" if answer is None else "skipped" if answer.skipped else ", ".join(answer.values)
            )
            lines.append(f"- {question.question}: {said}")
        return _user(text.STRUCTURED_INPUT.format(status=item.status, answers="\n".join(lines)))

    async def generated_image_to_input(self, item: GeneratedImageItem) -> Input:
        """The picture that was made (C-9)."""
        if item.image is None:
            return None
        return _user(text.IMAGE, {"type": "input_image", "detail": "auto", "image_url": item.image.url})

    async def hidden_context_to_input(self, item: HiddenContextItem) -> Input:
        """What the app told the model behind the scenes (C-10).

        Raises:
            NotImplementedError: If the content is not a string; override the method for that.
        """
        if not isinstance(item.content, str):
            raise NotImplementedError(
                f"hidden context {item.id!r} is not a string: override hidden_context_to_input() to convert it"
            )
        return _user(text.HIDDEN.format(content=item.content))

    async def sdk_hidden_context_to_input(self, item: SDKHiddenContextItem) -> Input:
        """What ChatKit told the model behind the scenes (C-10)."""
        return _user(text.HIDDEN.format(content=item.content))

    async def end_of_turn_to_input(self, item: EndOfTurnItem) -> Input:
        """Nothing."""
        return None

    async def _convert(self, item: ThreadItem, *, is_last: bool) -> Input:
        match item:
            case UserMessageItem():
                return await self.user_message_to_input(item, is_last)
            case AssistantMessageItem():
                return await self.assistant_message_to_input(item)
            case ClientToolCallItem():
                return await self.client_tool_call_to_input(item)
            case WidgetItem():
                return await self.widget_to_input(item)
            case GeneratedImageItem():
                return await self.generated_image_to_input(item)
            case StructuredInputItem():
                return await self.structured_input_to_input(item)
            case TaskItem():
                return await self.task_to_input(item)
            case WorkflowItem():
                return await self.workflow_to_input(item)
            case EndOfTurnItem():
                return await self.end_of_turn_to_input(item)
            case HiddenContextItem():
                return await self.hidden_context_to_input(item)
            case SDKHiddenContextItem():
                return await self.sdk_hidden_context_to_input(item)
            case _:
                assert_never(item)


def _task(task: Any) -> TResponseInputItem | None:
    if not isinstance(task, CustomTask) or not (task.title or task.content):
        return None
    words = ": ".join(part for part in (task.title, task.content) if part)
    return _user(text.TASK.format(task=words))


_DEFAULT = ThreadItemConverter()


def simple_to_agent_input(
    thread_items: Sequence[ThreadItem] | ThreadItem,
) -> Awaitable[list[TResponseInputItem]]:
    """Items as model input, by the default rules: for apps without tags and attachments."""
    return _DEFAULT.to_agent_input(thread_items)
