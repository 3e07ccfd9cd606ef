"""Mistakes of upstream and its peers around the Agents SDK, each by its number in the list of demands."""

import ast
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from agents import (
    GuardrailFunctionOutput,
    InputGuardrailTripwireTriggered,
    OutputGuardrailTripwireTriggered,
    input_guardrail,
    output_guardrail,
)
from openai.types.responses import ResponseOutputTextAnnotationAddedEvent
from openai.types.responses.response_output_text import AnnotationFileCitation, AnnotationURLCitation
from pydantic import BaseModel

import chatkit
from chatkit.agents import AgentContext, stream_agent_response
from chatkit.errors import CustomStreamError
from chatkit.server import ChatKitServer
from chatkit.store import MemoryStore
from chatkit.testing import collect_events
from chatkit.types import (
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageItem,
    ErrorEvent,
    ThreadItemAddedEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)
from tests.agents.conftest import MakeAgent
from tests.agents.scene import (
    AgentServer,
    added,
    by_hand,
    delta,
    done,
    done_items,
    message,
    part_added,
    said,
    text_of,
    words,
)
from tests.modelserver import ModelServer, Says

PACKAGE = Path(chatkit.__file__).parent

# --- P15


def _imported_names(file: Path) -> list[str]:
    """Everything that a file imports, as `module.name`."""
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def test_no_import_names_a_private_part_of_a_model_sdk() -> None:
    """P15"""
    names = [name for file in PACKAGE.rglob("*.py") for name in _imported_names(file)]
    theirs = [name for name in names if name.split(".")[0] in ("agents", "openai")]
    assert "agents.RunResultStreaming" in theirs, "the search finds what there is"
    assert [name for name in theirs if any(part.startswith("_") for part in name.split("."))] == []


WITHOUT_HOOKS = """
import asyncio, datetime, sys
import agents
import agents.models.chatcmpl_converter as converter
import agents.models.openai_responses, agents.models.openai_chatcompletions
hooks = 0
for name, module in list(sys.modules.items()):
    if name.startswith("agents.models."):
        for hook in [hook for hook in vars(module) if hook.endswith("HEADERS_OVERRIDE")]:
            delattr(module, hook)
            hooks += 1
del converter.Converter
import chatkit.agents
from chatkit.server import agents_sdk_user_agent_override
from chatkit.types import AssistantMessageContent, AssistantMessageItem
with agents_sdk_user_agent_override():
    said = AssistantMessageItem(
        id="m", thread_id="t", created_at=datetime.datetime.now(), content=[AssistantMessageContent(text="x")]
    )
    (made,) = asyncio.run(chatkit.agents.simple_to_agent_input(said))
print(hooks > 0, made["content"][0]["text"])
"""


def test_importing_works_without_the_sdks_hooks() -> None:
    """P15: in a process of its own, where every warning is an error"""
    run = subprocess.run([sys.executable, "-W", "error", "-c", WITHOUT_HOOKS], capture_output=True, text=True)
    assert (run.stdout, run.stderr) == ("True x\n", "")


class NotAVariable:
    """Where the hook used to be: enough for the SDK, and not what we know."""

    def get(self) -> None:
        return None


