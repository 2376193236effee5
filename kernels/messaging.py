"""Requests to a kernel in the Jupyter messaging protocol, over ZeroMQ."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import zmq
import zmq.asyncio
from jupyter_client.connect import channel_socket_types
from jupyter_client.session import Session

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

_RECONNECT_MS = 10


class Connection:
    """How to reach one kernel: its connection information and the ZeroMQ context to use for it."""

    def __init__(self, info: KernelConnectionInfo, context: zmq.asyncio.Context) -> None:
        self.info = info
        self._context = context

    def session(self) -> Session:
        """A fresh session which signs with the kernel's key."""
        key = self.info["key"]
        return Session(
            key=key if isinstance(key, bytes) else key.encode(), signature_scheme=self.info["signature_scheme"]
        )

    def open(self, channel: str, identity: bytes = b"", *, monitored: bool = False) -> zmq.asyncio.Socket:
        """A socket for ``channel`` (``shell``, ``control``, ``stdin``, ``iopub``); the kernel need not listen yet.

        A ``monitored`` one is for :func:`established`, and is not to be closed before that has returned.
        """
        opened: zmq.asyncio.Socket = self._context.socket(channel_socket_types[channel])
        opened.linger = 0
        opened.reconnect_ivl = _RECONNECT_MS
        if identity:
            opened.identity = identity
        if channel == "iopub":
            opened.subscribe(b"")
        if monitored:
            opened.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        opened.connect(self._url(channel))
        return opened

    async def request(self, channel: str, kind: str, timeout_s: float | None = None) -> dict[str, Any]:
        """Send ``kind``, for example ``kernel_info_request``, and return the content of its reply.

        Raises :class:`TimeoutError`; ``None`` waits for as long as the kernel takes to start.
        """
        session = self.session()
        opened = self.open(channel)
        try:
            sent = session.send(opened, kind, content={})
            async with asyncio.timeout(timeout_s):
                while True:
                    _, parts = session.feed_identities(await opened.recv_multipart())
                    reply = session.deserialize(parts)
                    if sent and reply["parent_header"].get("msg_id") == sent["header"]["msg_id"]:
                        content: dict[str, Any] = reply["content"]
                        return content
        finally:
            opened.close()

    def _url(self, channel: str) -> str:
        port = self.info[f"{channel}_port"]  # type: ignore[literal-required]  # the four names are its keys
        separator = ":" if self.info["transport"] == "tcp" else "-"
        return f"{self.info['transport']}://{self.info['ip']}{separator}{port}"


async def established(opened: zmq.asyncio.Socket) -> None:
    """Wait until the kernel knows a monitored socket, so that it can send to it first."""
    monitor = opened.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    try:
        await monitor.recv_multipart()
    finally:
        opened.disable_monitor()
        monitor.close()
