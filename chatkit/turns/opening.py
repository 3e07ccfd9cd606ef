"""A streaming request → an open turn: saves what the person did, and finds what to answer.

Everything a request can name wrongly is found here, before the first frame.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from functools import partial
from itertools import takewhile
from typing import Any, Protocol, TypeVar, cast

from typing_extensions import assert_never

from chatkit.clock import now
from chatkit.errors import AttachmentMissingError, ConflictError, ErrorCode
from chatkit.logger import logger
from chatkit.store.base import NotFoundError, Store, TrimmingStore
from chatkit.turns.contracts import HIDDEN, Opened
from chatkit.turns.watch import for_store
from chatkit.types import (
    Action,
    Attachment,
    ClientToolCallItem,
    ErrorEvent,
    Page,
    StartingReq,
    StructuredInput,
    StructuredInputAnswer,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    StructuredInputSubmission,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageInput,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
)
from chatkit.types.model import share_names

PAGE = 100
"""Items read at once when looking back through a thread."""

NO_ITEMS = Page[ThreadItem]
"""To be called with `data=[]`: looking up a default costs more than the page."""

LOOK_BACK = 20
"""How far back a pending client tool call is looked for."""

_OF_PAGE, _OF_TEXT = {"data"}, {"type", "text"}
_OF_MESSAGE = {
    "id", "thread_id", "created_at", "content", "attachments", "quoted_text", "inference_options",
}  # fmt: skip

C = TypeVar("C", contravariant=True)


class Responder(Protocol[C]):
    """The app's side of a turn: what `ChatKitServer` is to it. Called positionally; apps rename parameters."""

    def respond(
        self, thread: ThreadMetadata, message: UserMessageItem | None, context: C, /
    ) -> AsyncIterator[ThreadStreamEvent]: ...

    def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: C, /
    ) -> AsyncIterator[ThreadStreamEvent]: ...


def thread_id_of(request: StartingReq, store: Store[Any], context: Any) -> str:
    """The thread a request is about; for a new thread, its id to be."""
    if isinstance(request, ThreadsCreateReq):
        return store.generate_thread_id(context)
    return request.params.thread_id


async def open_turn(
    request: StartingReq,
    thread_id: str,
    store: Store[C],
    app: Responder[C],
    present: Callable[[ThreadItem, C], Awaitable[ThreadItem]],
    context: C,
    keep: Callable[[Attachment, C], Awaitable[Attachment]] | None = None,
    by_call: bool = False,
) -> Opened:
    """Do what the request says and return what follows.

    Args:
        by_call: Answer client tool calls by their `call_id`, of which several may be pending (extensions.md §3).

    Raises:
        NotFoundError: If the thread, the item or an attachment is not there in this context.
        ConflictError: If the item it names is not in a state for it.
    """
    match request:
        case ThreadsCreateReq():
            empty = share_names(NO_ITEMS(data=[]), _OF_PAGE)
            thread = Thread(id=thread_id, created_at=now(), items=empty)
            return await _message(request.params.input, thread, True, store, app, present, context, keep)
        case ThreadsAddUserMessageReq():
            thread = await store.load_thread(thread_id, context)
            return await _message(request.params.input, thread, False, store, app, present, context, keep)
        case ThreadsAddClientToolOutputReq() if by_call and request.params.call_id is not None:
            params = request.params
            return await _call_output(thread_id, request.params.call_id, params.result, store, app, context)
        case ThreadsAddClientToolOutputReq():
            return await _tool_output(thread_id, request.params.result, store, app, context)
        case ThreadsAddStructuredInputReq():
            params = request.params
            return await _structured_input(thread_id, params.item_id, params.input, store, app, context)
        case ThreadsRetryAfterItemReq():
            return await _retry(thread_id, request.params.item_id, store, app, context)
        case ThreadsCustomActionReq():
            return await _action(request, thread_id, store, app, context)
        case _:
            assert_never(request)


async def _attachment(id: str, store: Store[C], context: C) -> Attachment:
    try:
        return await store.load_attachment(id, context)
    except NotFoundError as error:
        error.code = AttachmentMissingError.code  # it is the file that is gone, not the thread
        raise


async def _message(
    input: UserMessageInput,
    thread: ThreadMetadata,
    is_new: bool,
    store: Store[C],
    app: Responder[C],
    present: Callable[[ThreadItem, C], Awaitable[ThreadItem]],
    context: C,
    keep: Callable[[Attachment, C], Awaitable[Attachment]] | None,
) -> Opened:
    # First all that can fail for reasons of the request, then the first write.
    attachments = [await _attachment(id, store, context) for id in input.attachments]
    if keep is not None:
        attachments = [await keep(attachment, context) for attachment in attachments]
    if is_new:
        await store.save_thread(for_store(thread), context)
    for part in input.content:
        if type(part) is UserMessageTextContent:
            share_names(part, _OF_TEXT)
    made = UserMessageItem(
        id=store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=now(),
        content=input.content,
        attachments=[one.model_copy(update={"thread_id": thread.id}) for one in attachments],
        quoted_text=input.quoted_text,
        inference_options=input.inference_options,
    )
    message = share_names(made, _OF_MESSAGE)
    for attachment in message.attachments:
        await store.save_attachment(attachment, context)
    await store.add_thread_item(thread.id, message, context)
    said = ThreadItemDoneEvent(item=await present(message, context))
    begun: list[ThreadStreamEvent] = []
    if is_new:
        begun.append(ThreadCreatedEvent(thread=cast("Thread", thread)))
    return Opened(thread, [*begun, said], produce=lambda: app.respond(thread, message, context))


