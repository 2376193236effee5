"""Runs user code that may never come back: in a thread of its own, with a deadline, seeing where it stands."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any

from podium.runner import hints, stuck
from podium.runner.frames import FrameReader
from podium.runner.protocol import Failure, FailureKind, Frame

LOOK_EVERY = 0.5
"""Seconds between two looks at what user code is doing."""
ENDS_WITHIN = 1.0
"""Seconds for which code that was interrupted is waited for."""


class LoadError(Exception):
    """A load failed; ``failure`` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class UserCode:
    """Runs one function at a time; ``modules`` names the modules whose import may be what does not end."""

    def __init__(self, frames: FrameReader, modules: Callable[[], Collection[str]]) -> None:
        self._frames = frames
        self._modules = modules
        self._awaited: Any = None

    def run(self, function: Callable[[], Any], loop: asyncio.AbstractEventLoop, timeout: float) -> Any:
        """Return what ``function`` returns, or raise what it raises; ``loop`` is the event loop that it finds.

        Raises :class:`LoadError` after ``timeout`` seconds, and at once when the function starts a web server.
        """
        future: Future[Any] = Future()
        thread = threading.Thread(target=_run, args=(function, loop, future), name="podium-loader", daemon=True)
        thread.start()
        deadline = time.monotonic() + timeout
        while True:
            remaining = deadline - time.monotonic()
            try:
                return future.result(max(0.0, min(LOOK_EVERY, remaining)))
            except TimeoutError:
                if future.done():  # user code itself raised this
                    raise
            frames = self._frames.of_coroutine(self._awaited) or self._frames.of_thread(thread.ident)
            if remaining <= 0 or hints.runs_a_server(frames):
                self._give_up(thread)
                raise LoadError(_timed_out(frames, timeout))

    def result(self, made: Any, loop: asyncio.AbstractEventLoop) -> Any:
        """Return ``made``, awaited on ``loop`` if it is a coroutine; to be called by a function that runs here."""
        if not inspect.iscoroutine(made):
            return made
        self._awaited = made
        try:
            return asyncio.run_coroutine_threadsafe(made, loop).result()
        finally:
            self._awaited = None

    def _give_up(self, thread: threading.Thread) -> None:
        """End what does not end by itself, or at least make sure that nobody waits for it."""
        stuck.interrupt(thread.ident)
        thread.join(ENDS_WITHIN)
        if thread.is_alive():
            stuck.release_import_locks(self._modules())


def _run(function: Callable[[], Any], loop: asyncio.AbstractEventLoop, future: Future[Any]) -> None:
    asyncio.set_event_loop(loop)
    try:
        future.set_result(function())
    except BaseException as error:  # noqa: BLE001 - handed to the waiting thread, which reports it
        future.set_exception(error)
    finally:
        asyncio.set_event_loop(None)


def _timed_out(frames: tuple[Frame, ...], timeout: float) -> Failure:
    message = f"The app was not loaded within {timeout:g} seconds."
    if hints.runs_a_server(frames):
        message = "The app started a web server of its own while it was imported, so the import never ended."
    return Failure(FailureKind.TIMEOUT, message, frames, hint=hints.hint_for_timeout(frames))
