"""Idle memory as proportional set size: the server with its store, everything that was started, one kernel more."""

from __future__ import annotations

import psutil

from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.subject import Subject

MEGABYTE = 1_000_000


def measure(subject: Subject) -> list[Figure]:
    """Measure before any app has run, then with one app and with two."""
    server, store = subject.podium.process.pid, subject.podium.store().pid
    idle, everything = _size(server) + _size(store), _total(subject)
    subject.create("first", "first")
    subject.run("first")
    one = _total(subject)
    subject.create("second", "second")
    subject.run("second")
    two = _total(subject)
    subject.stop("first")
    subject.stop("second")
    return [
        _figure("idle memory, server and store", idle, "no app has run yet", Goal(limit=150)),
        _figure("idle memory, all processes", everything, "with the kernel parent and the waiting language processes"),
        _figure("memory of one kernel", two - one, "what the second running FastAPI app adds to the whole"),
    ]


def _figure(name: str, size: int, note: str, goal: Goal | None = None) -> Figure:
    return Figure(name, "MB", Samples.of([size / MEGABYTE]), goal=goal, note=note)


def _total(subject: Subject) -> int:
    return sum(map(_size, [subject.podium.process.pid, *(child.pid for child in subject.podium.children())]))


def _size(pid: int) -> int:
    size: int = psutil.Process(pid).memory_full_info().pss
    return size
