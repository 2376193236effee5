"""WebSockets: credentials, ``Origin`` and ownership are checked before the upgrade; open ones are closed in order."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import tornado.websocket

from podium.server.http.auth import Session
from podium.server.http.base import BaseHandler
from podium.server.http.credentials import caller_of
from podium.server.http.hosts import check_origin
from podium.server.models.common import UserId
from podium.server.store.apps import StoredApp

PING_S = 20.0
GOING_AWAY = 1001
MAX_REASON_BYTES = 123
"""Bytes that RFC 6455 leaves for the reason in a close frame."""
SIGNED_OUT = 4401


class OpenSockets:
    """Every open WebSocket of the server."""

    def __init__(self) -> None:
        self._open: set[SocketHandler] = set()

    def add(self, socket: SocketHandler) -> None:
        self._open.add(socket)

    def discard(self, socket: SocketHandler) -> None:
        self._open.discard(socket)

    def close_session(self, session: str) -> None:
        """Close what a browser that signed out still holds open."""
        for socket in list(self._open):
            if socket.session is not None and socket.session.id == session:
                socket.close(SIGNED_OUT, "signed out")

    def close_all(self) -> None:
        """Close everything because the server stops."""
        for socket in list(self._open):
            socket.close(GOING_AWAY, "Podium stops")


class SocketHandler(BaseHandler, tornado.websocket.WebSocketHandler):
    """A WebSocket for the signed-in user.

    Deriving classes override :meth:`opened`, Tornado's ``on_message`` and :meth:`closed`; ``self.user`` is set before.
    """

    user: UserId
    session: Session | None = None

    @property
    def ping_interval(self) -> float:
        """Seconds between pings; a client that does not answer one before the next is gone."""
        return PING_S

    async def get(self, *args: Any, **path: str) -> None:
        """Check who asks, then upgrade."""
        self.begin()
        caller = caller_of(self.request, self.services.auth)
        self.user, self.session = caller.user, caller.session
        check_origin(self.request, required=self.session is not None)
        await self.authorise(path)
        self.services.sockets.add(self)
        try:
            # Returns when the connection has ended.
            await super().get(*args, **path)
        finally:
            self.services.sockets.discard(self)

    async def authorise(self, path: dict[str, str]) -> None:
        """Look at what the address names; raise an :class:`~podium.server.http.problem.ApiError` to refuse."""

    def check_origin(self, origin: str) -> bool:
        """Done before, and more strictly than Tornado does."""
        return True

    def open(self, *args: str, **path: str) -> Awaitable[None] | None:
        # Otherwise a small message waits 40 ms behind one that the other side has not acknowledged yet.
        self.set_nodelay(True)
        return self.opened()

    def opened(self) -> Awaitable[None] | None:
        """Called once when messages can be sent."""
        return None

    def on_close(self) -> None:
        self.closed()

    def closed(self) -> None:
        """Called once when the connection has ended, however it did."""


class AppSocket(SocketHandler):
    """A WebSocket of one app; ``self.app`` is the caller's own app that the address names."""

    app: StoredApp

    async def authorise(self, path: dict[str, str]) -> None:
        self.app = await self.services.apps.get(self.user, path["app"])


def close_reason(text: str) -> str:
    """As much of a reason as a close frame holds."""
    return text.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