async def test_a_turn_works_when_the_hook_has_become_something_else(
    model: ModelServer, agent_by_api: MakeAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P15: only the name in the User-Agent is lost"""
    for name, module in list(sys.modules.items()):
        if name.startswith("agents.models."):
            for hook in [hook for hook in vars(module) if hook.endswith("HEADERS_OVERRIDE")]:
                monkeypatch.setattr(module, hook, NotAVariable())
    model.will(Says("Hi"))
    (item,) = done_items(await AgentServer(agent_by_api()).say("Hi"))
    assert text_of(item) == "Hi"
    assert "ChatKit" not in model.seen[0].headers["user-agent"]


# --- P19


class Explaining(AgentServer):
    """Tells the reader why, in the words of the guardrail."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        try:
            async with aclosing(super().respond(thread, input_user_message, context)) as events:
                async for event in events:
                    yield event
        except (InputGuardrailTripwireTriggered, OutputGuardrailTripwireTriggered) as tripped:
            reason: Any = tripped.guardrail_result.output.output_info
            raise CustomStreamError(f"Not here: {reason}.", allow_retry=False) from tripped


@output_guardrail
async def no_secrets(context: Any, agent: Any, output: Any) -> GuardrailFunctionOutput:
    return GuardrailFunctionOutput(output_info="no secrets", tripwire_triggered=True)


async def test_an_app_says_why_an_output_guardrail_tripped(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """P19: the answer is taken back, and the last thing the reader gets is the reason, not the generic error"""
    model.will(Says(["The code ", "is 1234."]))
    server = Explaining(agent_by_api(output_guardrails=[no_secrets]))
    events = await server.say("Tell me")
    assert events[-1] == ErrorEvent(code="custom", message="Not here: no secrets.", allow_retry=False)
    assert [type(event) for event in events].count(ThreadItemRemovedEvent) == 1
    assert [item.type for item in await server.kept()] == ["user_message"]


async def test_an_app_says_why_an_input_guardrail_tripped(
    model: ModelServer, agent_by_api: MakeAgent
) -> None:
    """P19: the guardrail ran beside the model; the question stays, so that it can be put differently"""

    @input_guardrail
    async def no_questions(context: Any, agent: Any, input: Any) -> GuardrailFunctionOutput:
        while not (model.seen and model.seen[0].finished.is_set()):  # noqa: ASYNC110 (set from another thread)
            await anyio.sleep(0.005)
        return GuardrailFunctionOutput(output_info="no questions about this", tripwire_triggered=True)

    model.will(Says(["Well, ", "the code is 1234."]))
    server = Explaining(agent_by_api(input_guardrails=[no_questions]))
    *before, last = await server.say("Tell me")
    reason = "Not here: no questions about this."
    assert last == ErrorEvent(code="custom", message=reason, allow_retry=False)
    shown = {event.item.id for event in before if isinstance(event, ThreadItemAddedEvent)}
    assert shown == {event.item_id for event in before if isinstance(event, ThreadItemRemovedEvent)}
    assert [item.type for item in await server.kept()] == ["user_message"]


# --- P20


URL = {
    "type": "url_citation",
    "url": "https://example.org",
    "title": "Ex",
    "start_index": 0,
    "end_index": 4,
}
FILE = {"type": "file_citation", "file_id": "f", "filename": "a.pdf", "index": 2}


def typed(fields: dict[str, Any]) -> Any:
    kinds: dict[str, Any] = {"url_citation": AnnotationURLCitation, "file_citation": AnnotationFileCitation}
    return kinds[fields["type"]](**fields)


class ForeignURL(BaseModel):
    """A class of another release or another client, of the same shape."""

    type: str
    url: str
    title: str
    start_index: int
    end_index: int


@dataclass
class ForeignFile:
    """The same, and no pydantic model at all."""

    type: str
    file_id: str
    filename: str
    index: int


def foreign(fields: dict[str, Any]) -> Any:
    return (ForeignURL if fields["type"] == "url_citation" else ForeignFile)(**fields)


def bare(fields: dict[str, Any]) -> Any:
    return SimpleNamespace(**fields)


class ByHandServer(ChatKitServer[str]):
    """Answers with a run whose events are given."""

    def __init__(self, *script: Any) -> None:
        super().__init__(MemoryStore[str](owner=lambda who: who))
        self.script = script

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: str
    ) -> AsyncGenerator[ThreadStreamEvent, None]:
        agents_context = AgentContext[str](thread=thread, store=self.store, request_context=context)
        async for event in stream_agent_response(agents_context, by_hand(*self.script)):
            yield event


@pytest.mark.parametrize("shape", [dict, typed, foreign, bare])
async def test_a_citation_of_any_class_reaches_the_reader_and_the_store(shape: Any) -> None:
    """P20: over the wire and back, while it streams and when it is done"""
    cited = [shape(URL), shape(FILE)]
    server = ByHandServer(
        added(message("m")),
        part_added("m", words("")),
        delta("m", "Text"),
        *[
            ResponseOutputTextAnnotationAddedEvent.model_construct(
                type="response.output_text.annotation.added",
                item_id="m",
                output_index=0,
                content_index=0,
                annotation_index=place,
                annotation=citation,
                sequence_number=0,
            )
            for place, citation in enumerate(cited)
        ],
        done(message("m", words("Text", cited))),
    )
    events = await collect_events(server, said("Cite"), "ada")
    assert not [event for event in events if isinstance(event, ErrorEvent)]
    updates = [event.update for event in events if isinstance(event, ThreadItemUpdatedEvent)]
    streamed = [up.annotation for up in updates if isinstance(up, AssistantMessageContentPartAnnotationAdded)]
    item = done_items(events)[-1]
    assert isinstance(item, AssistantMessageItem)
    assert [(note.source.type, note.source.title, note.index) for note in streamed] == [
        ("url", "Ex", 4),
        ("file", "a.pdf", 2),
    ]
    assert item.content[0].annotations == streamed
    stored = await server.store.load_item(item.thread_id, item.id, "ada")
    assert isinstance(stored, AssistantMessageItem)
    assert stored.content == item.content
