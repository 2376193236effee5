"""Memory as proportional set size: the idle server with its store, and one kernel."""

from __future__ import annotations

import time

import psutil

from podium.tests.bench.commands import PATIENCE_S, STEP_S
from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.subject import Subject

MEGABYTE = 1_000_000


def measure(subject: Subject) -> list[Figure]:
    """Measure before any app has run, then one that runs."""
    server, store = subject.podium.process.pid, subject.podium.store().pid
    idle = _size(server) + _size(store)
    kernel = _kernel(subject)
    return [
        _figure("idle memory, server and store", idle, "no app has run yet", Goal(limit=150)),
        _figure("memory of one kernel", kernel, "with a small FastAPI app, as the status bar tells it"),
    ]


def _kernel(subject: Subject) -> int:
    subject.create("resident", "resident")
    subject.run("resident")
    deadline = time.monotonic() + PATIENCE_S
    while (size := subject.memory("resident")) is None and time.monotonic() < deadline:
        time.sleep(STEP_S)
    subject.stop("resident")
    if size is None:
        raise TimeoutError("Podium does not tell the memory of the kernel")
    return size


def _figure(name: str, size: int, note: str, goal: Goal | None = None) -> Figure:
    return Figure(name, "MB", Samples.of([size / MEGABYTE]), goal=goal, note=note)


def _size(pid: int) -> int:
    size: int = psutil.Process(pid).memory_full_info().pss
    return size