async def _tool_output(thread_id: str, result: Any, store: Store[C], app: Responder[C], context: C) -> Opened:
    thread = await store.load_thread(thread_id, context)
    newest = (await store.load_thread_items(thread_id, None, LOOK_BACK, "desc", context)).data
    # Hidden context may have been added behind the call; anything else behind it means the call is over.
    last = next((item for item in newest if not isinstance(item, HIDDEN)), None)
    if not isinstance(last, ClientToolCallItem) or last.status != "pending":
        raise ConflictError(f"thread {thread_id!r} does not wait for the output of a client tool")
    answered = last.model_copy(update={"output": result, "status": "completed"})
    await store.save_item(thread_id, answered, context)
    for item in newest:
        if isinstance(item, ClientToolCallItem) and item.status == "pending" and item.id != last.id:
            logger.warning("client tool call %s was never answered; it is removed", item.id)
            await store.delete_thread_item(thread_id, item.id, context)
    return Opened(thread, produce=lambda: app.respond(thread, None, context))


async def _call_output(
    thread_id: str, call_id: str, result: Any, store: Store[C], app: Responder[C], context: C
) -> Opened:
    thread = await store.load_thread(thread_id, context)
    newest = (await store.load_thread_items(thread_id, None, PAGE, "desc", context)).data
    # Calls in front of what the person said last belong to a turn that was given up.
    turn = takewhile(lambda item: not isinstance(item, UserMessageItem), newest)
    calls = [item for item in turn if isinstance(item, ClientToolCallItem)]
    pending = [item for item in calls if item.status == "pending"]
    call = next((item for item in pending if item.call_id == call_id), None)
    if call is None:
        known = next((item for item in calls if item.call_id == call_id), None)
        if (
            known is not None and known.output == result
        ):  # said once more: a line broke, or a second tab ran it
            return Opened(thread, produce=_nothing)
        raise ConflictError(f"thread {thread_id!r} does not wait for the output of the call {call_id!r}")
    answered = call.model_copy(update={"output": result, "status": "completed"})
    await store.save_item(thread_id, answered, context)
    if len(pending) > 1:
        return Opened(thread, produce=_nothing)
    return Opened(thread, produce=lambda: app.respond(thread, None, context))


async def _nothing() -> AsyncGenerator[ThreadStreamEvent, None]:
    """What is said while other calls are pending."""
    for event in ():
        yield event


async def _structured_input(
    thread_id: str,
    item_id: str,
    submission: StructuredInputSubmission,
    store: Store[C],
    app: Responder[C],
    context: C,
) -> Opened:
    thread = await store.load_thread(thread_id, context)
    item = await store.load_item(thread_id, item_id, context)
    if not isinstance(item, StructuredInputItem) or item.status != "pending":
        raise ConflictError(f"item {item_id!r} is not a structured input that waits for answers")
    unknown = submission.answers.keys() - {question.id for question in item.inputs}
    if unknown:
        logger.warning(
            "structured input %s has no questions %s; their answers are ignored", item_id, sorted(unknown)
        )
    inputs = [
        question.model_copy(
            update={
                "answer": _answer(question, submission),
            }
        )
        for question in item.inputs
    ]
    answered = item.model_copy(update={"inputs": inputs, "status": submission.status})
    await store.save_item(thread_id, answered, context)
    return Opened(
        thread,
        after_options=[ThreadItemReplacedEvent(item=answered)],
        produce=lambda: app.respond(thread, None, context),
    )


def _answer(question: StructuredInput, submission: StructuredInputSubmission) -> StructuredInputAnswer:
    given = submission.answers.get(question.id)
    if submission.status == "skipped" or given is None or given.skipped or not given.values:
        return StructuredInputAnswer(values=[], skipped=True)
    single = isinstance(question, StructuredInputMultipleChoice) and not question.multiple
    return StructuredInputAnswer(values=given.values[:1] if single else list(given.values))


async def _retry(thread_id: str, item_id: str, store: Store[C], app: Responder[C], context: C) -> Opened:
    thread = await store.load_thread(thread_id, context)
    if isinstance(store, TrimmingStore):
        try:
            question = _question(await store.load_item(thread_id, item_id, context))
        except NotFoundError:
            return Opened(thread)  # S-44: an unknown id changes nothing and says nothing
        await cast("TrimmingStore[C]", store).delete_items_after(thread_id, item_id, context)
        return Opened(thread, produce=partial(app.respond, thread, question, context))
    newer: list[str] = []
    after: str | None = None
    while True:
        page = await store.load_thread_items(thread_id, after, PAGE, "desc", context)
        for item in page.data:
            if item.id == item_id:
                question = _question(item)
                for id in newer:
                    await store.delete_thread_item(thread_id, id, context)
                return Opened(thread, produce=partial(app.respond, thread, question, context))
            newer.append(item.id)
        if not page.has_more or page.after is None:
            return Opened(thread)  # S-44, likewise
        after = page.after


def _question(item: ThreadItem) -> UserMessageItem:
    if not isinstance(item, UserMessageItem):
        raise ConflictError(f"item {item.id!r} is not a user message; only those can be answered again")
    return item


async def _action(
    request: ThreadsCustomActionReq, thread_id: str, store: Store[C], app: Responder[C], context: C
) -> Opened:
    thread = await store.load_thread(thread_id, context)
    item_id = request.params.item_id
    sender = await store.load_item(thread_id, item_id, context) if item_id else None
    if sender is not None and not isinstance(sender, WidgetItem):
        logger.warning("action %r names item %s, which is not a widget", request.params.action.type, item_id)
        return Opened(thread, [ErrorEvent(code=ErrorCode.STREAM_ERROR, allow_retry=False)])
    action = request.params.action
    return Opened(thread, produce=lambda: app.action(thread, action, sender, context))
