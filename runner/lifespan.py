"""The lifespan of one loaded app: its start before it serves, its end after it served.

Both halves run in one task, as the specification asks and as task groups and context variables need it. An app that
raises before it said anything does not speak the protocol and is served without it, as under uvicorn.
"""

from __future__ import annotations

import asyncio
from typing import Any

from podium.runner.asgi import AsgiApp, Message

SHUTDOWN_TIMEOUT = 10.0


class LifespanFailed(Exception):  # noqa: N818 - named for what happened
    """The app's start or end did not succeed; ``__cause__`` is what it raised, when it raised something."""


class Lifespan:
    """Runs the lifespan protocol of ``app``; ``state`` is what the app put there for its requests."""

    def __init__(self, app: AsgiApp) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._answer: asyncio.Future[str | None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._error: BaseException | None = None
        self._stage = "startup"
        self._spoken = False

    @property
    def coroutine(self) -> Any:
        """The app's own coroutine, to see where it stands; ``None`` when it does not run."""
        return self._task.get_coro() if self._task is not None and not self._task.done() else None

    @property
    def error(self) -> BaseException | None:
        """What an app raised that had received the start event and had not answered it."""
        return self._error if self._spoken else None

    async def startup(self) -> None:
        """Start the app; raises :class:`LifespanFailed`."""
        await self._say("startup", asyncio.create_task(self._run(), name="podium-lifespan"))

    async def shutdown(self, seconds: float = SHUTDOWN_TIMEOUT) -> None:
        """End the app, if it has a lifespan that is still running, within so many seconds.

        Raises :class:`LifespanFailed`.
        """
        task = self._task
        if task is None or task.done():
            return
        try:
            async with asyncio.timeout(seconds):
                await self._say("shutdown", task)
        except TimeoutError:
            raise LifespanFailed(f"The lifespan's end took longer than {seconds:.0f} seconds.") from None
        finally:
            self.cancel()

    def cancel(self) -> None:
        """End whatever still runs of the lifespan; to be called on its loop."""
        if self._task is not None:
            self._task.cancel()

    async def _say(self, stage: str, task: asyncio.Task[None]) -> None:
        self._task, self._stage = task, stage
        self._answer = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait({"type": f"lifespan.{stage}"})
        failure = await self._answer
        if failure is None:
            return
        # Frameworks send the traceback as text and raise the exception right afterwards: that is the better report.
        await asyncio.wait([task], timeout=1)
        if self._error is None:
            raise LifespanFailed(failure or f"The app reported that its {stage} failed.")
        raise LifespanFailed(failure) from self._error

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._app(scope, self._receive, self._send)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - reported by whoever waits for the answer, SystemExit too
            self._error = error
            # Without an answer so far: a refusal of the protocol. But sys.exit() and a failing end are failures.
            fatal = isinstance(error, SystemExit | KeyboardInterrupt) or self._stage == "shutdown"
            self._settle("" if fatal else None)
        else:
            self._settle(None)

    async def _receive(self) -> Message:
        message = await self._inbox.get()
        self._spoken = True
        return message

    async def _send(self, message: Message) -> None:
        kind = str(message["type"])
        if kind.endswith(".complete"):
            self._settle(None)
            self._spoken = False
        elif kind.endswith(".failed"):
            self._settle(str(message.get("message", "")))

    def _settle(self, failure: str | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(failure)
