"""Where a file is in a bucket: `stage/owner/id`, of parts that are safe in a path whatever an app makes of them.

announced/…  empty marks: an upload is expected (two-phase only)
incoming/…   uploaded, not sent yet
kept/…       part of a message
preview/…    small pictures, made when first asked for
"""

import hashlib
import re
from typing import Literal

Stage = Literal["announced", "incoming", "kept", "preview"]

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def scope_of(owner: str) -> str:
    """The owner's part of a key. Hashed: an owner may be any text, and need not be readable in a bucket or a link."""
    return hashlib.sha256(owner.encode()).hexdigest()[:40]


def key_of(stage: Stage, scope: str, id: str) -> str:
    """The key of a file in one of its stages."""
    plain = id if _PLAIN_ID.fullmatch(id) else f"~{hashlib.sha256(id.encode()).hexdigest()}"
    return f"{stage}/{scope}/{plain}"
