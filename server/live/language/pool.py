"""Language processes for whoever needs one, forked from one parent that is started again when it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

from podium.server.http.problem import ApiError
from podium.server.live.language.parent import ForkError, LanguageParent
from podium.server.live.language.process import LanguageProcess

MAX_PROCESSES = 100


class LanguageUnavailable(ApiError):  # noqa: N818 - named like the problem
    status = 503
    type = "language-unavailable"
    title = "The language process is not available"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "2"})


class LanguagePool:
    """An async context manager: leaving it ends every process. They keep files below ``folder``, which is emptied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: set[LanguageProcess] = set()
        self._parent: LanguageParent | None = None
        self._turn = asyncio.Lock()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        await asyncio.gather(*(process.close() for process in self._processes))
        async with self._turn:
            if self._parent is not None:
                await self._parent.close()

    async def parent(self) -> LanguageParent:
        """Return the parent, started when there is none. Raises :class:`LanguageUnavailable`."""
        async with self._turn:
            if self._closed:
                raise LanguageUnavailable("Podium is about to end.")
            if self._parent is not None and not self._parent.alive:
                await self._parent.close()
                self._parent = None
            if self._parent is None:
                self._parent = await self._start()
            return self._parent

    async def acquire(self, *, learned: bool = False) -> LanguageProcess:
        """Return a process that nobody else uses; give it back with :meth:`release`.

        One that infers types shall have ``learned`` about libraries first, which takes the parent some seconds.

        Raises :class:`LanguageUnavailable` when there are too many or none can be started.
        """
        if len(self._processes) >= MAX_PROCESSES:
            raise LanguageUnavailable(f"There are {len(self._processes)} already. Close some of Podium's tabs.")
        process = await self._fork(learned)
        self._processes.add(process)
        return process

    async def _fork(self, learned: bool) -> LanguageProcess:
        try:
            return await (await self.parent()).fork(learned=learned)
        except ForkError:
            # The parent may have ended just now; another one is started for this.
            try:
                return await (await self.parent()).fork(learned=learned)
            except ForkError as error:
                raise LanguageUnavailable(f"It could not be started: {error}.") from error

    async def release(self, process: LanguageProcess) -> None:
        """End a process that is not needed any more."""
        self._processes.discard(process)
        await process.close()

    async def _start(self) -> LanguageParent:
        try:
            return await LanguageParent.start(self._folder)
        except OSError as error:
            raise LanguageUnavailable(f"It could not be started: {error.strerror or error}.") from error
