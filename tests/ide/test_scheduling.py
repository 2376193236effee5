"""The order of work, on real threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from podium.ide.language.scheduling import Job, Policy, Priority, Refusal, Scheduler, Staleness
from podium.ide.text import Position

WAIT_S = 30
TYPING = Policy(Priority.TYPING, Staleness.EDIT_BEFORE)
VIEW = Policy(Priority.VIEW)
UNBOUND = Policy(Priority.COMMAND, Staleness.NEVER, replaces=False)


class Work:
    """A scheduler with a thread that works, and notes of what was done and what was refused."""

    def __init__(self) -> None:
        self.scheduler = Scheduler()
        self.done: list[str] = []
        self.refused: dict[str, Refusal] = {}
        self._changed = threading.Condition()

    def note(self, name: str) -> None:
        """Remember that something was done."""
        with self._changed:
            self.done.append(name)
            self._changed.notify_all()

    def wait(self, *names: str) -> None:
        """Wait until all of these were done."""
        with self._changed:
            assert self._changed.wait_for(lambda: set(names) <= set(self.done), WAIT_S), self.done

    def submit(
        self,
        name: str,
        policy: Policy,
        path: str | None = "main.py",
        at: Position | None = None,
        kind: str | None = None,
    ) -> None:
        """Queue a job that notes its name."""

        def refuse(why: Refusal) -> None:
            self.refused[name] = why

        job = Job(name, kind or name, policy, lambda: self.note(name), refuse, path, at)
        self.scheduler.submit(job)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Keep the worker busy while the body runs."""
        begun, end = threading.Event(), threading.Event()

        def block() -> None:
            begun.set()
            assert end.wait(WAIT_S)

        self.scheduler.submit(Job("block", "block", UNBOUND, block, lambda _: None))
        assert begun.wait(WAIT_S)
        yield
        end.set()


@pytest.fixture
def work() -> Iterator[Work]:
    """Run a scheduler for one test."""
    work = Work()
    thread = threading.Thread(target=work.scheduler.run)
    thread.start()
    yield work
    work.scheduler.stop()
    thread.join(WAIT_S)
    assert not thread.is_alive()


def test_what_is_typed_goes_before_what_is_looked_at(work: Work) -> None:
    with work.busy():
        work.submit("outline", VIEW)
        work.submit("source", UNBOUND)
        work.submit("completion", TYPING)
    work.wait("outline")
    assert work.done == ["completion", "source", "outline"]


def test_requests_of_the_same_weight_keep_their_order(work: Work) -> None:
    names = [f"source {number}" for number in range(5)]
    with work.busy():
        for name in names:
            work.submit(name, UNBOUND, kind="source")
    work.wait(*names)
    assert work.done == names


def test_the_latest_keystroke_wins(work: Work) -> None:
    with work.busy():
        for number in range(3):
            work.submit(f"completion {number}", TYPING, kind="completion")
        work.submit("elsewhere", TYPING, path="other.py", kind="completion")
    work.wait("completion 2", "elsewhere")
    assert work.refused == {"completion 0": Refusal.REPLACED, "completion 1": Refusal.REPLACED}


def test_a_cancelled_request_is_not_computed(work: Work) -> None:
    with work.busy():
        work.submit("one", UNBOUND)
        work.submit("two", UNBOUND)
        work.scheduler.cancel("one")
        work.scheduler.cancel("no such request")
    work.wait("two")
    assert work.refused == {"one": Refusal.CANCELLED}
    assert work.done == ["two"]


def test_an_edit_outdates_what_it_touches(work: Work) -> None:
    with work.busy():
        work.submit("outline", VIEW)
        work.submit("before", TYPING, at=Position(3, 0))
        work.submit("behind", TYPING, at=Position(5, 4), kind="other")
        work.submit("elsewhere", VIEW, path="other.py")
        work.submit("source", UNBOUND)
        work.submit("nowhere", VIEW, path=None)
        # Typing on behind the place that is completed leaves the answer right: the editor narrows it down.
        work.scheduler.edited("main.py", Position(3, 0))
    work.wait("before", "elsewhere", "source", "nowhere")
    assert work.refused == {"outline": Refusal.OUTDATED, "behind": Refusal.OUTDATED}


def test_background_work_is_done_in_steps_between_requests(work: Work) -> None:
    def steps() -> Iterator[None]:
        for number in range(3):
            work.note(f"step {number}")
            if number == 1:
                work.submit("completion", TYPING)
            yield

    work.scheduler.background("warm up", steps)
    work.wait("step 2")
    assert work.done == ["step 0", "step 1", "completion", "step 2"]


def test_newer_background_work_takes_the_place_of_older(work: Work) -> None:
    def check(version: int) -> Iterator[None]:
        work.note(f"check {version}")
        yield

    with work.busy():
        for version in range(4):
            work.scheduler.background("check", lambda version=version: check(version))  # type: ignore[misc]  # a default
    work.wait("check 3")
    assert work.done == ["check 3"]


def test_a_check_interrupts_the_warming_up(work: Work) -> None:
    def check() -> Iterator[None]:
        work.note("check")
        yield

    def warm_up() -> Iterator[None]:
        work.note("warm 0")
        work.scheduler.background("check", check)
        yield
        work.note("warm 1")

    work.scheduler.background("warm up", warm_up)
    work.wait("warm 1")
    assert work.done == ["warm 0", "check", "warm 1"]


def test_delayed_work_begins_by_itself(work: Work) -> None:
    def check() -> Iterator[None]:
        work.note("check")
        yield

    work.scheduler.background("check", check, delay_s=0.01)
    work.wait("check")


def test_work_that_waits_when_it_stops_is_left(work: Work) -> None:
    with work.busy():
        work.submit("one", UNBOUND)
        work.scheduler.stop()
    assert work.done == []
