"""Connects a kernel's ZeroMQ channels to one WebSocket that speaks Jupyter's protocol, whoever serves the WebSocket."""

from __future__ import annotations

import hmac
import logging
import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Self

import zmq.asyncio
from jupyter_client.session import DELIM

from podium.kernels.framing import FIELDS, FrameError, Message, framing
from podium.kernels.messaging import established
from podium.kernels.race import race

if TYPE_CHECKING:
    from types import TracebackType

    from podium.kernels.kernel import Kernel

CHANNELS = ("iopub", "shell", "control", "stdin")
_CONNECT_S = 30.0
_NUDGE_MS = 20

logger = logging.getLogger(__name__)


class KernelChannels:
    """An async context manager: :meth:`send` takes the client's frames, iterating gives the kernel's.

    When the kernel ends, the last frame is the status ``dead``, and the iteration ends. A client that reads slowly
    holds up nobody else: ZeroMQ keeps up to 1000 messages for it and drops what output comes after.
    """

    def __init__(self, kernel: Kernel, subprotocol: str | None = None) -> None:
        self._kernel = kernel
        self._framing = framing(subprotocol)
        self._session = kernel.connection.session()
        self._sockets: dict[str, zmq.asyncio.Socket] = {}
        self._poller = zmq.asyncio.Poller()

    async def __aenter__(self) -> Self:
        """Connect, as soon as the kernel's console is there; after this no output is missed."""
        identity = uuid.uuid4().hex.encode()  # the same for all: the kernel asks for input on behalf of a shell request
        for channel in CHANNELS:
            opened = self._sockets[channel] = self._kernel.connection.open(
                channel, identity, monitored=channel == "stdin"
            )
            self._poller.register(opened, zmq.POLLIN)
        try:
            connected = await race(self._connected(), self._kernel.exit, _CONNECT_S)
        except BaseException:
            self._close()
            raise
        if not connected and not self._kernel.exit.done():
            logger.warning("kernel %s is slow to connect; its first output may be missed", self._kernel.id)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    async def send(self, frame: str | bytes) -> None:
        """Pass a client's frame on to the kernel; waits while the kernel takes no more.

        Raises :class:`~podium.kernels.framing.FrameError`.
        """
        message = self._framing.decode(frame)
        if message.channel not in CHANNELS[1:]:
            raise FrameError(f"there is no channel {message.channel!r} to send on")
        self._kernel.touch()
        signature = self._session.sign(message.parts[: len(FIELDS)])
        await self._sockets[message.channel].send_multipart([DELIM, signature, *message.parts])

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while channels := await self._readable():
            for channel in channels:
                parts = await self._sockets[channel].recv_multipart()
                signature, *signed = parts[parts.index(DELIM) + 1 :]
                if hmac.compare_digest(signature, self._session.sign(signed[: len(FIELDS)])):
                    yield self._framing.encode(Message(channel, signed))
        dead = self._session.msg("status", {"execution_state": "dead"})
        yield self._framing.encode(Message("iopub", [self._session.pack(dead[field]) for field in FIELDS]))

    def _close(self) -> None:
        for opened in self._sockets.values():
            opened.close()

    async def _readable(self) -> list[str]:
        """The channels on which a message waits; none when the kernel has ended and everything has been read."""
        while True:
            ended = self._kernel.exit.done()
            ready = {opened for opened, _ in await self._poller.poll(0)}
            if ready or ended:
                return [channel for channel in CHANNELS if self._sockets[channel] in ready]
            await race(self._poller.poll(), self._kernel.exit)

    async def _connected(self) -> bool:
        """Wait until the kernel can ask for input and its output arrives here.

        A subscription takes effect some time after connecting, and ``iopub_welcome`` comes only to the first of
        several subscribers. So make the kernel publish something until it arrives, and forget it; the control channel
        answers even while a cell is being executed.
        """
        await established(self._sockets["stdin"])
        iopub = self._sockets["iopub"]
        while not await iopub.poll(_NUDGE_MS):
            await self._kernel.connection.request("control", "kernel_info_request")
        while await iopub.poll(0):
            await iopub.recv_multipart()
        return True
