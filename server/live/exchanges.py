"""Requests that the panel sends to the running app."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from podium.runner.protocol import Headers
from podium.server.background import Background
from podium.server.gateway import forward
from podium.server.gateway.forward import Credentials, Origin
from podium.server.gateway.problems import AppNotRunning
from podium.server.gateway.targets import RequestHead, Target, new_request_id
from podium.server.gateway.upstream import InvalidRequestError, Upstream, UpstreamError
from podium.server.http.problem import Invalid
from podium.server.live import problems
from podium.server.live.bodies import body_of
from podium.server.live.directory import LiveDirectory
from podium.server.live.exchange import PanelExchange
from podium.server.live.openrecord import OpenRecord
from podium.server.live.originals import Originals, Outgoing
from podium.server.live.records import Recorder
from podium.server.live.runs import RunService
from podium.server.models.common import AppId, RequestId
from podium.server.models.runs import SendRequest
from podium.server.models.runs import Target as TargetName
from podium.server.store.apps import StoredApp

FIRST_BYTE_S = 60.0
WHOLE_S = 600.0
"""How long an answer may take to begin, and how long it may go on. A stream that never ends is cut off then."""
MAX_FINISHED = 50
MAX_FINISHED_BYTES = 64 * 1024 * 1024
_PIECE = 64 * 1024
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_OURS = frozenset({"content-length", "transfer-encoding", "expect"})


class ExchangeService:
    """The panel's exchanges of all apps; those that have ended are kept for a while, the newest of them."""

    def __init__(
        self,
        runs: RunService,
        directory: LiveDirectory,
        recorder: Recorder,
        originals: Originals,
        credentials: Credentials,
        background: Background,
        host: Callable[[str], str],
    ) -> None:
        self._runs = runs
        self._directory = directory
        self._recorder = recorder
        self._originals = originals
        self._credentials = credentials
        self._background = background
        self._host = host
        self._kept: OrderedDict[RequestId, PanelExchange] = OrderedDict()

    async def send(self, app: StoredApp, request: SendRequest) -> PanelExchange:
        """Send a request on its way; what becomes of it is in the exchange, whoever reads that."""
        if request.target is TargetName.LIVE:
            raise problems.NotPromoted
        return await self._begin(app, outgoing(request))

    async def replay(self, app: StoredApp, id: RequestId) -> PanelExchange:
        """Send a recorded request again, as a new one."""
        record = await self._recorder.get(app.owner, app.id, id)
        return await self._begin(app, self._originals.again(record))

    def find(self, app: AppId, id: RequestId) -> PanelExchange | None:
        """Return an exchange that goes on, or ended a short while ago."""
        exchange = self._kept.get(id)
        return exchange if exchange is not None and exchange.app == app else None

    async def _begin(self, app: StoredApp, request: Outgoing) -> PanelExchange:
        try:
            target = await self._directory.ready(self._runs.session(app))
        except AppNotRunning as error:
            raise problems.NotRunning(error.detail) from error
        id = new_request_id()
        origin = Origin(id, "127.0.0.1", self._host(app.name))
        head = RequestHead(request.method, request.path, self._headers(request, origin))
        body = request.body or b""
        record = self._recorder.begin(target, id, head, "panel", body_of(body, len(body)))
        self._originals.keep(app.id, id, request)
        exchange = PanelExchange(record)
        self._keep(exchange)
        work = self._carry_out(exchange, record, target, head, body)
        exchange.carried_by(self._background.start(f"request {id}", work))
        return exchange

    def _headers(self, request: Outgoing, origin: Origin) -> Headers:
        given = {name.lower() for name, _ in request.headers}
        headers = [(name, value) for name, value in request.headers if name.lower() not in _OURS]
        if "accept" not in given:
            headers.append(("Accept", "*/*"))
        if "user-agent" not in given:
            headers.append(("User-Agent", "Podium"))
        if request.body or request.method in {"POST", "PUT", "PATCH"}:
            headers.append(("Content-Length", str(len(request.body or b""))))
        return forward.request_headers(headers, origin, self._credentials)

    async def _carry_out(
        self, exchange: PanelExchange, record: OpenRecord, target: Target, head: RequestHead, body: bytes
    ) -> None:
        try:
            async with asyncio.timeout(WHOLE_S):
                await _converse(exchange, target, head, body, self._credentials)
        except (UpstreamError, TimeoutError) as error:
            record.failed(await self._directory.explain(target, error))
        except InvalidRequestError as error:
            record.failed(f"The request cannot be written as HTTP/1.1: {error}.")
        except asyncio.CancelledError:
            record.cancelled()
        else:
            record.finished()
        await exchange.settle()

    def _keep(self, exchange: PanelExchange) -> None:
        self._kept[exchange.id] = exchange
        finished = [item for item in self._kept.values() if item.done]
        size = sum(item.kept_bytes for item in finished)
        for item in finished[: max(0, len(finished) - MAX_FINISHED)]:
            size -= item.kept_bytes
            del self._kept[item.id]
        for item in finished:
            if size <= MAX_FINISHED_BYTES:
                break
            if self._kept.pop(item.id, None) is not None:
                size -= item.kept_bytes


def outgoing(request: SendRequest) -> Outgoing:
    """Turn the panel's request into what is sent; raises :class:`~podium.server.http.problem.Invalid`."""
    if request.method.upper() == "CONNECT":
        raise Invalid("CONNECT is for proxies; apps cannot answer it.")
    try:
        body = (
            base64.b64decode(request.body_base64 or "", validate=True)
            if request.body is None
            else request.body.encode()
        )
    except binascii.Error as error:
        raise Invalid("body_base64 is not valid base64.") from error
    return Outgoing(request.method, quote(request.path, safe=_PRINTABLE), request.headers, body)


async def _converse(
    exchange: PanelExchange, target: Target, head: RequestHead, body: bytes, credentials: Credentials
) -> None:
    upstream = await Upstream.connect(target.host, target.port)
    sending: asyncio.Task[None] | None = None
    try:
        await upstream.send_head(head.method, head.target, head.headers)
        sending = asyncio.create_task(_send_body(upstream, body), name=f"body of {exchange.id}")
        async with asyncio.timeout(FIRST_BYTE_S):
            answer = await upstream.head()
        exchange.answered(replace(answer, headers=forward.response_headers(answer.headers, credentials)))
        async for chunk in upstream.body():
            exchange.received(chunk)
    finally:
        upstream.abort()
        if sending is not None:
            sending.cancel()
            await asyncio.wait([sending])
        upstream.close()


async def _send_body(upstream: Upstream, body: bytes) -> None:
    # An app may answer, and close, without reading the body; its answer says what happened.
    with contextlib.suppress(UpstreamError):
        for start in range(0, len(body), _PIECE):
            await upstream.send(body[start : start + _PIECE])
        await upstream.end()
