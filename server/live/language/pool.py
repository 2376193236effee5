"""Language processes for whoever needs one, with a spare that is started ahead."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from podium.server.http.problem import ApiError
from podium.server.live.language.process import LanguageProcess

MAX_PROCESSES = 24


class LanguageUnavailable(ApiError):  # noqa: N818 - named like the problem
    status = 503
    type = "language-unavailable"
    title = "The language process is not available"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "2"})


class LanguagePool:
    """An async context manager: leaving it ends every process."""

    def __init__(self) -> None:
        self._processes: set[LanguageProcess] = set()
        self.spare: asyncio.Task[LanguageProcess] | None = None
        """The process that is kept ahead, or on its way."""
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        if self.spare is not None:
            await asyncio.wait([self.spare])
        await asyncio.gather(*(process.close() for process in self._processes))
        self._processes.clear()

    def prepare(self) -> None:
        """Start a spare process, unless there is one."""
        if self.spare is None and not self._closed:
            self.spare = asyncio.create_task(self._start(), name="spare language process")

    async def acquire(self) -> LanguageProcess:
        """Return a process that nobody else uses; give it back with :meth:`release`.

        Raises :class:`LanguageUnavailable` when there are too many or none can be started.
        """
        if self._closed or len(self._processes) >= MAX_PROCESSES:
            raise LanguageUnavailable(f"There are {len(self._processes)} already. Close some of Podium's tabs.")
        spare, self.spare = self.spare, None
        process = await (asyncio.shield(spare) if spare is not None else self._start())
        if not process.alive:
            await self.release(process)
            process = await self._start()
        self.prepare()
        return process

    async def release(self, process: LanguageProcess) -> None:
        """End a process that is not needed any more."""
        await process.close()
        self._processes.discard(process)

    async def _start(self) -> LanguageProcess:
        try:
            process = await LanguageProcess.start()
        except OSError as error:
            raise LanguageUnavailable(f"It could not be started: {error.strerror or error}.") from error
        self._processes.add(process)
        return process
