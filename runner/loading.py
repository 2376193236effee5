"""One load from the files to the app that serves: import, lifespan, swap; then the end of the one before."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from podium.runner import hints
from podium.runner.adapters import WsgiApp, from_asgi2
from podium.runner.asgi import AsgiApp
from podium.runner.describing import describe, openapi_document, watch_errors
from podium.runner.discovery import Found
from podium.runner.events import EventLog
from podium.runner.frames import FrameReader, clip
from podium.runner.generation import RESTART_REASON, Generation, Switch
from podium.runner.lifespan import LifespanFailed
from podium.runner.loader import Candidate, Home, Loader
from podium.runner.loops import Loops, run_on
from podium.runner.protocol import EventType, Failure, FailureKind, Load, Loaded, LoadFailed, LoadTimings, Look, Sight
from podium.runner.serving import Serving
from podium.runner.usercode import LoadError

OPENAPI_AFTER = 0.1
"""Seconds by which the OpenAPI document comes later than the app: the first request goes before."""
DRAIN_SECONDS = 10.0
"""Seconds for which the lifespan's end of a replaced app waits for its requests in flight."""


class Loading:
    """Loads apps one at a time, on the control thread's loop."""

    def __init__(
        self,
        loader: Loader,
        switch: Switch,
        loops: Loops,
        events: EventLog,
        frames: FrameReader,
        timeout: float,
        on_served: Callable[[ModuleType, Any], None],
    ) -> None:
        self._loader = loader
        self._switch = switch
        self._loops = loops
        self._events = events
        self._frames = frames
        self._timeout = timeout
        self._on_served = on_served
        self._count = 0
        self._loaded: Loaded | None = None
        self._home: Serving | None = None
        self._homes: WeakKeyDictionary[Generation, Serving] = WeakKeyDictionary()
        self._clock = 0.0
        self._imported_ms = 0.0
        self._ending: set[asyncio.Task[None]] = set()
        self._telling: asyncio.Task[None] | None = None

    async def load(self, load: Load) -> Loaded | LoadFailed:
        """Load and serve; raises :class:`podium.runner.files.BadPathError` for files that cannot be written."""
        self._clock, self._imported_ms = time.perf_counter(), 0.0
        self._events.append(EventType.LOADING, {"stage": "load"})
        try:
            self._loaded = loaded = await self._load(load)
        except LoadError as error:
            serving = self._switch.current
            failed = LoadFailed(error.failure, serving.version if serving else None, self._timings())
            self._events.append(EventType.LOAD_FAILED, failed)
            return failed
        self._events.append(EventType.LOADED, loaded)
        return loaded

    def look(self, wanted: Look) -> Sight:
        """See what a name stands for now, whatever else is going on."""
        return self._loader.look(wanted)

    async def restore(self) -> None:
        """Write the files of the app that serves again, where another process has written others."""
        await asyncio.to_thread(self._loader.restore)

    async def drain(self) -> None:
        """Close WebSockets and wait for requests in flight, those of apps that were replaced too."""
        for generation, home in list(self._homes.items()):
            with contextlib.suppress(RuntimeError):  # a loop that was given up: what it had in flight is lost
                await run_on(home, generation.drain(RESTART_REASON))

    async def end(self, reason: str, seconds: float) -> None:
        """End the app that serves, and wait for those that were replaced."""
        if self._telling is not None:
            self._telling.cancel()
        generation, self._switch.current = self._switch.current, None
        if generation is not None and self._home is not None:
            self._end(generation, self._home, reason, seconds)
        if self._ending:
            await asyncio.wait(self._ending)

    async def _load(self, load: Load) -> Loaded:
        candidate = await self._import(load, everything=await self._replace_loop())
        # The import took its time: user code of the app before may have blocked the loop meanwhile.
        if candidate.app is not None and await self._replace_loop():
            candidate.undo()
            candidate = await self._import(load, everything=True)
        self._imported_ms = self._elapsed_ms()
        if candidate.app is None:
            return self._keep(load)
        self._events.append(EventType.LOADING, {"stage": "ready"})
        return await self._serve(load, candidate, candidate.app)

    def _keep(self, load: Load) -> Loaded:
        """Nothing that the app uses has changed: it goes on, under the name of the new version."""
        if self._loaded is None or self._switch.current is None:
            raise RuntimeError("nothing was imported although no app is served")
        self._switch.current.version = load.version
        return replace(self._loaded, version=load.version, reloaded=(), timings=self._timings())

    async def _import(self, load: Load, *, everything: bool) -> Candidate:
        home = Home(self._loops.serving.loop, self._switch.current is not None, self._remaining())
        return await asyncio.to_thread(self._loader.load, load, home, everything=everything)

    async def _replace_loop(self) -> bool:
        """Get past an app that blocks its loop; tell whether that was so."""
        return self._switch.current is not None and await self._loops.replace_if_blocked()

    async def _serve(self, load: Load, candidate: Candidate, found: Found) -> Loaded:
        app = _as_asgi(found)
        generation = Generation(self._count + 1, load.version, app, self._events, self._frames)
        watch_errors(found, self._events)
        try:
            await self._start(generation)
        except LoadError:
            candidate.undo()
            raise
        self._count += 1
        before, home = self._switch.current, self._home
        self._switch.current, self._home = generation, self._loops.serving
        self._homes[generation] = self._home
        try:
            self._on_served(candidate.entry, found.app)
            # After the swap: the app answers already, and routes that the lifespan added are there.
            described = await asyncio.to_thread(describe, found, self._events, self._frames)
        finally:
            if before is not None and home is not None:  # behind the routes, which somebody waits for
                self._end(before, home, RESTART_REASON, DRAIN_SECONDS)
        if self._telling is not None:
            self._telling.cancel()
        self._telling = asyncio.create_task(self._tell_document(found, self._count), name="podium-openapi")
        return Loaded(
            generation=generation.number,
            version=load.version,
            framework=described.framework,
            interface="wsgi" if found.interface == "wsgi" else "asgi",
            routes=described.routes,
            reloaded=candidate.reloaded,
            timings=self._timings(),
        )

    async def _tell_document(self, found: Found, generation: int) -> None:
        """Making the document takes longer than a small app's import, and what needs it is a person who types."""
        await asyncio.sleep(OPENAPI_AFTER)
        document = await asyncio.to_thread(openapi_document, found, self._events)
        data = {"generation": generation, "document": document}
        self._events.append(EventType.OPENAPI, data, cost=100_000 if document else 0)

    async def _start(self, generation: Generation) -> None:
        lifespan = generation.lifespan
        try:
            await self._loops.run(lifespan.startup(), self._remaining())
        except TimeoutError:
            failure = await self._too_long(generation)
        except LifespanFailed as failed:
            failure = _of_lifespan(failed, self._frames)
        else:
            if lifespan.error is not None:
                self._events.append(EventType.FAILURE, self._frames.failure(FailureKind.LIFESPAN, lifespan.error))
            return
        self._loops.serving.call(lifespan.cancel)
        await self._loops.unblock_or_replace()
        raise LoadError(failure)

    async def _too_long(self, generation: Generation) -> Failure:
        message = f"The app's lifespan did not start within {self._timeout:g} seconds."
        frames = self._frames.of_coroutine(generation.lifespan.coroutine)
        if not await self._loops.responds():
            message += " It blocks the event loop."
            frames = self._frames.of_thread(self._loops.serving.ident)
        return Failure(FailureKind.TIMEOUT, message, frames, hint=hints.hint_for_timeout(frames))

    def _end(self, generation: Generation, home: Serving, reason: str, seconds: float) -> None:
        task = asyncio.create_task(self._see_off(generation, home, reason, seconds), name="podium-end-of-generation")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _see_off(self, generation: Generation, home: Serving, reason: str, seconds: float) -> None:
        """End a generation on the loop that it lived on; one that is blocked for good is left behind."""
        try:
            await run_on(home, generation.end(reason, seconds), seconds + 2 * DRAIN_SECONDS)
        except LifespanFailed as failed:
            self._events.append(EventType.FAILURE, _of_lifespan(failed, self._frames))
        except (TimeoutError, RuntimeError):
            message = "The replaced app blocks its event loop, so its lifespan was not ended."
            self._events.append(EventType.FAILURE, Failure(FailureKind.LIFESPAN, message))
        if home is not self._loops.serving:
            home.finish()

    def _timings(self) -> LoadTimings:
        total = self._elapsed_ms()
        load_ms = self._imported_ms or total
        return LoadTimings(load_ms=load_ms, ready_ms=total - load_ms)

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self._clock) * 1000

    def _remaining(self) -> float:
        return max(0.1, self._timeout - self._elapsed_ms() / 1000)


def _as_asgi(found: Found) -> AsgiApp:
    if found.interface == "wsgi":
        return WsgiApp(found.app)
    app: AsgiApp = from_asgi2(found.app) if found.interface == "asgi2" else found.app
    return app


def _of_lifespan(failed: LifespanFailed, frames: FrameReader) -> Failure:
    if failed.__cause__ is not None:
        return frames.failure(FailureKind.LIFESPAN, failed.__cause__)
    return Failure(FailureKind.LIFESPAN, clip(str(failed).strip(), 4000))
