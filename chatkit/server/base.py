"""ChatKitServer: subclass it, write `respond()`, and hand `process()` what the browser posts."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import cached_property, partial
from secrets import token_hex
from types import TracebackType
from typing import Any, Generic

from typing_extensions import Self

from chatkit.clock import now
from chatkit.errors import UnavailableError
from chatkit.logger import logger
from chatkit.relay.base import Relay, Standing, TurnName
from chatkit.server import queries, resuming
from chatkit.server.checkpoints import Checkpoints
from chatkit.server.keeping import worth_keeping
from chatkit.server.numbered import NumberedFrames
from chatkit.server.results import FRAMES, Frames, NonStreamingResult, StreamingResult
from chatkit.server.sweeping import Sweeping
from chatkit.server.user_agent import agents_sdk_user_agent_override
from chatkit.store.base import AttachmentStore, Store, TContext
from chatkit.turns.contracts import TurnHooks
from chatkit.turns.opening import open_turn, thread_id_of
from chatkit.turns.places import OnBusy, Place, TurnPlaces
from chatkit.turns.runner import Turn
from chatkit.turns.saving import save_title
from chatkit.types import (
    Action,
    Attachment,
    AudioInput,
    FeedbackKind,
    SDKHiddenContextItem,
    StartingReq,
    StreamOptions,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadMetadata,
    ThreadsAttachReq,
    ThreadsCreateReq,
    ThreadStreamEvent,
    ThreadsWatchReq,
    TranscriptionResult,
    UserMessageItem,
    WidgetItem,
    is_streaming_req,
    parse_request,
)

DEFAULT_ERROR_MESSAGE = "The answer could not be completed."
"""A sentence for apps that want one; the wire carries codes, and the browser its own words."""

CANCEL_NOTE = "The user cancelled the stream. Stop responding to the prior request."
"""What the model is told after a stop. Compatibility fixes the words (S-22)."""


class ChatKitServer(ABC, Generic[TContext]):
    """Serves a chat: every operation of the protocol, one turn per thread at a time.

    Args:
        store: Where threads and items are kept.
        attachment_store: Where the bytes of attachments are kept; without one there are no attachments.
        relay: Keeps turns running when their readers leave, and lets them come back. None: a turn ends with its
            reader, as upstream's do. `create_app` and `create_router` give a server that has none a `MemoryRelay`.
        on_busy: What a second turn on a busy thread meets: `"reject"` (409 `thread_busy`), `"queue"` or `"cancel"`,
            which cancels the running one (extensions.md §2.4).
        grace: Seconds that a turn may take to save when its reader has left, and to finish at shutdown.

    Raises:
        ValueError: If `on_busy` is not one of the three, or `grace` is not positive.
    """

    # For apps whose own `__init__` sets the store and nothing else, which upstream's class lets them do.
    attachment_store: AttachmentStore[TContext] | None = None
    relay: Relay | None = None
    on_busy: OnBusy = "reject"
    grace: float = 10

    def __init__(
        self,
        store: Store[TContext],
        attachment_store: AttachmentStore[TContext] | None = None,
        *,
        relay: Relay | None = None,
        on_busy: OnBusy = "reject",
        grace: float = 10,
    ) -> None:
        if on_busy not in ("reject", "queue", "cancel"):
            raise ValueError(f'on_busy: expected "reject", "queue" or "cancel", got {on_busy!r}')
        if grace <= 0:
            raise ValueError(f"grace: expected a positive number of seconds, got {grace!r}")
        self.store = store
        self.attachment_store = attachment_store
        self.relay = relay
        self.on_busy = on_busy
        self.grace = grace

    @cached_property
    def _places(self) -> TurnPlaces:
        def elsewhere(
            place: Place, turn_id: str, on_busy: OnBusy, turn: Standing
        ) -> AbstractAsyncContextManager[None] | None:
            owner, thread_id = place
            return self.relay and self.relay.place(owner, thread_id, turn_id, on_busy, turn)

        return TurnPlaces(elsewhere)

    @cached_property
    def _hooks(self) -> TurnHooks[TContext]:
        """What a turn asks of the app that ends with its reader: the same for all of them."""
        return TurnHooks(
            stream_options=lambda thread, context: self.get_stream_options(thread, context),
            cancelled=lambda thread, pending, context: self.handle_stream_cancelled(thread, pending, context),
            present=lambda item, context: self.present_item(item, context),
            around=agents_sdk_user_agent_override,
        )

    _entered = False

    @cached_property
    def _sweeping(self) -> Sweeping:
        return Sweeping(self)

    @abstractmethod
    def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: TContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Answer. Usually an async generator of events.

        Args:
            thread: The thread; changes to its title, status, picture domains and metadata are saved and sent.
            input_user_message: What was said; None after a client tool call or a structured input.
            context: The app's per-request value.
        """

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: TContext
    ) -> None:
        """Take a person's thumbs for the items of a turn. Does nothing unless overridden."""

    async def transcribe(self, audio_input: AudioInput, context: TContext) -> TranscriptionResult:
        """Turn speech into text.

        Raises:
            NotImplementedError: Unless overridden.
        """
        raise NotImplementedError(f"{type(self).__name__} must override transcribe() to support dictation")

    def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Carry out an action of a widget (or of the page, then `sender` is None) as a stream of events.

        Raises:
            NotImplementedError: Unless overridden.
        """
        raise NotImplementedError(f"{type(self).__name__} must override action() to support actions")

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: TContext
    ) -> SyncCustomActionResponse:
        """Carry out an action with `streaming: false`; the returned item is shown but not stored.

        Raises:
            NotImplementedError: Unless overridden.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must override sync_action() to support such actions"
        )

    def get_stream_options(self, thread: ThreadMetadata, context: TContext) -> StreamOptions:
        """What a reader may do while this turn runs."""
        return StreamOptions(allow_cancel=True)

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: TContext
    ) -> None:
        """Save what a cancelled turn leaves: messages with some text, and a note to the model (S-20…22).

        Where readers may come back (`resume`), what was drawn is saved too: widgets, workflows, pictures. Readers are
        told what is in the store afterwards.

        Args:
            thread: The thread.
            pending_items: What had appeared and was not done, with everything that had arrived.
            context: The app's per-request value.
        """
        for item in pending_items:
            if worth_keeping(item):
                await self.store.add_thread_item(thread.id, item, context)
        note = SDKHiddenContextItem(
            id=self.store.generate_item_id("sdk_hidden_context", thread, context),
            thread_id=thread.id,
            created_at=now(),
            content=CANCEL_NOTE,
        )
        await self.store.add_thread_item(thread.id, note, context)

    async def process(
        self, request: str | bytes | bytearray, context: TContext
    ) -> StreamingResult | NonStreamingResult:
        """Answer one request envelope (protocol.md §2).

        A streaming operation returns at once and works while it is iterated; the others are done when this returns.

        Args:
            request: The body that the browser posted.
            context: The app's per-request value; the hooks and the store get this very object.

        Raises:
            pydantic.ValidationError: If the body is not JSON, names an unknown operation or lacks a field.
            NotFoundError: If what a non-streaming operation names is not there.
            ChatKitError: Other reasons, each with the `status_code` to answer.
        """
        parsed = parse_request(request)
        logger.info("%s", parsed.type)
        if is_streaming_req(parsed):
            match parsed:
                case ThreadsAttachReq():
                    return StreamingResult(resuming.attach(self, self._sweeping, parsed, context))
                case ThreadsWatchReq():
                    return StreamingResult(resuming.watch(self, context))
                case _:
                    return self._start(parsed, context)
        return NonStreamingResult(await queries.answer(self, self._sweeping, parsed, context))

    def _start(self, request: StartingReq, context: TContext) -> StreamingResult:
        thread_id = thread_id_of(request, self.store, context)
        several_calls = self.relay is not None and resuming.wants(request, "calls")
        if self.relay is None or not resuming.wants(request, "resume"):
            turn = self._turn(
                request,
                thread_id,
                token_hex(16),
                context,
                FRAMES,
                replace(self._hooks, several_calls=True) if several_calls else self._hooks,
            )
            return StreamingResult(turn.frames(), turn=turn, is_direct=True)
        owner = self.store.owner_of(context)
        name = TurnName(owner, thread_id, resuming.turn_id_of(request))
        encoder = NumberedFrames(partial(self.relay.announce, owner))
        before = partial(self._sweeping.end_others, owner, thread_id)
        checkpoints = Checkpoints(self.store, name, encoder, context, self.relay, before)
        endings = resuming.Endings(self, name.turn_id, checkpoints)
        turn = self._turn(
            request,
            thread_id,
            name.turn_id,
            context,
            encoder,
            TurnHooks(
                stream_options=endings.stream_options,
                cancelled=endings.cancelled,
                present=self.present_item,
                around=agents_sdk_user_agent_override,
                interrupted=endings.interrupted,
                notes=checkpoints,
                several_calls=several_calls,
            ),
        )
        resumable = resuming.Resumable(name, turn, encoder)
        return StreamingResult(resuming.started(self.relay, turn, resumable), turn=turn)

    def _turn(
        self,
        request: StartingReq,
        thread_id: str,
        turn_id: str,
        context: TContext,
        encoder: Frames,
        hooks: TurnHooks[TContext],
    ) -> Turn[TContext]:
        by_call = self.relay is not None and resuming.answers_a_call(request)
        return Turn(
            thread_id=thread_id,
            opening=lambda: open_turn(
                request,
                thread_id,
                self.store,
                self,
                self.present_item,
                context,
                self.keep_attachment,
                by_call,
            ),
            store=self.store,
            context=context,
            hooks=hooks,
            encoder=encoder,
            places=self._places,
            turn_id=turn_id,
            on_busy=self._on_busy(request, by_call),
            grace=self.grace,
        )

    def _on_busy(self, request: StartingReq, by_call: bool) -> OnBusy:
        if by_call:  # the answers to several calls come side by side
            return "queue"
        if self.on_busy == "queue" and isinstance(request, ThreadsCreateReq):  # nobody is there to wait for
            return "reject"
        return self.on_busy

    async def present_item(self, item: ThreadItem, context: TContext) -> ThreadItem:
        """An item as it goes out: its attachments carry URLs that work now (`AttachmentStore.present`)."""
        attachments = self.attachment_store
        if attachments is None or not isinstance(item, UserMessageItem) or not item.attachments:
            return item
        shown = [await attachments.present(attachment, context) for attachment in item.attachments]
        return item.model_copy(update={"attachments": shown})

    async def keep_attachment(self, attachment: Attachment, context: TContext) -> Attachment:
        """An attachment as a message takes it: its bytes are there, and stay."""
        attachments = self.attachment_store
        return attachment if attachments is None else await attachments.keep(attachment, context)

    async def rename_thread(self, thread_id: str, title: str, context: TContext) -> ThreadMetadata:
        """Give a thread a title, and tell the turn that runs in it, so that its own save does not undo that.

        Raises:
            NotFoundError: If there is no such thread in this context.
        """
        place = self.store.owner_of(context), thread_id
        async with self._places.changing(place):
            thread = await save_title(thread_id, title, self.store, context)
            if (turn := self._places.running(place)) is not None:
                turn.rename(title)
        if turn is None and self.relay is not None:
            try:
                await self.relay.rename(*place, title)
            except UnavailableError as error:  # the title is saved all the same
                logger.warning("a turn on another worker could not be told of a new title: %s", error)
        return thread

    async def stop_running(self, thread_id: str, context: TContext) -> None:
        """Cancel the turns of a thread and see them end."""
        place = self.store.owner_of(context), thread_id
        await self._places.stop(place)
        if self.relay is not None:
            await self.relay.clear(*place, self.grace)

    def look_for_dead_turns(self) -> None:
        """Look for turns of dead workers where no `async with` does: a mounted app has no lifespan."""
        if self.relay is not None and not self._entered:
            self._sweeping.start()

    async def __aenter__(self) -> Self:
        self._entered = True
        self._places.open()
        if self.relay is not None:
            self.relay.open()
            self._sweeping.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take no more turns, let those that run finish for `grace` seconds, then end and save them."""
        await self.drain()
        if self.relay is not None:
            await self.relay.close()

    async def drain(self) -> None:
        """Be left with nothing to do: start no turns any more, send those who attach or watch away, end the turns."""
        self._places.refuse()
        await self._sweeping.stop()
        if self.relay is not None:
            await self.relay.close_readers()
        await self._places.close(self.grace)
