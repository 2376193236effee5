"""What the running app knows of a name, asked of the server, which can reach the app.

``podium/look`` is a request of this process: ``{"file": PATH, "path": [NAME, …]}``. Its result is ``None`` when no app
runs, else ``{"type": NAME, "names": [{"name", "kind", "type"}, …]}``, in the shapes of the runner's protocol. Nobody
waits long for it: an answer that comes too late is of use to the next request about the same name.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from podium.ide.language.messages import Answer, encode_request

LOOK = "podium/look"
_MAX_REMEMBERED = 50
_Place = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Member:
    """An attribute of something in the running app: ``kind`` and ``type`` as the runner says them."""

    name: str
    kind: str
    type: str | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a name stands for in the running app; ``type`` is ``None`` when it is not there."""

    type: str | None = None
    members: tuple[Member, ...] = ()


@dataclass(slots=True)
class Asked:
    """A question that was asked; ``sight`` is the answer to the one before it until its own is there."""

    sight: Sight
    since: float = field(default_factory=time.monotonic)
    answered: threading.Event = field(default_factory=threading.Event)

    def within(self, seconds: float) -> Sight:
        """What is known so many seconds after the question was asked."""
        self.answered.wait(max(0.0, self.since + seconds - time.monotonic()))
        return self.sight


class RunningApp:
    """Asks on one thread, and takes the answers on another. Nobody is asked before :attr:`is_there` is set.

    ``asked`` counts the questions.
    """

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.is_there = False
        self._write = write
        self.asked = 0
        self._waiting: OrderedDict[str, tuple[_Place, Asked]] = OrderedDict()
        self._remembered: OrderedDict[_Place, Sight] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, file: str, path: tuple[str, ...]) -> Asked:
        """Ask what a dotted name stands for, which is written in a module of the app."""
        with self._lock:
            asked = Asked(self._remembered.get((file, path), Sight()))
            if not self.is_there:
                asked.answered.set()
                return asked
            self.asked += 1
            id = f"look-{self.asked}"
            self._waiting[id] = (file, path), asked
            _limit(self._waiting)
        self._write(encode_request(id, LOOK, {"file": file, "path": path}))
        return asked

    def take(self, answer: Answer) -> None:
        """Take an answer of the client."""
        with self._lock:
            place, asked = self._waiting.pop(str(answer.id), (None, None))
            if place is None or asked is None:
                return
            asked.sight = self._remembered[place] = _sight(answer.result)
            self._remembered.move_to_end(place)
            _limit(self._remembered)
        asked.answered.set()


def _limit(table: OrderedDict[Any, Any]) -> None:
    while len(table) > _MAX_REMEMBERED:
        table.popitem(last=False)


def _sight(result: Any) -> Sight:
    match result:
        case {"type": str(kind), "names": [*names]}:
            return Sight(kind, tuple(Member(item["name"], item["kind"], item.get("type")) for item in names))
    return Sight()
