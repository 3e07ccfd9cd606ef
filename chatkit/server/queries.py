"""The operations that are one question and one answer (protocol.md §2.2)."""

import base64
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

from typing_extensions import assert_never

from chatkit.errors import ConflictError, InvalidRequestError, NotFoundError, NotSupportedError
from chatkit.server import resuming
from chatkit.server.results import sync_action_bytes, to_bytes, wire_item, wire_thread
from chatkit.server.sweeping import Sweeping
from chatkit.store.base import FilingStore, Store
from chatkit.turns.contracts import HIDDEN
from chatkit.turns.opening import PAGE
from chatkit.types import (
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    AudioInput,
    InputTranscribeReq,
    ItemsFeedbackReq,
    ItemsListReq,
    NonStreamingReq,
    Page,
    Thread,
    ThreadItem,
    ThreadsCancelReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsSyncCustomActionReq,
    ThreadsUpdateReq,
    UserMessageItem,
    WidgetItem,
)

if TYPE_CHECKING:
    from chatkit.server.base import ChatKitServer

DEFAULT_PAGE_SIZE = 20
"""Elements of a page when a request names no limit, null or 0."""

MAX_PAGE_SIZE = 1000
"""Elements of a page at most, whatever a request names: clients follow the cursor, not the count."""

NOTHING = b"{}"

C = TypeVar("C")


async def answer(
    server: "ChatKitServer[C]", sweeping: Sweeping, request: NonStreamingReq, context: C
) -> bytes:
    """The encoded answer to a request that is not streamed.

    Raises:
        NotFoundError: If the thread, item or attachment is not there in this context.
        ConflictError: If the item is of the wrong kind.
        NotSupportedError: If the server has no attachment store.
    """
    store = server.store
    match request:
        case ThreadsGetByIdReq():
            active = None
            if "resume" in request.capabilities:
                # Before the page is read: what is done in between is in the page, and comes once more by attaching.
                active = await resuming.active_turn(server, sweeping, request.params.thread_id, context)
            thread = await store.load_thread(request.params.thread_id, context)
            items = await _visible_items(server, thread.id, None, DEFAULT_PAGE_SIZE, "asc", context)
            if active is not None:
                pending = {item.id for item in active.items}
                items = items.model_copy(
                    update={"data": [one for one in items.data if one.id not in pending]}
                )
            return to_bytes(wire_thread(thread, items).model_copy(update={"active_turn": active}))
        case ThreadsListReq():
            params = request.params
            page = await store.load_threads(_limit(params.limit), params.after, params.order, context)
            threads = [wire_thread(thread) for thread in page.data]
            return to_bytes(Page[Thread](data=threads, has_more=page.has_more, after=page.after))
        case ItemsListReq():
            params = request.params
            limit = _limit(params.limit)
            items = await _visible_items(server, params.thread_id, params.after, limit, params.order, context)
            if not items.data:  # an empty thread, or none
                await store.load_thread(params.thread_id, context)
            return to_bytes(items)
        case ThreadsUpdateReq():
            thread = await server.rename_thread(request.params.thread_id, request.params.title, context)
            resuming.announce_thread(server, thread, context)
            return to_bytes(wire_thread(thread))
        case ThreadsDeleteReq():
            await store.load_thread(request.params.thread_id, context)
            await server.stop_running(request.params.thread_id, context)
            await _delete_files(server, request.params.thread_id, context)
            await store.delete_thread(request.params.thread_id, context)
            resuming.announce_deleted(server, request.params.thread_id, context)
            return NOTHING
        case ThreadsCancelReq():
            await resuming.cancel(server, request, context)
            return NOTHING
        case ItemsFeedbackReq():
            params = request.params
            await store.load_thread(params.thread_id, context)
            await server.add_feedback(params.thread_id, params.item_ids, params.kind, context)
            return NOTHING
        case AttachmentsCreateReq():
            attachments = _attachment_store(server)
            attachment = await attachments.create_attachment(request.params, context)
            await store.save_attachment(attachment, context)
            return to_bytes(await attachments.present(attachment, context))
        case AttachmentsDeleteReq():
            attachments = _attachment_store(server)
            await attachments.delete_attachment(request.params.attachment_id, context)
            await store.delete_attachment(request.params.attachment_id, context)
            return NOTHING
        case InputTranscribeReq():
            audio = AudioInput(data=_audio(request.params.audio_base64), mime_type=request.params.mime_type)
            return to_bytes(await server.transcribe(audio, context))
        case ThreadsSyncCustomActionReq():
            return await _sync_action(server, request, context)
        case _:
            assert_never(request)


