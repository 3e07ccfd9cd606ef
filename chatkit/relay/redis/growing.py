"""Which items of a turn grow, read off its frames."""

import json
from collections.abc import Iterable

from chatkit.types import ThreadItem, ThreadItemAddedEvent

_ADDED = b'{"type":"thread.item.added",'
_ENDED = tuple(b'{"type":"thread.item.%b",' % kind for kind in (b"done", b"replaced", b"removed"))


def growing(frames: Iterable[tuple[int, bytes]]) -> list[ThreadItem]:
    """The items that have appeared in these frames and have not ended in them, as they appeared."""
    found: dict[str, bytes] = {}
    for _, frame in frames:
        data = frame.partition(b"\n")[2][len(b"data: ") :]
        if data.startswith(_ADDED):
            found[json.loads(data)["item"]["id"]] = data
        elif data.startswith(_ENDED):
            event = json.loads(data)
            found.pop(event["item_id"] if "item_id" in event else event["item"]["id"], None)
    return [ThreadItemAddedEvent.model_validate_json(data).item for data in found.values()]
