"""Puts the parts of a runner together: the control port, the app's loop, the loader, the capture."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import ModuleType
from typing import Any

from podium.runner.capture import Capture
from podium.runner.control import ControlApp, Controlled, ControlPort, NotPossibleError
from podium.runner.events import EventLog
from podium.runner.frames import FrameReader
from podium.runner.generation import SHUTDOWN_REASON, Switch
from podium.runner.leaving import exit_soon
from podium.runner.lifespan import SHUTDOWN_TIMEOUT
from podium.runner.loader import Loader
from podium.runner.loading import Loading
from podium.runner.looking import UNSEEN
from podium.runner.loops import Loops
from podium.runner.protocol import Claim, EventType, FailureKind, Health, Load, Loaded, LoadFailed, Look, Sight
from podium.runner.rehearsing import rehearse
from podium.runner.serving import Serving
from podium.runner.settings import AppSettings, RunnerSettings
from podium.runner.surroundings import enter
from podium.runner.watchdog import Watchdog


def _do_nothing(*_args: Any) -> None:
    """Stand for a callback that nobody gave."""


class Runner:
    """Everything that runs beside a user's code in one process, apart from the interactive console.

    ``echo`` also writes what the app prints to the process's own streams. ``protected`` are module names that the
    app's files cannot take. ``environment`` is set where neither the process nor the app says otherwise. ``on_entered``
    is called when the runner has got an app's folder, ``on_served`` with the entry module and the app after each load,
    :attr:`on_ended` when the shutdown has come to its end; all on the control thread, but for an app that was there
    from the start.
    """

    def __init__(
        self,
        settings: RunnerSettings,
        *,
        echo: bool = False,
        protected: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        on_entered: Callable[[], None] = _do_nothing,
        on_served: Callable[[ModuleType, Any], None] = _do_nothing,
    ) -> None:
        self.on_ended: Callable[[], None] = _do_nothing
        self.ended = threading.Event()
        self.loading = threading.Event()
        self.loaded = threading.Event()
        self._settings = settings
        self._protected = protected
        # The first is what the `flask` command sets: app.run() outside a main guard does nothing instead of blocking.
        self._environment = {"FLASK_RUN_FROM_CLI": "true", **(environment or {})}
        self._on_entered = on_entered
        self._on_served = on_served
        self._events = EventLog()
        self._frames = FrameReader(boxed=settings.boxed)
        self._capture = Capture(self._events, echo=echo)
        self._switch = Switch()
        self._watchdog = Watchdog(self._events, self._frames)
        self._loops = Loops(self._new_serving(), self._another_serving, self._watchdog)
        self._loads: Loading | None = None
        controlled = Controlled(
            claim=self._claim,
            load=self._load,
            restore=self._restore,
            look=self._look,
            health=self._health,
            events=self._events.read,
            drain=self._drain,
            shutdown=self.request_shutdown,
        )
        self._control = ControlPort(ControlApp(controlled, settings.token), settings.control_socket, self._report)
        self._cleanup = ExitStack()
        self._shutting_down = threading.Lock()

    @property
    def waiting(self) -> bool:
        """Whether no app has claimed the runner yet."""
        return self._loads is None

    def start(self, *, app_thread: bool) -> None:
        """Start all threads; without ``app_thread`` the caller runs :meth:`serve_here` itself."""
        if self._settings.app is not None:
            self._enter(self._settings.app)
        self._cleanup.enter_context(self._capture.installed())
        self._control.start()
        threading.excepthook = self._on_thread_error
        if app_thread:
            self._loops.serving.start("podium-app")

    def rehearse(self) -> None:
        """Go through a Run while no app has claimed the runner: see :mod:`podium.runner.rehearsing`.

        The caller sees to it that none does meanwhile. What goes wrong is reported on standard error: it only makes the
        first Run slower.
        """
        address = self._settings.app_socket.getsockname()
        rehearsal = rehearse(self._switch, self._loops, address, self._protected)
        try:
            self._control.serving.submit(rehearsal).result()
        except Exception:  # noqa: BLE001 - whatever the framework, the disk or a shutdown brings
            traceback.print_exc()

    def serve_here(self) -> None:
        """Serve the app in this thread until the shutdown."""
        self._loops.serving.run()

    def request_shutdown(self) -> None:
        """Begin to end: finish requests in flight, run the lifespan's end, stop all threads. Any thread may ask."""
        if self._shutting_down.acquire(blocking=False):
            self._control.serving.submit(self._shutdown())

    def restore_streams(self) -> None:
        """Give the process its own standard streams back."""
        self._cleanup.close()

    async def _shutdown(self) -> None:
        grace = self._settings.shutdown_grace
        exit_soon(1, 3 * grace + SHUTDOWN_TIMEOUT)
        try:
            self._loops.serving.retire()
            if not await self._loops.unblock(patience=grace):
                exit_soon(1, 0.0)
            if self._loads is not None:
                await self._loads.end(SHUTDOWN_REASON, grace)
        finally:
            self._watchdog.stop()
            self._loops.serving.finish()
            self._control.serving.finish()
            self.ended.set()
            self.on_ended()

    def _claim(self, claim: Claim) -> None:
        if self._loads is not None:
            raise NotPossibleError("This runner has an app already.")
        enter(claim.environment)
        self._enter(AppSettings.from_environment(claim.environment))

    def _enter(self, app: AppSettings) -> None:
        """Become the runner of one app, for good."""
        os.chdir(app.directory)
        for name, value in self._environment.items():
            os.environ.setdefault(name, value)
        self._frames.enter(app.directory)
        loader = Loader(app.directory, self._frames, self._protected)
        self._loads = Loading(
            loader, self._switch, self._loops, self._events, self._frames, app.load_timeout, self._on_served
        )
        self._watchdog.watch(self._loops.serving)
        self._watchdog.start()
        self._on_entered()

    async def _load(self, load: Load) -> Loaded | LoadFailed:
        if self._loads is None:
            raise NotPossibleError("This runner has no app yet.")
        self.loading.set()
        try:
            return await self._loads.load(load)
        finally:
            self.loaded.set()

    async def _restore(self) -> None:
        if self._loads is not None:
            await self._loads.restore()

    async def _drain(self) -> None:
        if self._loads is not None:
            await self._loads.drain()

    def _look(self, wanted: Look) -> Sight:
        return UNSEEN if self._loads is None else self._loads.look(wanted)

    def _health(self) -> Health:
        current = self._switch.current
        return Health(
            generation=current.number if current else 0,
            version=current.version if current else None,
            in_flight=current.in_flight if current else 0,
            blocked_ms=self._watchdog.blocked_ms,
            last_event=self._events.last,
        )

    def _new_serving(self) -> Serving:
        # A second of grace: requests in flight are waited for before the loop ends, see Generation.end().
        return Serving(self._switch, self._settings.app_socket, grace=1.0, report=self._report)

    def _another_serving(self) -> Serving:
        serving = self._new_serving()
        serving.start("podium-app")
        return serving

    def _report(self, error: BaseException) -> None:
        """Report what user code raised where nobody waits for it: in a task, in a thread."""
        self._events.append(EventType.FAILURE, self._frames.failure(FailureKind.BACKGROUND, error))

    def _on_thread_error(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._report(args.exc_value)
