"""The one source of times: naive local, so that they sort beside an app's own `datetime.now()`."""

from datetime import datetime


def now() -> datetime:
    """The current local time without a zone. The wire and the database carry UTC (protocol.md W-10)."""
    return datetime.now()
