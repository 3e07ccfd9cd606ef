"""The pitfalls that the shared API shows: ours holds, except where upstream's contract forbids it (demand.md §2)."""

import pytest

from chatkit.errors import ConflictError, NotFoundError
from tests.pitfalls.scenarios import SCENARIOS

BY_CONTRACT: dict[str, type[Exception]] = {
    "P1": AssertionError,
    "P4": AssertionError,
    "P5": NotFoundError,
    "P22": ConflictError,
}
"""What upstream's contract asks for where an app writes its own endpoint and starts no relay.

P1: S-21 (a hidden note after a disconnect). P4: S-41 (a retry takes the old answer away first). P5 and P22: S-35, an
exception from the stream before any event; our own edge answers 404 and 409 (protocol.md §1.4).
"""


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.filterwarnings("ignore:.*widget:DeprecationWarning")
async def test_a_pitfall_is_avoided_or_is_in_the_contract(name: str) -> None:
    if (shown := BY_CONTRACT.get(name)) is None:
        await SCENARIOS[name]()
    else:
        with pytest.raises(shown):
            await SCENARIOS[name]()
