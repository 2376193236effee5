"""Running apps: presses of Run, and everything that happens to a session afterwards.

::

    stopped ──Run──▶ starting ──loaded──▶ running ──Stop, idle──▶ stopped
                        │                    │
                        ▼                    ▼
                      failed ◀──kernel ended by itself

A press while another one is being served waits for it, and is then served by one further run for all who wait: the
files that are run are never older than the press. While an app is served, a run that fails changes nothing but
``failure`` and ``diagnostics``.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from podium.kernels.control import RunnerUnavailable
from podium.kernels.exits import KernelExit
from podium.kernels.kernel import Kernel
from podium.runner.protocol import Event, EventType, Look, Sight
from podium.server.background import end
from podium.server.changes import AppDeleted, AppPurged, AppRenamed, Change, VariablesChanged
from podium.server.http.problem import ApiError
from podium.server.live import problems
from podium.server.live.events import EventLogs
from podium.server.live.follow import follow
from podium.server.live.launch import Launch, Launching
from podium.server.live.records import Recorder
from podium.server.live.session import Outcome, Session
from podium.server.models.common import AppId, UserId
from podium.server.models.runs import AppEventType, Run, RunStage, RunState
from podium.server.store.apps import StoredApp

_SAMPLE_S = 5.0
_LOOK_S = 1.0
_TELLING = 0.1
"""Share by which memory must have changed to be told: a run event is too large to be sent for every page."""
_PUBLISHED = {
    EventType.LOG: AppEventType.LOG,
    EventType.FAILURE: AppEventType.FAILURE,
    EventType.DROPPED: AppEventType.DROPPED,
}


class RunService:
    """The sessions of all apps. ``url`` makes an app's address from its name; ``work`` holds apps' folders."""

    def __init__(
        self,
        launching: Launching,
        *,
        recorder: Recorder,
        events: EventLogs,
        url: Callable[[str], str],
        work: Path,
    ) -> None:
        self._launching = launching
        self._recorder = recorder
        self._events = events
        self._url = url
        self._work = work
        self._sessions: dict[AppId, Session] = {}
        launching.background.start("memory of kernels", self._sample())

    def current(self, app: StoredApp) -> Run:
        """How an app is now."""
        return self.session(app).run

    def session(self, app: StoredApp) -> Session:
        """Return the session of an app, which may never have been started."""
        session = self._sessions.get(app.id)
        if session is None:
            events = self._events.of(app.id)
            session = self._sessions[app.id] = Session(app.owner, app.id, app.name, self._url(app.name), events)
        return session

    def started(self) -> list[tuple[UserId, AppId]]:
        """Name the apps that were run since the server started."""
        return [(session.owner, session.app) for session in self._sessions.values() if session.presses]

    def by_id(self, app: AppId) -> Session | None:
        """Return the session of an app that has not been purged."""
        return self._sessions.get(app)

    def named(self, owner: UserId, name: str) -> Session | None:
        """Return the session of a served app by the app's name."""
        sessions = self._sessions.values()
        return next((item for item in sessions if item.owner == owner and item.name == name and item.serving), None)

    async def run(self, app: StoredApp) -> Run:
        """Serve the app's stored files from now on; raises an :class:`~podium.server.http.problem.ApiError`."""
        session = self.session(app)
        session.presses += 1
        session.entry, session.wanted = app.entry, app.variables
        press = session.presses
        while True:
            if session.task is None:
                session.task = self._launching.background.start(f"run of {app.id}", self._launch(session))
            task = session.task
            await asyncio.wait([task])
            if task.cancelled():
                raise problems.RunStopped
            outcome = task.result()
            if outcome.covers >= press:
                if isinstance(outcome.result, ApiError):
                    raise outcome.result
                return outcome.result

    async def stop(self, app: StoredApp) -> Run:
        """End the app's kernel, also one that is still starting."""
        session = self.session(app)
        await self._end(session)
        return session.run

    async def restart(self, app: StoredApp) -> Run:
        """End the kernel and run the app in a fresh one."""
        await self.stop(app)
        return await self.run(app)

    async def interrupt(self, app: StoredApp) -> Run:
        """Raise KeyboardInterrupt in what the console executes."""
        session = self.session(app)
        if session.kernel is None:
            raise problems.NotRunning
        await session.kernel.interrupt()
        return session.run

    async def look(self, app: AppId, wanted: Look) -> Sight | None:
        """See what a name stands for in a running app; ``None`` when it does not run, or does not say at once."""
        session = self._sessions.get(app)
        if session is None or session.kernel is None:
            return None
        try:
            return await session.kernel.runner.look(wanted, _LOOK_S)
        except RunnerUnavailable:
            return None

    def take(self, change: Change) -> None:
        """Follow what happens to apps elsewhere in the server."""
        session = self._sessions.get(change.app)
        match change:
            case AppRenamed() if session is not None:
                session.name = change.name
                session.update(url=self._url(change.name))
            case VariablesChanged() if session is not None:
                session.variables_changed(change.variables)
            case AppDeleted() if session is not None:
                self._launching.background.start(f"end of {change.app}", self._delete(session))
            case AppPurged():
                self._launching.background.start(f"removal of {change.app}", self._remove(change.app))
            case _:
                pass

    def folder(self, app: AppId) -> Path:
        """Make the working directory of an app."""
        folder = self._work / app
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def follow(self, session: Session, kernel: Kernel) -> None:
        """Take note of what happens in a kernel of the session's, to its end."""
        start = self._launching.background.start
        start(f"events of {session.app}", follow(kernel, lambda event: self._take_event(session, kernel, event)))
        start(f"exit of {session.app}", self._await_exit(session, kernel))

    async def _launch(self, session: Session) -> Outcome:
        try:
            return await Launch(self._launching, self, session).run()
        finally:
            session.task = None
            session.settle()

    async def _end(self, session: Session) -> None:
        await end([task for task in (session.task, session.starting) if task is not None])
        session.starting = None
        kernel = session.kernel
        await self._launching.kernels.stop(session.key)
        if kernel is not None:
            self.gone(session, kernel, await asyncio.shield(kernel.exit))
        elif session.run.state is not RunState.STOPPED:
            session.update(state=RunState.STOPPED, stage=None)

    async def _delete(self, session: Session) -> None:
        await self._end(session)
        session.log.end_readers()

    async def _remove(self, app: AppId) -> None:
        session = self._sessions.pop(app, None)
        if session is not None:
            await self._end(session)
        self._events.forget(app)
        await asyncio.to_thread(shutil.rmtree, self._work / app, ignore_errors=True)

    async def _await_exit(self, session: Session, kernel: Kernel) -> None:
        self.gone(session, kernel, await asyncio.shield(kernel.exit))

    def gone(self, session: Session, kernel: Kernel, exit: KernelExit) -> None:
        """Note that a kernel has ended; noting it twice does nothing."""
        if session.kernel is kernel:
            session.detach(exit)
            self._recorder.kernel_gone(session.app)

    def _take_event(self, session: Session, kernel: Kernel, event: Event) -> None:
        if event.type is EventType.REQUEST_FINISHED:
            self._recorder.recorded(session.owner, session.app, event.data)
        elif event.type is EventType.LOADING:
            session.loading(RunStage(event.data["stage"]))
        elif event.type in _PUBLISHED:
            session.log.publish(_PUBLISHED[event.type], event.data)
        elif session.kernel is kernel:
            self._take_state(session, event)

    def _take_state(self, session: Session, event: Event) -> None:
        """Take what is true of the app that is served, and of none that was before or may come after it."""
        if event.type in {EventType.BLOCKED, EventType.UNBLOCKED}:
            session.blocked = event.data if event.type is EventType.BLOCKED else None
            session.log.publish(AppEventType(event.type), event.data)
        elif event.type is EventType.OPENAPI and event.data["document"] != session.run.openapi:
            session.update(openapi=event.data["document"])

    async def _sample(self) -> None:
        while True:
            await asyncio.sleep(_SAMPLE_S)
            for session in list(self._sessions.values()):
                if session.kernel is not None:
                    self._tell_memory(session, await session.kernel.memory_bytes())

    def _tell_memory(self, session: Session, memory: int | None) -> None:
        told = session.run.memory_bytes
        if memory is not None and (told is None or abs(memory - told) > told * _TELLING):
            session.update(memory_bytes=memory)
