"""One press of Run: check and kernel at the same time, then load, and what becomes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from podium.kernels.control import RunnerUnavailable
from podium.kernels.environments.python import OWN, Python
from podium.kernels.exits import KernelExit
from podium.kernels.kernel import Kernel
from podium.kernels.sessions import KernelLimitReached, Kernels, KernelStartFailed
from podium.runner.protocol import FailureKind, Load, Loaded, LoadFailed
from podium.server.background import Background
from podium.server.http.problem import ApiError
from podium.server.live import problems
from podium.server.live.environments import AppEnvironments
from podium.server.live.session import Outcome, Session
from podium.server.live.version import version_of
from podium.server.models.common import AppId, Diagnostic, Severity, UserId
from podium.server.models.runs import KernelSource, Run, RunStage, RunState, RunTimings
from podium.server.store.files import Files

T = TypeVar("T")

EXIT_NOTICE_S = 2.0
"""How long the end of a kernel may take to be noticed after its connections broke."""
_LOAD_MARGIN_S = 10.0


class Checker(Protocol):
    """What looks at the code before it is run."""

    async def check(self, files: Mapping[str, str], entry: str, python: Python) -> list[Diagnostic]:
        """Find problems in what is to run in ``python``; an empty list also when nobody can look at the moment."""


class Owner(Protocol):
    """Whoever keeps the sessions."""

    def folder(self, app: AppId) -> Path:
        """Make the working directory of an app."""

    def attached(self, session: Session, kernel: Kernel) -> None:
        """Follow a kernel that has become the session's."""

    def gone(self, session: Session, kernel: Kernel, exit: KernelExit) -> None:
        """Note that a kernel has ended; noting it twice does nothing."""


@dataclass(frozen=True, slots=True)
class Launching:
    """What every launch of one server needs.

    ``variables`` are the environment variables that an app sees beside the usual ones and beside those of its own.
    ``note`` stores that it was run.
    """

    kernels: Kernels
    files: Files
    checker: Checker
    environments: AppEnvironments
    background: Background
    variables: Callable[[AppId], Mapping[str, str]]
    note: Callable[[UserId, AppId], Awaitable[None]]
    load_timeout_s: float


