"""Language processes for whoever needs one, forked from the parent of their environment.

Each environment that an editor needs has a parent, which is started again when it ends. That of Podium's own
environment stays; another one is given up some time after the last of its processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from podium.kernels.environments.python import OWN, Python
from podium.server.http.problem import ApiError
from podium.server.live.language.home import LanguageHome
from podium.server.live.language.parent import ForkError, LanguageParent
from podium.server.live.language.process import LanguageProcess

MAX_PROCESSES = 100
IDLE_S = 60.0
"""For how long the parent of an app's own environment is kept without any process."""


class LanguageUnavailable(ApiError):  # noqa: N818 - named like the problem
    status = 503
    type = "language-unavailable"
    title = "The language process is not available"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "2"})


@dataclass(slots=True)
class _Family:
    """The parent of an environment, when there is one, and the processes that were forked from it or will be."""

    parent: LanguageParent | None = None
    users: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ending: asyncio.TimerHandle | None = None


class LanguagePool:
    """An async context manager: leaving it ends every process."""

    def __init__(self, home: LanguageHome, idle_s: float = IDLE_S) -> None:
        self._home = home
        self._idle_s = idle_s
        self._processes: dict[LanguageProcess, Python] = {}
        self._families: dict[Python, _Family] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._home.clear)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        await asyncio.gather(*(process.close() for process in self._processes))
        await asyncio.gather(*(self._end(family) for family in self._families.values()), *self._endings)

    @property
    def environments(self) -> set[Python]:
        """The environments that editors are helped with."""
        return set(self._families)

    async def forget(self, keys: Collection[str]) -> None:
        """Remove what was learnt about environments that are gone."""
        await asyncio.to_thread(self._home.forget, keys)

    async def parent(self, python: Python = OWN) -> LanguageParent:
        """Return the parent of an environment, started when there is none. Raises :class:`LanguageUnavailable`."""
        family = self._families.setdefault(python, _Family())
        async with family.turn:
            if self._closed:
                raise LanguageUnavailable("Podium is about to end.")
            if family.parent is not None and not family.parent.alive:
                await family.parent.close()
                family.parent = None
            if family.parent is None:
                family.parent = await self._start(python)
            return family.parent

    async def acquire(self, python: Python = OWN, *, learned: bool = False) -> LanguageProcess:
        """Return a process that nobody else uses; give it back with :meth:`release`.

        One that infers types shall have ``learned`` about libraries first, which takes the parent some seconds.

        Raises :class:`LanguageUnavailable` when there are too many or none can be started.
        """
        if len(self._processes) >= MAX_PROCESSES:
            raise LanguageUnavailable(f"There are {len(self._processes)} already. Close some of Podium's tabs.")
        self._use(python)
        try:
            process = await self._fork(python, learned)
        except BaseException:
            self._leave(python)
            raise
        self._processes[process] = python
        return process

    async def release(self, process: LanguageProcess) -> None:
        """End a process that is not needed any more."""
        python = self._processes.pop(process)
        try:
            await process.close()
        finally:
            self._leave(python)

    async def _fork(self, python: Python, learned: bool) -> LanguageProcess:
        try:
            return await (await self.parent(python)).fork(learned=learned)
        except ForkError:
            # The parent may have ended just now; another one is started for this.
            try:
                return await (await self.parent(python)).fork(learned=learned)
            except ForkError as error:
                raise LanguageUnavailable(f"It could not be started: {error}.") from error

    def _use(self, python: Python) -> None:
        family = self._families.setdefault(python, _Family())
        family.users += 1
        if family.ending is not None:
            family.ending.cancel()
            family.ending = None

    def _leave(self, python: Python) -> None:
        family = self._families[python]
        family.users -= 1
        if family.users == 0 and python != OWN and not self._closed:
            family.ending = asyncio.get_running_loop().call_later(self._idle_s, self._give_up, python)

    def _give_up(self, python: Python) -> None:
        ending = asyncio.create_task(self._end(self._families.pop(python)), name="end of a language parent")
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _end(self, family: _Family) -> None:
        if family.ending is not None:
            family.ending.cancel()
        async with family.turn:
            if family.parent is not None:
                await family.parent.close()

    async def _start(self, python: Python) -> LanguageParent:
        try:
            return await LanguageParent.start(self._home, python)
        except OSError as error:
            raise LanguageUnavailable(f"It could not be started: {error.strerror or error}.") from error