async def _delete_files(server: "ChatKitServer[C]", thread_id: str, context: C) -> None:
    """Delete the bytes of a thread's attachments, while its rows still name them."""
    if server.attachment_store is None:
        return
    store = server.store
    if isinstance(store, FilingStore):
        sent = await cast("FilingStore[C]", store).attachments_of(thread_id, context)
    else:
        sent = await _sent_in(store, thread_id, context)
    for id in sent:
        with suppress(NotFoundError):
            await server.attachment_store.delete_attachment(id, context)


async def _sent_in(store: Store[C], thread_id: str, context: C) -> list[str]:
    """The attachments of a thread's messages, for a store that does not list them."""
    found: list[str] = []
    after: str | None = None
    while True:
        page = await store.load_thread_items(thread_id, after, PAGE, "asc", context)
        for item in page.data:
            for attachment in item.attachments if isinstance(item, UserMessageItem) else []:
                with suppress(NotFoundError):
                    record = await store.load_attachment(attachment.id, context)
                    if record.thread_id == thread_id:  # else it was sent again, in another thread
                        found.append(record.id)
        if not page.has_more or page.after is None:
            return found
        after = page.after


def _limit(asked: int | None) -> int:
    return min(asked, MAX_PAGE_SIZE) if asked is not None and asked > 0 else DEFAULT_PAGE_SIZE


def _attachment_store(server: "ChatKitServer[Any]") -> Any:
    if server.attachment_store is None:
        raise NotSupportedError(
            f"{type(server).__name__} has no attachment store: pass one as the second argument of ChatKitServer"
        )
    return server.attachment_store


def _audio(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii.Error is one, and so is text that is not ASCII
        raise InvalidRequestError(f"audio_base64: expected standard base64 ({error})") from None


async def _visible_items(
    server: "ChatKitServer[C]", thread_id: str, after: str | None, limit: int, order: str, context: C
) -> Page[ThreadItem]:
    """A page of what a client may see: hidden items never shorten it (P12)."""
    visible: list[ThreadItem] = []
    while True:
        page = await server.store.load_thread_items(thread_id, after, limit, order, context)
        for place, item in enumerate(page.data):
            if isinstance(item, HIDDEN):
                continue
            visible.append(wire_item(await server.present_item(item, context)))
            if len(visible) == limit:
                behind = page.has_more or any(not isinstance(one, HIDDEN) for one in page.data[place + 1 :])
                return Page(data=visible, has_more=behind, after=visible[-1].id if behind else None)
        if not page.has_more or page.after is None:
            return Page(data=visible)
        after = page.after


async def _sync_action(server: "ChatKitServer[C]", request: ThreadsSyncCustomActionReq, context: C) -> bytes:
    params = request.params
    thread = await server.store.load_thread(params.thread_id, context)
    sender: WidgetItem | None = None
    if params.item_id is not None:
        item = await server.store.load_item(thread.id, params.item_id, context)
        if not isinstance(item, WidgetItem):
            raise ConflictError(f"item {item.id!r} is not a widget; only widgets send actions")
        sender = item
    return sync_action_bytes(await server.sync_action(thread, params.action, sender, context))