class Launch:
    """One run of a session."""

    def __init__(self, around: Launching, owner: Owner, session: Session) -> None:
        self._around = around
        self._owner = owner
        self._session = session
        self._started = time.perf_counter()
        self._restart_ms = 0.0

    async def run(self) -> Outcome:
        """Bring the app up, or up to date. What goes wrong is part of the outcome, and of the session's state."""
        covers, entry = self._session.presses, self._session.entry
        try:
            return Outcome(covers, await self._run(entry))
        except ApiError as error:
            return Outcome(covers, error)

    async def _run(self, entry: str) -> Run:
        session = self._session
        session.stage(RunStage.CHECK)
        files = (await self._around.files.tree(session.owner, session.app)).texts()
        load = Load(files, entry, version_of(files, entry))
        python, environment_ms = await self._timed(self._environment(load))
        before = self._live_kernel()
        kernel_ready = asyncio.ensure_future(self._timed(self._kernel(python)))
        try:
            _, check_ms = await self._timed(self._check(load, python))
            session.stage(RunStage.KERNEL)
            kernel, kernel_ms = await kernel_ready
            if kernel.python != python:
                kernel, kernel_ms = await self._timed(self._fresh_kernel(python, cold=False))
        finally:
            # After a mistake in the code the kernel goes on starting: the next press will want it.
            kernel_ready.cancel()
        ((kernel, loaded), load_ms), _ = await asyncio.gather(
            self._timed(self._load(kernel, load)), self._around.note(session.owner, session.app)
        )
        load_ms, ready_ms = load_ms - self._restart_ms, loaded.timings.ready_ms
        return self._done(
            loaded,
            RunTimings(
                environment_ms=round(environment_ms, 1),
                source=KernelSource.REUSED if kernel is before else KernelSource(kernel.source),
                check_ms=round(check_ms, 1),
                kernel_ms=round(kernel_ms + self._restart_ms, 1),
                load_ms=round(load_ms - ready_ms, 1),
                ready_ms=round(ready_ms, 1),
                total_ms=round((time.perf_counter() - self._started) * 1000, 1),
            ),
        )

    async def _timed(self, work: Awaitable[T]) -> tuple[T, float]:
        started = time.perf_counter()
        return await work, (time.perf_counter() - started) * 1000

    async def _environment(self, load: Load) -> Python:
        """The environment that the requirements ask for. Mistakes in the code need not wait for it to be made."""
        session, environments = self._session, self._around.environments
        known = environments.known(load.files)
        if known is not None:
            return known
        await self._check(load, OWN)
        session.stage(RunStage.ENVIRONMENT)
        try:
            return await environments.make(session.app, load.files)
        except problems.EnvironmentFailed:
            session.failed(diagnostics=environments.unmet(session.app, load.files))
            raise
        except ApiError:
            session.failed()
            raise

    async def _check(self, load: Load, python: Python) -> None:
        found = await self._around.checker.check(load.files, load.entry, python)
        self._session.run = self._session.run.model_copy(update={"diagnostics": tuple(found), "failure": None})
        errors = [item for item in found if item.severity is Severity.ERROR]
        if errors:
            self._session.failed()
            raise problems.CheckFailed(errors)

    def _live_kernel(self) -> Kernel | None:
        kernel = self._session.kernel
        return kernel if kernel is not None and not kernel.exit.done() else None

    async def _kernel(self, python: Python, *, cold: bool = False) -> Kernel:
        kernel = self._live_kernel()
        if kernel is not None:
            return kernel
        session = self._session
        if session.starting is None:
            session.starting = self._around.background.start(f"kernel of {session.app}", self._start(python, cold=cold))
        result = await asyncio.shield(session.starting)
        if isinstance(result, ApiError):
            raise result
        return result

    async def _start(self, python: Python, *, cold: bool) -> Kernel | ApiError:
        session = self._session
        try:
            folder = self._owner.folder(session.app)
            session.given = session.wanted
            env = {**session.given, **self._around.variables(session.app)}
            kernel = await self._around.kernels.start(session.key, directory=folder, env=env, python=python, cold=cold)
        except KernelStartFailed as error:
            session.failed(exit=error.exit)
            return problems.KernelNotStarted(error.exit)
        except KernelLimitReached as error:
            return problems.KernelLimit(error.limit)
        except ApiError as error:
            # The store is away, or the app is gone.
            return error
        finally:
            session.starting = None
        session.attach(kernel)
        self._owner.attached(session, kernel)
        return kernel

    async def _load(self, kernel: Kernel, load: Load) -> tuple[Kernel, Loaded]:
        self._session.stage(RunStage.LOAD)
        answer = await self._ask(kernel, load)
        # A fresh process is enough for most; a file that has the name of a preloaded library needs a cold one.
        for cold in (False, True):
            if isinstance(answer, LoadFailed) and answer.failure.kind is FailureKind.RESTART:
                kernel, restart_ms = await self._timed(self._fresh_kernel(kernel.python, cold=cold))
                self._restart_ms += restart_ms
                answer = await self._ask(kernel, load)
        if isinstance(answer, LoadFailed):
            self._session.failed(failure=answer.failure)
            raise problems.LoadFailed(answer.failure, answer.serving)
        return kernel, answer

    async def _fresh_kernel(self, python: Python, *, cold: bool) -> Kernel:
        session = self._session
        session.detach(None)
        session.stage(RunStage.KERNEL)
        await self._around.kernels.stop(session.key)
        kernel = await self._kernel(python, cold=cold)
        session.stage(RunStage.LOAD)
        return kernel

    async def _ask(self, kernel: Kernel, load: Load) -> Loaded | LoadFailed:
        kernel.touch()
        try:
            return await kernel.runner.load(load, self._around.load_timeout_s + _LOAD_MARGIN_S)
        except RunnerUnavailable as error:
            await asyncio.wait([kernel.exit], timeout=EXIT_NOTICE_S)
            if kernel.exit.done():
                self._owner.gone(self._session, kernel, kernel.exit.result())
                raise problems.KernelEnded(kernel.exit.result()) from error
            self._session.failed()
            raise problems.RunnerSilent(str(error)) from error

    def _done(self, loaded: Loaded, timings: RunTimings) -> Run:
        return self._session.update(
            state=RunState.RUNNING,
            stage=None,
            version=loaded.version,
            framework=loaded.framework,
            generation=loaded.generation,
            routes=loaded.routes,
            reloaded=loaded.reloaded,
            timings=timings,
            failure=None,
        )
