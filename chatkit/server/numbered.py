"""Frames for readers who may come back: numbered, and summed up in snapshots (extensions.md §2.2)."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from json.encoder import encode_basestring as quoted

from chatkit.relay.base import Snapshot
from chatkit.server.results import TEXT_DELTA, Frames
from chatkit.turns.fold import fold
from chatkit.types import (
    ClientEffectEvent,
    ErrorEvent,
    NoticeEvent,
    ProgressUpdateEvent,
    StreamOptionsEvent,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    ThreadUpdatedEvent,
    item_adapter,
)

_HEAD, _TAIL = len(b'data: {"type":"thread.item.done","item":'), len(b"}\n\n")

_SUMMED_UP = {
    StreamOptionsEvent: "options",
    ThreadUpdatedEvent: "thread",
    ProgressUpdateEvent: "progress",
}
"""Events of which only the newest matters, in the order in which a snapshot has them."""


class NumberedFrames(Frames):
    """Event → `id: <seq>\\ndata: {…}\\n\\n`; knows what a reader has who has seen all of them. One for each turn.

    Args:
        thread_changed: Called with the frame, without its number, that tells of a changed thread.
    """

    def __init__(self, thread_changed: Callable[[bytes], None] | None = None) -> None:
        self.seq = 0
        self._thread_changed = thread_changed
        self._kept: list[tuple[int, bytes, str | None]] = []  # number, frame, the item that it is about
        self._newest: dict[str, bytes] = {}
        self._shown: dict[str, bytes | None] = {}  # items in order of appearance; None while they grow
        self._removed: dict[str, None] = {}
        self._elsewhere: set[str] = set()  # items of earlier turns that `_kept` changes

    def encode(self, event: ThreadStreamEvent) -> bytes:
        """Any event as a frame."""
        frame = super().encode(event)
        self.seq += 1
        numbered = b"id: %d\n%b" % (self.seq, frame)
        match event:
            case ThreadItemUpdatedEvent():
                self._update(event, numbered)
            case ThreadItemAddedEvent():
                self._put(event.item.id, None)
            case ThreadItemDoneEvent():
                self._put(event.item.id, frame)
            case ThreadItemReplacedEvent():
                self._put(event.item.id, super().encode(ThreadItemDoneEvent(item=event.item)))
            case ThreadItemRemovedEvent():
                self._forget(event.item_id)
                self._shown.pop(event.item_id, None)
                self._removed[event.item_id] = None
            case StreamOptionsEvent() | ThreadUpdatedEvent() | ProgressUpdateEvent():
                self._sum_up(_SUMMED_UP[type(event)], frame)
            case ThreadCreatedEvent() | ClientEffectEvent() | ErrorEvent() | NoticeEvent():
                self._kept.append((self.seq, numbered, None))
        return numbered

    def thread_updated(self, thread: ThreadMetadata) -> bytes:
        """The frame that tells of a changed thread."""
        frame = super().thread_updated(thread)
        self._sum_up("thread", frame)
        self.seq += 1
        return b"id: %d\n%b" % (self.seq, frame)

    def text(self, item_id: str, content_index: int) -> Callable[[str], bytes] | None:
        """What makes frames of the text deltas of one part of an item that grows."""
        if (
            type(item_id) is not str
            or type(content_index) is not int
            or self._shown.get(item_id, b"") is not None
        ):
            return None
        head = TEXT_DELTA % (quoted(item_id), content_index)

        def write(delta: str) -> bytes:
            frame = f"id: {self.seq + 1}\n{head}{quoted(delta)}}}}}\n\n".encode()
            self.seq += 1  # behind what may fail
            return frame

        return write

    def agrees(self, pending: Sequence[ThreadItem]) -> bool:
        """Whether these are the items that readers see grow. Not so while one of them is being saved."""
        return {item.id for item in pending} == {id for id, frame in self._shown.items() if frame is None}

    def snapshot(self, pending: Sequence[ThreadItem]) -> Snapshot | None:
        """What a reader needs to be where `seq` is.

        Args:
            pending: The items that grow, with everything that has arrived.

        Returns:
            None while an item is being saved: it is pending no more, and not done yet.
        """
        if not self.agrees(pending):
            return None
        growing = {item.id: item for item in pending}
        state = [self._newest[name] for name in _SUMMED_UP.values() if name in self._newest]
        # In order of appearance, since that is the order a reader has them in.
        finished = [
            frame for frame in takewhile(lambda frame: frame is not None, self._shown.values()) if frame
        ]
        removed = [self._removal(id) for id in self._removed]
        rest = [
            super(NumberedFrames, self).encode(ThreadItemAddedEvent(item=growing[id]))
            if frame is None
            else frame
            for id, frame in list(self._shown.items())[len(finished) :]
        ]
        number = b"id: %d\n" % self.seq
        return Snapshot(
            self.seq,
            tuple((seq, frame) for seq, frame, _ in self._kept),
            b"".join([number + frame for frame in [*state, *finished, *removed, *rest]]),
        )

    def _removal(self, item_id: str) -> bytes:
        return super().encode(ThreadItemRemovedEvent(item_id=item_id))

    def _put(self, item_id: str, frame: bytes | None) -> None:
        self._forget(item_id)
        if item_id in self._removed:
            # There again, at the end of the thread. Only a reader from before must take it away first: for one who
            # has seen it come back, that would change the order.
            del self._removed[item_id]
            self._kept.append((self.seq, b"id: %d\n%b" % (self.seq, self._removal(item_id)), None))
        self._shown[item_id] = frame

    def _forget(self, item_id: str) -> None:
        """What was kept about an item has no effect any more."""
        if item_id in self._elsewhere:
            self._elsewhere.remove(item_id)
            self._kept = [entry for entry in self._kept if entry[2] != item_id]

    def _sum_up(self, name: str, frame: bytes) -> None:
        if name == "thread" and self._thread_changed is not None:
            self._thread_changed(frame)
        self._newest[name] = frame

    def _update(self, event: ThreadItemUpdatedEvent, numbered: bytes) -> None:
        id = event.item_id
        if id not in self._shown:
            if id not in self._removed:  # an item of an earlier turn: only its reader can fold this
                self._kept.append((self.seq, numbered, id))
                self._elsewhere.add(id)
        elif (frame := self._shown[id]) is not None:
            item = fold(item_adapter().validate_json(frame[_HEAD:-_TAIL]), event.update)
            self._shown[id] = super().encode(ThreadItemDoneEvent(item=item))
