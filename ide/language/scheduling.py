"""In which order things are computed: what the user waits for first, and nothing that no longer matters.

One thread computes. Requests wait in a queue by priority; one that a newer request replaces, an edit outdates or the
client cancels is refused without being computed. Background work is done in steps, only while no request waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto

from podium.ide.language.messages import MessageId
from podium.ide.text import Position


class Priority(IntEnum):
    """Lower goes first."""

    TYPING = 0
    POINTING = 1
    COMMAND = 2
    VIEW = 3


class Staleness(Enum):
    """What makes a waiting request pointless."""

    NEVER = auto()
    EDIT_BEFORE = auto()  # an edit before its position: what is typed behind it, the editor filters by itself
    ANY_EDIT = auto()


class Refusal(Enum):
    """Why a request is not computed."""

    CANCELLED = auto()
    OUTDATED = auto()
    REPLACED = auto()


@dataclass(frozen=True, slots=True)
class Policy:
    """How the requests of one method wait. ``replaces`` says that only the newest of a document matters."""

    priority: Priority
    staleness: Staleness = Staleness.ANY_EDIT
    replaces: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A request: ``compute`` answers it, ``refuse`` answers it without computing. Neither raises."""

    id: MessageId
    kind: str
    policy: Policy
    compute: Callable[[], None]
    refuse: Callable[[Refusal], None]
    path: str | None = None
    position: Position | None = None

    def outdated_by(self, path: str, edited: Position) -> bool:
        """Whether an edit of a document at a place makes this job pointless."""
        if path != self.path or self.policy.staleness is Staleness.NEVER:
            return False
        ahead = self.position is not None and edited >= self.position
        return not (ahead and self.policy.staleness is Staleness.EDIT_BEFORE)

    def replaced_by(self, newer: Job) -> bool:
        """Whether ``newer`` asks the same of the same document."""
        return self.policy.replaces and (self.kind, self.path) == (newer.kind, newer.path)


@dataclass(slots=True)
class _Background:
    due: float
    make: Callable[[], Iterator[None]]
    steps: Iterator[None] | None = None


@dataclass(slots=True)
class Scheduler:
    """Takes work from one thread and does it on the one that calls :meth:`run`."""

    _jobs: list[Job] = field(default_factory=list)
    _background: dict[str, _Background] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _stopped: bool = False

    def submit(self, job: Job) -> None:
        """Queue a request, in the place of an older one that it replaces."""
        self._refuse(Refusal.REPLACED, lambda waiting: waiting.replaced_by(job))
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def cancel(self, request: MessageId) -> None:
        """Refuse a request that waits; one that is being computed is answered all the same."""
        self._refuse(Refusal.CANCELLED, lambda waiting: waiting.id == request)

    def edited(self, path: str, place: Position) -> None:
        """Refuse the waiting requests that an edit outdates."""
        self._refuse(Refusal.OUTDATED, lambda waiting: waiting.outdated_by(path, place))

    def _refuse(self, why: Refusal, matches: Callable[[Job], bool]) -> None:
        with self._changed:
            refused = [job for job in self._jobs if matches(job)]
            self._jobs = [job for job in self._jobs if job not in refused]
        for job in refused:
            job.refuse(why)

    def background(self, name: str, make: Callable[[], Iterator[None]], delay_s: float = 0.0) -> None:
        """Do something in steps once ``delay_s`` seconds have passed; it takes the place of what has the same name."""
        with self._changed:
            self._background[name] = _Background(time.monotonic() + delay_s, make)
            self._changed.notify()

    def stop(self) -> None:
        """End :meth:`run` after the job that is being computed."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def run(self) -> None:
        """Work until :meth:`stop` is called."""
        while (work := self._next()) is not None:
            work()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._stopped:
                if self._jobs:
                    job = min(self._jobs, key=lambda waiting: waiting.policy.priority)
                    self._jobs.remove(job)
                    return job.compute
                now = time.monotonic()
                due = [name for name, work in self._background.items() if work.due <= now]
                if due:
                    # The newest goes first: a check after an edit does not wait for the long warming up.
                    return self._step(max(due, key=lambda name: self._background[name].due))
                waits = [work.due - now for work in self._background.values()]
                self._changed.wait(min(waits, default=None))
        return None

    def _step(self, name: str) -> Callable[[], None]:
        work = self._background[name]

        def step() -> None:
            work.steps = work.steps or work.make()
            if next(work.steps, _END) is _END:
                with self._changed:
                    if self._background.get(name) is work:
                        del self._background[name]

        return step


_END = object()
