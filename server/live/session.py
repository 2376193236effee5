"""The state of one app's run: what is told about it, and the kernel behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podium.kernels.exits import ExitReason, KernelExit
from podium.kernels.kernel import Kernel, SessionKey
from podium.server.http.problem import ApiError
from podium.server.live.events import EventLog
from podium.server.models.common import AppId, SessionId, UserId
from podium.server.models.runs import AppEventType, Run, RunStage, RunState

VARIABLES_CHANGED = "The environment variables have changed. Restart the kernel to apply them."
_QUIET_EXITS = frozenset({ExitReason.STOPPED, ExitReason.IDLE})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. It answers every press up to number ``covers``: their files are the ones that it read."""

    covers: int
    result: Run | ApiError


class Session:
    """One app's run; every change of ``run`` is published.

    ``blocked`` is the runner's last word on an event loop that stands still, ``presses`` counts presses of Run, and
    ``entry`` is the entry point at the last of them. ``given`` are the variables of its own that the kernel got,
    ``wanted`` those that the app has had since the last press.
    """

    def __init__(self, owner: UserId, app: AppId, name: str, url: str, log: EventLog) -> None:
        self.owner = owner
        self.app = app
        self.name = name
        self.log = log
        self.run = Run(app=app, session=None, state=RunState.STOPPED, url=url)
        self.kernel: Kernel | None = None
        self.blocked: Mapping[str, Any] | None = None
        self.given: Mapping[str, str] = {}
        self.wanted: Mapping[str, str] = {}
        self.presses = 0
        self.entry = ""
        self.task: asyncio.Task[Outcome] | None = None
        self.starting: asyncio.Task[Kernel | ApiError] | None = None
        self._news = asyncio.Event()

    @property
    def key(self) -> SessionKey:
        return SessionKey(self.owner, self.app)

    @property
    def serving(self) -> bool:
        """Whether some version of the app answers requests."""
        return self.kernel is not None and self.run.version is not None

    def update(self, **changes: Any) -> Run:
        """Change ``run`` and publish it."""
        self.run = self.run.model_copy(update=changes)
        self.log.publish(AppEventType.RUN, self.run)
        self._news.set()
        self._news = asyncio.Event()
        return self.run

    async def changed(self) -> None:
        """Wait for the next change of ``run``."""
        await self._news.wait()

    async def moved_from(self, kernel: Kernel) -> None:
        """Wait until the app runs in another kernel than this one."""
        while self.kernel in {kernel, None}:
            await self.changed()

    def stage(self, stage: RunStage) -> None:
        """Say how far a run has come. An app that is served goes on being *running* meanwhile."""
        self.update(state=RunState.RUNNING if self.serving else RunState.STARTING, stage=stage)

    def loading(self, stage: RunStage) -> None:
        """Say how far the load has come; what an earlier load said too late is not listened to."""
        if self.run.stage in {RunStage.LOAD, RunStage.READY}:
            self.stage(stage)

    def failed(self, **changes: Any) -> Run:
        """End a run that came to nothing; what was served before is served still."""
        return self.update(state=RunState.RUNNING if self.serving else RunState.FAILED, stage=None, **changes)

    def settle(self) -> None:
        """End a run that was given up for a reason which is not the app's."""
        if self.run.stage is not None:
            self.update(state=RunState.RUNNING if self.serving else RunState.STOPPED, stage=None)

    def attach(self, kernel: Kernel, given: Mapping[str, str]) -> None:
        """Take over a kernel that is ready, and was ``given`` these variables; what the one before serves goes on."""
        self.kernel, self.given = kernel, given
        if self.blocked is not None:
            self.blocked = None
            self.log.publish(AppEventType.UNBLOCKED, {"ms": 0.0})
        self.update(session=SessionId(kernel.id), exit=None, generation=0, restart_needed=self._restart_needed())

    def variables_changed(self, variables: Mapping[str, str]) -> None:
        """Say that the kernel has to be restarted for variables that are not those it was given."""
        self.wanted = variables
        if self.kernel is not None:
            self.update(restart_needed=self._restart_needed())

    def _restart_needed(self) -> str | None:
        return None if self.given == self.wanted else VARIABLES_CHANGED

    def detach(self, exit: KernelExit) -> None:
        """Let go of a kernel that has ended."""
        self.kernel = None
        self.blocked = None
        gone: dict[str, Any] = {"session": None, "version": None, "routes": (), "openapi": None, "framework": None}
        state = RunState.STOPPED if exit.reason in _QUIET_EXITS else RunState.FAILED
        self.update(state=state, stage=None, exit=exit, memory_bytes=None, restart_needed=None, **gone)
