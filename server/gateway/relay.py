"""What Tornado tells of a request for an app, up to the point where the app is asked."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, HTTPServerRequest

from podium.server.gateway import forward, problems
from podium.server.gateway.client import Client, ClientGoneError
from podium.server.gateway.exchange import Exchange
from podium.server.gateway.forward import Framing
from podium.server.gateway.targets import Surroundings, new_request_id
from podium.server.http.problem import ApiError


class Relay(HTTPMessageDelegate):
    """Tornado tells what arrives from the client; :class:`Exchange` has the rest."""

    def __init__(self, gateway: Surroundings, request: HTTPServerRequest, name: str) -> None:
        self._gateway = gateway
        self._name = name
        self._id = new_request_id()
        self._client = Client(request)
        self._client.on_close(self.on_connection_close)
        self._exchange: Exchange | None = None

    def headers_received(self, start_line: Any, headers: HTTPHeaders) -> Awaitable[None]:
        return self._begin(headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._exchange.forward(chunk) if self._exchange is not None else None

    def finish(self) -> None:
        self._client.complete.set()
        if self._exchange is not None:
            self._exchange.complete()

    def on_connection_close(self) -> None:
        if self._exchange is not None:
            self._exchange.cancel()

    async def _begin(self, headers: HTTPHeaders) -> None:
        try:
            framing = check(self._client.request, headers)
            target = await self._gateway.directory.target(self._name)
            self._exchange = Exchange(self._gateway, self._client, target, self._id, framing)
            await self._exchange.open(headers)
        except ApiError as error:
            await self._refuse(error, headers)

    async def _refuse(self, error: ApiError, headers: HTTPHeaders) -> None:
        self._exchange = None
        with contextlib.suppress(ClientGoneError):
            await self._client.refuse(error, self._id)
        if isinstance(error, problems.AmbiguousRequest):
            # Where the next request begins is anybody's guess.
            self._client.abort()
            return
        if "Expect" in headers:
            # The answer came before the body, so Tornado must not invite the client to send it.
            self._client.complete.set()
            await self._client.end()
        else:
            self._gateway.spawn(f"refusal of {self._id}", self._client.end())


def check(request: HTTPServerRequest, headers: HTTPHeaders) -> Framing:
    """Refuse requests that no app should see, and say how the body is framed.

    ``headers`` are the very ones that Tornado looks at afterwards; what it would misread is put right in them.
    """
    if request.method in {"CONNECT", "TRACE"}:
        raise problems.MethodRefused("Use another method.", headers={"Allow": "GET, HEAD, POST, PUT, PATCH, DELETE"})
    try:
        framing = forward.framing(request.version, headers)
    except forward.FramingError as error:
        raise problems.AmbiguousRequest(str(error)) from error
    if request.version == "HTTP/1.0":
        headers.pop("Connection", None)
        headers.pop("Expect", None)
    expected = headers.get("Expect")
    if expected is not None and expected.lower() != "100-continue":
        raise problems.ExpectationFailed("Send the request without this Expect header.")
    if expected is not None:
        headers["Expect"] = "100-continue"
    return framing
