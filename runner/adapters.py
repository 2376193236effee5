"""Older interfaces behind ASGI 3: ASGI 2 (two calls) and WSGI (a2wsgi, in threads with the request's context)."""

from __future__ import annotations

import asyncio
from typing import Any

from a2wsgi.wsgi import WSGIMiddleware, WSGIResponder

from podium.runner.asgi import AsgiApp, Message, Receive, Scope, Send

WSGI_THREADS = 32


def from_asgi2(app: Any) -> AsgiApp:
    """Serve an app of the old double-callable style."""

    async def asgi3(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope)(receive, send)

    return asgi3


class WsgiApp:
    """Serves a WSGI app. Each load has a thread pool of its own, which ends with the lifespan."""

    def __init__(self, app: Any) -> None:
        self._middleware = WSGIMiddleware(app, workers=WSGI_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; lifespan and WebSockets are answered as a2wsgi does."""
        if scope["type"] == "http":
            await _serve(self._middleware, scope, receive, send)
            return
        await self._middleware(scope, receive, send)  # type: ignore[arg-type]  # plain mappings, see asgi.py
        if scope["type"] == "lifespan":
            self._middleware.executor.shutdown(wait=False)


async def _serve(middleware: WSGIMiddleware, scope: Scope, receive: Receive, send: Send) -> None:
    inbox = _Inbox(receive)
    responder = _Responder(middleware, inbox)
    watching = asyncio.create_task(inbox.watch(), name="podium-wsgi-disconnect")
    try:
        await responder(scope, inbox.receive, send)  # type: ignore[arg-type]  # plain mappings, see asgi.py
    except _ClientGoneError:
        return
    finally:
        watching.cancel()


class _ClientGoneError(OSError):
    """Ends a WSGI app's iteration, so that its ``close()`` runs, when nobody reads the answer any more."""


class _Inbox:
    """The request's messages; reads one ahead, to see a disconnect while the app only writes."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ahead: asyncio.Queue[Message] = asyncio.Queue(maxsize=1)
        self.disconnected = False

    async def watch(self) -> None:
        while not self.disconnected:
            message = await self._receive()
            self.disconnected = message["type"] == "http.disconnect"
            await self._ahead.put(message)
            if not message.get("more_body", False):
                self.disconnected = self.disconnected or (await self._receive())["type"] == "http.disconnect"

    async def receive(self) -> Message:
        return await self._ahead.get()


class _Responder(WSGIResponder):
    """a2wsgi's responder, which by itself would run an endless generator for ever after its client has gone."""

    def __init__(self, middleware: WSGIMiddleware, inbox: _Inbox) -> None:
        super().__init__(middleware.app, middleware.executor, middleware.send_queue_size)
        self._inbox = inbox

    def send(self, message: Any) -> None:
        """Hand a message from the app's thread to the loop; raises when the client has gone."""
        if self._inbox.disconnected:
            raise _ClientGoneError("The client has closed the connection")
        super().send(message)
