"""The demo's server: a model through the OpenAI Agents SDK, or the scripted words."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from chatkit.demo.asking import answered, asking
from chatkit.demo.models import DemoModel
from chatkit.demo.saying import saying
from chatkit.demo.showcase import LONG_PROMPT, asks_back, is_scripted, scripted_words, shows_work
from chatkit.demo.staged import staged
from chatkit.errors import CustomStreamError
from chatkit.server import ChatKitServer
from chatkit.store import AttachmentStore, Store
from chatkit.store.objects import ObjectAttachmentStore
from chatkit.types import (
    AudioInput,
    StructuredInputItem,
    ThreadItem,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageItem,
)

Events = AsyncGenerator[ThreadStreamEvent, None]

INSTRUCTIONS = "You are a helpful assistant."
"""The words the local model was tuned on: with others it loses its language."""

REMEMBERED = 10
"""Newest items the model is shown; a small model has a small memory."""

TITLE_LENGTH = 48

WORK_TOOL, LONG_TOOL = "search", "write"
"""The ids of the tools that the page offers."""

SCRIPTED_MODEL = "scripted"
"""The id of the model that is none."""

HEARD = "(The demo cannot understand speech. It was sent {kib} KiB of {kind}.)"


@dataclass(frozen=True)
class Visitor:
    """Who is talking: a random id from a signed cookie."""

    id: str


class DemoServer(ChatKitServer[Visitor]):
    """Answers with the chosen model.

    Args:
        store: Where conversations are kept.
        model: What answers.
        files: Where uploads are kept; without it there are none.
    """

    def __init__(
        self,
        store: Store[Visitor],
        model: DemoModel,
        files: AttachmentStore[Visitor] | None = None,
    ) -> None:
        super().__init__(store, files)
        self.model = model

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Visitor
    ) -> Events:
        said = words_of(input_user_message)
        if thread.title is None and input_user_message is not None:
            named = [one.name for one in input_user_message.attachments]
            thread.title = title_from(said or ", ".join(named)) or None
        tool, model = choices_of(input_user_message)
        form = None if input_user_message else await self._form(thread, context)
        if form is not None:
            events = answered(form, thread, self.store, context)
        elif asks_back(said):
            events = asking(thread, self.store, context)
        elif shows_work(said) or tool == WORK_TOOL:
            events = staged(thread, self.store, context)
        elif tool == LONG_TOOL:
            events = saying(scripted_words(LONG_PROMPT, ""), thread, self.store, context)
        elif self.model.kind == "showcase" or model == SCRIPTED_MODEL or is_scripted(said):
            events = saying(scripted_words(said, files_of(input_user_message)), thread, self.store, context)
        else:
            events = self._answered(thread, context)
        async with aclosing(events):
            async for event in events:
                yield event

    async def _form(self, thread: ThreadMetadata, context: Visitor) -> StructuredInputItem | None:
        """The questions that the newest item is, answered by now."""
        page = await self.store.load_thread_items(thread.id, None, 1, "desc", context)
        newest = page.data[0] if page.data else None
        return newest if isinstance(newest, StructuredInputItem) else None

    async def transcribe(self, audio_input: AudioInput, context: Visitor) -> TranscriptionResult:
        kib = max(1, len(audio_input.data) >> 10)
        return TranscriptionResult(text=HEARD.format(kib=kib, kind=audio_input.media_type))

    async def _answered(self, thread: ThreadMetadata, context: Visitor) -> Events:
        # Imported here: the showcase, and the first page, need not wait for the SDK.
        import openai
        from agents import Runner

        from chatkit.agents import AgentContext, stream_agent_response

        page = await self.store.load_thread_items(thread.id, None, REMEMBERED, "desc", context)
        history = from_a_question(page.data[::-1])
        agent_context = AgentContext[Visitor](thread=thread, store=self.store, request_context=context)
        told = await self._converter(context).to_agent_input(history)
        run = Runner.run_streamed(self._agent(), told, context=agent_context)
        try:
            async with aclosing(stream_agent_response(agent_context, run)) as events:
                async for event in events:
                    yield event
        except openai.APIConnectionError as error:
            raise CustomStreamError(
                f"The model server at {self.model.base_url or 'its provider'} does not answer. "
                "Start it again, then try once more.",
                allow_retry=True,
            ) from error
        except openai.AuthenticationError as error:
            raise CustomStreamError("The model server refused the key in OPENAI_API_KEY.") from error
        except openai.APIStatusError as error:
            raise CustomStreamError(
                f"The model server answered with status {error.status_code}: {error.message}",
                allow_retry=True,
            ) from error

    def _converter(self, context: Visitor) -> Any:
        from chatkit.demo.converter import Files, FilesForTheLocalModel, Mentions

        if not isinstance(self.attachment_store, ObjectAttachmentStore):
            return Mentions()
        kind = FilesForTheLocalModel if self.model.kind == "local" else Files
        return kind(self.attachment_store, context)

    def _agent(self) -> Any:
        from agents import (
            Agent,
            ModelSettings,
            OpenAIChatCompletionsModel,
            OpenAIResponsesModel,
            set_tracing_disabled,
        )
        from openai import AsyncOpenAI

        set_tracing_disabled(True)  # traces would leave the machine
        client = AsyncOpenAI(base_url=self.model.base_url, api_key=self.model.api_key, max_retries=0)
        kind = OpenAIResponsesModel if self.model.kind == "provider" else OpenAIChatCompletionsModel
        settings = (
            ModelSettings(max_tokens=700, temperature=0.2, top_p=0.9)
            if self.model.kind == "local"
            else ModelSettings()
        )
        model = kind(model=self.model.name, openai_client=client)
        return Agent(name="Assistant", instructions=INSTRUCTIONS, model=model, model_settings=settings)


def words_of(message: UserMessageItem | None) -> str:
    """What a person said, as plain text."""
    return "" if message is None else "".join(part.text for part in message.content).strip()


def choices_of(message: UserMessageItem | None) -> tuple[str | None, str | None]:
    """The ids of the tool and the model that were chosen for a message."""
    if message is None:
        return None, None
    chosen = message.inference_options
    return chosen.tool_choice.id if chosen.tool_choice else None, chosen.model


def files_of(message: UserMessageItem | None) -> str:
    """The names of the files that came with a message, as Markdown."""
    names = [] if message is None else [f"`{one.name.replace('`', '_')}`" for one in message.attachments]
    return ", ".join(names)


def title_from(said: str) -> str:
    """A thread's title: the first words that were said."""
    line = " ".join(said.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def from_a_question(items: list[ThreadItem]) -> list[ThreadItem]:
    """The items from the first question on: a model confused by half a dialogue starts to make things up."""
    first = next((place for place, item in enumerate(items) if isinstance(item, UserMessageItem)), 0)
    return items[first:]
