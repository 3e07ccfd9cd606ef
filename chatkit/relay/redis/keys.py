"""What things are called in Redis."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from chatkit.relay.base import TurnName


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of keys; all begin with `prefix`.

    | Key | Type | What it is | Until |
    | --- | --- | --- | --- |
    | turn | hash | whose, which worker runs it, its state, its newest number | a day after its end |
    | log | stream | the newest snapshots and the frames since; the end | `keep` seconds after its end |
    | live | sorted set | turns that run, by the time at which their lease runs out | their end |
    | active | string | the turn that runs in a thread | its end |
    | running | hash | the turns of an owner that run | their end |
    | line | list | who has a thread's place, and who waits for it | they leave |
    | watch | stream | what happened to an owner's threads | minutes |
    | worker | string | a worker that lives | its lease |
    | orders | stream | what other workers ask of a worker | minutes |
    """

    prefix: str

    def turn(self, owner: str | None, turn_id: str) -> str:
        return f"{self.prefix}:turn:{_whose(owner)}:{turn_id}"

    def log(self, owner: str | None, turn_id: str) -> str:
        return f"{self.prefix}:log:{_whose(owner)}:{turn_id}"

    def active(self, owner: str | None, thread_id: str) -> str:
        return f"{self.prefix}:active:{_whose(owner)}:{thread_id}"

    def running(self, owner: str | None) -> str:
        return f"{self.prefix}:running:{_whose(owner)}"

    def line(self, owner: str | None, thread_id: str) -> str:
        return f"{self.prefix}:line:{_whose(owner)}:{thread_id}"

    def watch(self, owner: str | None) -> str:
        return f"{self.prefix}:watch:{_whose(owner)}"

    @property
    def live(self) -> str:
        return f"{self.prefix}:live"

    def worker(self, id: str) -> str:
        return f"{self.prefix}:worker:{id}"

    def orders(self, id: str) -> str:
        return f"{self.prefix}:orders:{id}"

    def of_turn(self, name: TurnName) -> list[str]:
        """The keys that the scripts about a turn take, in their order."""
        return [
            self.turn(name.owner, name.turn_id),
            self.log(name.owner, name.turn_id),
            self.live,
            self.active(name.owner, name.thread_id),
            self.running(name.owner),
            self.watch(name.owner),
            self.line(name.owner, name.thread_id),
        ]


@lru_cache(1024)
def _whose(owner: str | None) -> str:
    return "-" if owner is None else "=" + quote(owner, safe="")
