"""One press of Run: check and kernel at the same time, then load, and what becomes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypedDict, TypeVar

from podium.kernels.control import RunnerUnavailable
from podium.kernels.environments.python import OWN, Python
from podium.kernels.exits import KernelExit
from podium.kernels.kernel import Kernel
from podium.kernels.sessions import KernelLimitReached, Kernels, KernelStartFailed
from podium.runner.protocol import Failure, FailureKind, Load, Loaded, LoadFailed
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

    def follow(self, session: Session, kernel: Kernel) -> None:
        """Take note of what happens in a kernel of the session's, to its end."""

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


class _Surroundings(TypedDict):
    """What kernels of one app are started with."""

    directory: Path
    env: Mapping[str, str]


class Launch:
    """One run of a session."""

    def __init__(self, around: Launching, owner: Owner, session: Session) -> None:
        self._around = around
        self._owner = owner
        self._session = session
        self._started = time.perf_counter()
        self._successor_ms = 0.0

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
        finally:
            # After a mistake in the code the kernel goes on starting: the next press will want it.
            kernel_ready.cancel()
        ((kernel, loaded), load_ms), _ = await asyncio.gather(
            self._timed(self._load(kernel, load, python)), self._around.note(session.owner, session.app)
        )
        load_ms, ready_ms = load_ms - self._successor_ms, loaded.timings.ready_ms
        return self._done(
            loaded,
            RunTimings(
                environment_ms=round(environment_ms, 1),
                source=KernelSource.REUSED if kernel is before else KernelSource(kernel.source),
                check_ms=round(check_ms, 1),
                kernel_ms=round(kernel_ms + self._successor_ms, 1),
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

    async def _kernel(self, python: Python) -> Kernel:
        """The session's kernel, in whichever environment it runs; a fresh one where there is none."""
        kernel = self._live_kernel()
        if kernel is not None:
            return kernel
        session = self._session
        if session.starting is None:
            session.starting = self._around.background.start(f"kernel of {session.app}", self._start(python))
        result = await asyncio.shield(session.starting)
        if isinstance(result, ApiError):
            raise result
        return result

    async def _start(self, python: Python) -> Kernel | ApiError:
        session = self._session
        try:
            given, surroundings = self._surroundings()
            kernel = await self._around.kernels.start(session.key, python=python, **surroundings)
        except KernelStartFailed as error:
            session.failed(exit=error.exit)
            return problems.KernelNotStarted(error.exit)
        except KernelLimitReached as error:
            return problems.KernelLimit(error.limit)
        finally:
            session.starting = None
        session.attach(kernel, given)
        self._owner.follow(session, kernel)
        return kernel

    def _surroundings(self) -> tuple[Mapping[str, str], _Surroundings]:
        """The app's own variables, and everything that its kernel gets."""
        session = self._session
        given = session.wanted
        env = {**given, **self._around.variables(session.app)}
        return given, {"directory": self._owner.folder(session.app), "env": env}

    async def _load(self, kernel: Kernel, load: Load, python: Python) -> tuple[Kernel, Loaded]:
        """Load in the session's kernel, or in another one that takes its place if that succeeds."""
        answer = await self._ask(kernel, load) if kernel.python == python else None
        if answer is None or _needs_another(answer):
            kernel, answer = await self._load_in_successor(load, python, cold=False)
        if _needs_another(answer):  # a file that has the name of a preloaded library
            kernel, answer = await self._load_in_successor(load, python, cold=True)
        if isinstance(answer, Loaded):
            return kernel, answer
        raise self._failed(answer.failure)

    async def _load_in_successor(self, load: Load, python: Python, *, cold: bool) -> tuple[Kernel, Loaded | LoadFailed]:
        session, kernels = self._session, self._around.kernels
        session.stage(RunStage.KERNEL)
        started = time.perf_counter()
        given, surroundings = self._surroundings()
        try:
            async with kernels.successor(session.key, python=python, cold=cold, **surroundings) as kernel:
                self._successor_ms += (time.perf_counter() - started) * 1000
                self._owner.follow(session, kernel)
                answer = await self._ask(kernel, load)
                # Where nothing is served, code that failed is repaired in the new kernel.
                if isinstance(answer, Loaded) or not session.serving:
                    kernels.succeed(session.key, kernel)
                    session.attach(kernel, given)
                return kernel, answer
        except KernelStartFailed as error:
            session.failed()
            raise problems.KernelNotStarted(error.exit) from error

    def _failed(self, failure: Failure) -> problems.LoadFailed:
        self._session.failed(failure=failure)
        return problems.LoadFailed(failure, self._session.run.version)

    async def _ask(self, kernel: Kernel, load: Load) -> Loaded | LoadFailed:
        self._session.stage(RunStage.LOAD)
        kernel.touch()
        try:
            return await kernel.runner.load(load, self._around.load_timeout_s + _LOAD_MARGIN_S)
        except RunnerUnavailable as error:
            await asyncio.wait([kernel.exit], timeout=EXIT_NOTICE_S)
            if kernel.exit.done():
                raise self._ended(kernel, kernel.exit.result()) from error
            self._session.failed()
            raise problems.RunnerSilent(str(error)) from error

    def _ended(self, kernel: Kernel, exit: KernelExit) -> ApiError:
        """Say that a kernel ended while it loaded: the session's, or one that only tried to take its place."""
        if self._session.kernel not in {kernel, None}:
            return self._failed(Failure(FailureKind.ENDED, exit.message, hint=exit.hint))
        self._owner.gone(self._session, kernel, exit)
        return problems.KernelEnded(exit)

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


def _needs_another(answer: Loaded | LoadFailed) -> bool:
    """Whether only a new process can load this."""
    return isinstance(answer, LoadFailed) and answer.failure.kind is FailureKind.RESTART
