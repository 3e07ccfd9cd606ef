"""Saves the thread that a turn holds, without undoing what others have saved of it meanwhile."""

from typing import Any, cast

from chatkit.store.base import RevisingStore, Store, TContext
from chatkit.turns.watch import ThreadWatch, for_store
from chatkit.types import ThreadMetadata


async def save_thread(watch: ThreadWatch, store: Store[TContext], context: TContext) -> None:
    """Save what the responder has changed of its thread.

    A store that is no `RevisingStore` is given the whole thread: what another worker has saved in these milliseconds
    is overwritten then.
    """
    state: Any = None

    def ours(stored: ThreadMetadata) -> ThreadMetadata:
        nonlocal state
        watch.take_over(stored)
        state = watch.state()
        return for_store(watch.thread)

    if isinstance(store, RevisingStore):
        await cast("RevisingStore[TContext]", store).revise_thread(watch.thread.id, ours, context)
    else:
        await store.save_thread(ours(watch.thread), context)
    # Not what is there now: a title that was given during the save is still to be saved.
    watch.remember(state)


async def save_title(thread_id: str, title: str, store: Store[TContext], context: TContext) -> ThreadMetadata:
    """Give a thread a title, and change nothing else of it.

    Raises:
        NotFoundError: If there is no such thread in this context.
    """

    def titled(thread: ThreadMetadata) -> ThreadMetadata:
        thread.title = title
        return thread

    if isinstance(store, RevisingStore):
        return await cast("RevisingStore[TContext]", store).revise_thread(thread_id, titled, context)
    thread = titled(await store.load_thread(thread_id, context))
    await store.save_thread(thread, context)
    return thread
