"""One piece of work at a time for all who want the same result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Generic, TypeVar

from podium.kernels.environments.uv import Tell

T = TypeVar("T")

Work = Callable[[Tell], Coroutine[None, None, T]]
"""Does something and tells how far it is."""


class SharedWork(Generic[T]):
    """What is being done at the moment, by what it is for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._current: dict[str, _Shared[T]] = {}

    async def result(self, key: str, work: Work[T], tell: Tell) -> T:
        """The result of ``work``, or of the work that goes on for ``key`` already; raises what that raises."""
        current = self._current.get(key)
        if current is None or current.ended:
            current = self._current[key] = _Shared(work, f"{self._name} {key}")
        try:
            return await current.wait(tell)
        finally:
            if current.ended and self._current.get(key) is current:
                del self._current[key]


class _Shared(Generic[T]):
    """Begins at once. Who comes late is told first what has been told; with the last who waits the work ends too."""

    def __init__(self, work: Work[T], name: str) -> None:
        self._lines: list[str] = []
        self._listeners: list[Tell] = []
        self._task = asyncio.create_task(work(self._tell), name=name)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to wait for, or nobody has waited for it to the end."""
        return self._task.done() or self._task.cancelling() > 0

    async def wait(self, tell: Tell) -> T:
        """The result; raises what the work raises."""
        for line in self._lines:
            tell(line)
        self._listeners.append(tell)
        try:
            return await asyncio.shield(self._task)
        finally:
            self._listeners.remove(tell)
            if not self._listeners and not self._task.done():
                self._task.cancel()
                await asyncio.wait([self._task])

    def _tell(self, line: str) -> None:
        self._lines.append(line)
        for listener in list(self._listeners):
            listener(line)
