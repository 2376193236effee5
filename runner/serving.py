"""One event loop that serves the app with uvicorn.

The loop outlives reloads, so that clients which bind themselves to a loop stay valid. When user code blocks it, it can
be retired: it stops accepting at once, finishes what is in flight if it ever comes round, and another one takes over.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import Future
from typing import Any, TypeVar

import uvicorn

from podium.runner.asgi import AsgiApp
from podium.runner.stuck import InterruptedByRunnerError

T = TypeVar("T")

Report = Callable[[BaseException], None]


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process belongs to the kernel, or to ``podium.runner.__main__``."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    def stop_accepting(self) -> None:
        for server in getattr(self, "servers", []):
            server.close()


def server_config(app: AsgiApp, grace: float, keep_alive: int) -> uvicorn.Config:
    """Configure uvicorn for ``app``, without lifespan (ours is per load) and without touching ``logging``."""
    return uvicorn.Config(
        app,
        http="httptools",
        ws="wsproto",
        loop="asyncio",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        timeout_keep_alive=keep_alive,
        timeout_graceful_shutdown=max(1, round(grace)),
    )


class Serving:
    """An event loop with a server on it; :meth:`run` blocks the thread that it is called in until the end.

    Connections that are not used are closed after ``keep_alive`` seconds, at the end those in use after ``grace``.
    """

    def __init__(
        self, app: AsgiApp, listener: socket.socket, *, grace: float, report: Report, keep_alive: int = 5
    ) -> None:
        self._server = _Server(server_config(app, grace, keep_alive))
        self._listener = listener.dup()
        self._report = report
        self._loop: asyncio.AbstractEventLoop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._on_loop_error)
        self.ident: int | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop itself: imports see it as theirs."""
        return self._loop

    def start(self, name: str) -> None:
        """Run in a thread of its own."""
        threading.Thread(target=self.run, name=name, daemon=True).start()

    def run(self) -> None:
        """Serve in this thread until :meth:`finish`."""
        self.ident = threading.get_ident()
        asyncio.set_event_loop(self._loop)
        serving = self._loop.create_task(self._serve(), name="podium-serving")
        try:
            while not serving.done():
                self._run_until_interrupted()
        finally:
            self._close()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run ``coroutine`` on the loop, from any other thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def call(self, function: Callable[[], object]) -> None:
        """Call ``function`` on the loop soon; nothing happens when the loop has ended."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function)

    def retire(self) -> None:
        """Stop accepting as soon as the loop comes round; what is in flight goes on."""
        self.call(self._server.stop_accepting)

    def finish(self) -> None:
        """Stop accepting, give requests in flight their grace, then let :meth:`run` return."""
        self._server.should_exit = True

    async def _serve(self) -> None:
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            self._loop.stop()

    def _run_until_interrupted(self) -> None:
        try:
            self._loop.run_forever()
        except (SystemExit, KeyboardInterrupt, InterruptedByRunnerError) as error:
            # asyncio lets the first two out of a task through the loop. One task of the app must not end everybody's.
            self._report(error)

    def _close(self) -> None:
        try:
            pending = asyncio.all_tasks(self._loop)
            for task in pending:
                task.cancel()
            if pending:
                self._loop.run_until_complete(asyncio.wait(pending, timeout=1))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    def _on_loop_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self._report(error if isinstance(error, BaseException) else RuntimeError(str(context.get("message"))))
