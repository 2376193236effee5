"""What the gateway and the request panel ask: where an app is served, and why it gave no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from podium.kernels.control import RunnerUnavailable
from podium.kernels.kernel import Kernel
from podium.server.gateway.problems import AppNotRunning, NoSuchApp
from podium.server.gateway.targets import RequestHead, Target
from podium.server.gateway.upstream import ClosedError, InvalidAnswerError, RefusedError, UpstreamError
from podium.server.live.launch import EXIT_NOTICE_S
from podium.server.live.openrecord import OpenRecord
from podium.server.live.originals import Originals, Outgoing
from podium.server.live.records import Recorder
from podium.server.live.runs import RunService
from podium.server.live.session import Session
from podium.server.models.common import RequestId, UserId
from podium.server.models.runs import RunState
from podium.server.store import apps as store

START_S = 30.0
"""How long a request waits for an app that is starting."""


class LiveDirectory:
    """The dev apps of one user by host name. Implements :class:`~podium.server.gateway.targets.Directory`."""

    def __init__(
        self, owner: UserId, runs: RunService, apps: store.Apps, recorder: Recorder, originals: Originals
    ) -> None:
        self._owner = owner
        self._runs = runs
        self._apps = apps
        self._recorder = recorder
        self._originals = originals

    async def target(self, name: str) -> Target:
        """Find an app that is served; one that is starting is waited for.

        Raises :class:`~podium.server.gateway.problems.NoSuchApp` and ``AppNotRunning``.
        """
        return await self.ready(self._runs.named(self._owner, name) or await self._find(name))

    async def ready(self, session: Session) -> Target:
        """Say where a session is served, as soon as it is; raises ``AppNotRunning``."""
        try:
            async with asyncio.timeout(START_S):
                while not session.serving and session.run.state is RunState.STARTING:
                    await session.changed()
        except TimeoutError:
            raise AppNotRunning(
                f"{session.name} is still starting. Try again in a moment.", headers={"Retry-After": "5"}
            ) from None
        return _target(session)

    def begin(self, target: Target, id: RequestId, head: RequestHead) -> OpenRecord:
        """Begin the record of a request that came through the gateway."""
        self._originals.keep(target.app, id, Outgoing(head.method, head.target, head.headers, None))
        return self._recorder.begin(target, id, head, "gateway")

    async def explain(self, target: Target, error: UpstreamError | TimeoutError) -> str:
        """Say why an app gave no whole answer; a kernel that has just died is waited for, to say how it did."""
        session = self._runs.by_id(target.app)
        if session is None:
            return "The app has been deleted."
        if not isinstance(error, TimeoutError | InvalidAnswerError):
            await self._notice_exit(session, target)
        run, kernel = session.run, session.kernel
        if kernel is not None and not _serves(kernel, target):
            return "The app moved to another kernel, and the one that had this request has ended. Send it again."
        if kernel is None and run.exit is not None:
            return f"{run.exit.message} {run.exit.hint}"
        if session.blocked is not None:
            return where_blocked(session.blocked)
        return what_happened(error)

    async def _find(self, name: str) -> Session:
        try:
            return self._runs.session(await self._apps.get(self._owner, name))
        except store.NoSuchApp as error:
            raise NoSuchApp(f"There is no app that is called {name}. It may have been renamed or deleted.") from error

    async def _notice_exit(self, session: Session, target: Target) -> None:
        kernel = session.kernel
        if kernel is None or not _serves(kernel, target):
            return
        try:
            await kernel.runner.health()
        except RunnerUnavailable:
            await asyncio.wait([kernel.exit], timeout=EXIT_NOTICE_S)
            if kernel.exit.done():
                self._runs.gone(session, kernel, kernel.exit.result())


def _target(session: Session) -> Target:
    kernel = session.kernel
    if kernel is None or session.run.version is None:
        raise AppNotRunning(_why_not_running(session))
    kernel.touch()
    address = kernel.app
    return Target(session.app, session.owner, session.name, address.host, address.port, session.run.version)


def _serves(kernel: Kernel, target: Target) -> bool:
    return (kernel.app.host, kernel.app.port) == (target.host, target.port)


def _why_not_running(session: Session) -> str:
    run = session.run
    if run.state is RunState.FAILED and run.failure is not None:
        return f"Its last run failed: {run.failure.message} Correct the code and press Run."
    if run.state is RunState.FAILED and run.diagnostics:
        return "Its code has mistakes. Correct them in Podium and press Run."
    if run.exit is not None:
        return f"{run.exit.message} {run.exit.hint}"
    return f"Open {session.name} in Podium and press Run."


def where_blocked(blocked: Mapping[str, Any]) -> str:
    """Say where an app's event loop stands still, from the runner's ``blocked`` event."""
    frames = [frame for frame in blocked.get("frames", ()) if frame.get("user")]
    where = f" at {frames[-1]['path']} line {frames[-1]['line']}, in {frames[-1]['function']}" if frames else ""
    return (
        f"The app's event loop stands still{where}, so it cannot answer. "
        "Make that call asynchronous, or run it in a thread."
    )


def what_happened(error: UpstreamError | TimeoutError) -> str:
    """Say what is known when the kernel lives and its loop goes round."""
    if isinstance(error, TimeoutError):
        return "The app has the request, but did not begin to answer in time."
    if isinstance(error, RefusedError):
        return "Nothing accepts connections where the app should listen. Restart the kernel."
    if isinstance(error, ClosedError) and error.begun:
        return "The app closed the connection before its answer was complete. Its log lines may say why."
    if isinstance(error, ClosedError):
        return "The app closed the connection without an answer. Its log lines may say why."
    return f"What the app sent is not a valid HTTP answer: {error}."
