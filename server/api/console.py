"""The console: the app's own kernel over a WebSocket, in the Jupyter messaging protocol.

Frames are as Jupyter Server has them: JSON, or with the subprotocol ``v1.kernel.websocket.jupyter.org`` binary. When
the kernel ends (also because it is restarted) the last frame is the status ``dead``, and the socket is closed with a
code and a reason; so it is when the app moves to another kernel. The page connects again when the app runs again.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from tornado.websocket import WebSocketClosedError

from podium.kernels.framing import SUBPROTOCOL, FrameError
from podium.kernels.race import race
from podium.server.http.operation import Access, Socket
from podium.server.http.sockets import AppSocket, close_reason

if TYPE_CHECKING:
    from podium.kernels.channels import KernelChannels
    from podium.kernels.kernel import Kernel
    from podium.server.live.session import Session

UNUSABLE_FRAME = 1003
NOT_RUNNING = 4409
KERNEL_ENDED = 4410
MOVED = "The app runs in a new kernel now, which has none of the console's variables."


class ConsoleSocket(AppSocket):
    """Pumps frames between the page and the kernel's channels."""

    _pumping: asyncio.Task[None] | None = None
    _channels: KernelChannels | None = None

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return SUBPROTOCOL if SUBPROTOCOL in subprotocols else None

    async def opened(self) -> None:
        session = self.services.live.runs.session(self.app)
        kernel = session.kernel
        if kernel is None:
            self.close(NOT_RUNNING, "The app does not run. Press Run to start it.")
            return
        ready = asyncio.Event()
        self._pumping = self.services.background.start(f"console of {self.app.id}", self._pump(session, kernel, ready))
        self._pumping.add_done_callback(lambda _: ready.set())
        await ready.wait()

    async def on_message(self, message: str | bytes) -> None:
        if self._channels is None:
            return
        try:
            await self._channels.send(message)
        except FrameError as error:
            self.close(UNUSABLE_FRAME, close_reason(str(error)))

    def closed(self) -> None:
        if self._pumping is not None:
            self._pumping.cancel()

    async def _pump(self, session: Session, kernel: Kernel, ready: asyncio.Event) -> None:
        moved = asyncio.ensure_future(session.moved_from(kernel))
        try:
            async with kernel.channels(self.selected_subprotocol) as channels:
                self._channels = channels
                ready.set()
                await race(self._pass_on(channels), moved)
        finally:
            self._channels = None
            moved.cancel()
        if kernel.exit.done():
            self.close(KERNEL_ENDED, close_reason(kernel.exit.result().message))
        elif moved.done():
            self.close(KERNEL_ENDED, MOVED)

    async def _pass_on(self, channels: KernelChannels) -> None:
        with contextlib.suppress(WebSocketClosedError):
            async for frame in channels:
                await self.write_message(frame, binary=isinstance(frame, bytes))


SOCKETS = (
    Socket(
        "/api/v1/apps/{app}/console",
        Access.USER,
        "The app's kernel, in the Jupyter messaging protocol",
        ConsoleSocket,
    ),
)
