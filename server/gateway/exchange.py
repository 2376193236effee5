"""A request and its answer on their way between a client and a running app, relayed as they arrive.

Nothing is kept: a piece of the request is read from the client only when the app has taken the one before, and a piece
of the answer is read from the app only when the client has. Both directions go on at once, so an app may answer before
it has the whole request.
"""

from __future__ import annotations

import asyncio
import contextlib

from tornado.httputil import HTTPHeaders

from podium.runner.protocol import Headers
from podium.server.gateway import forward, problems
from podium.server.gateway.client import Client, ClientGoneError, UnfitHeadError
from podium.server.gateway.forward import Framing, Origin
from podium.server.gateway.splice import splice
from podium.server.gateway.targets import Entry, RequestHead, Surroundings, Target
from podium.server.gateway.upstream import (
    InvalidAnswerError,
    InvalidRequestError,
    RefusedError,
    ResponseHead,
    Upstream,
    UpstreamError,
)
from podium.server.http.problem import ApiError, BadRequest
from podium.server.models.common import RequestId

FIRST_BYTE_S = 300.0
"""How long an app that has the whole request may take to begin its answer."""
CONTINUE_S = 1.0
"""How long a client that expects 100 Continue waits for the app's word; then it may send."""


class Exchange:
    """Opened when the request's head is there; then the client's side forwards, completes or cancels."""

    def __init__(self, gateway: Surroundings, client: Client, target: Target, id: RequestId, framing: Framing) -> None:
        self._gateway = gateway
        self._client = client
        self._target = target
        self._id = id
        self._framing = framing
        self._sending = asyncio.Lock()
        self._deadline: asyncio.Timeout | None = None
        self._task: asyncio.Task[None] | None = None
        self._upstream: Upstream | None = None
        self._entry: Entry

    async def open(self, headers: HTTPHeaders) -> None:
        """Send the head to the app and begin to wait for the answer; :class:`ApiError` when the app cannot be asked."""
        request = self._client.request
        upgrade = forward.wants_websocket(request.method or "", request.version, headers)
        outgoing = self._outgoing(list(headers.get_all()), upgrade=upgrade)
        head = RequestHead(request.method or "", forward.request_target(request.uri or "/"), outgoing)
        self._entry = self._gateway.directory.begin(self._target, self._id, head)
        try:
            upstream = await self._connect(head)
            answer = await self._handshake(upstream) if upgrade else None
        except (UpstreamError, TimeoutError) as error:
            raise await self._failed(error) from error
        if answer is not None and answer.status == 101:
            self._splice(upstream, answer)
            return
        self._task = self._gateway.spawn(f"answer of {self._id}", self._answer(upstream, answer))
        # The task has to begin before anybody can cancel it: one that never ran would not close the connection.
        await asyncio.sleep(0)
        if "Expect" in headers:
            await self._invite(upstream, headers)

    async def forward(self, chunk: bytes) -> None:
        """Send a piece of the body on. Once the app takes no more it is thrown away: the answer says what happened."""
        async with self._sending:
            if self._upstream is not None:
                with contextlib.suppress(UpstreamError, InvalidRequestError):
                    await self._upstream.send(chunk)

    def complete(self) -> None:
        """Note that the whole request has come; from now on the app is expected to answer in time."""
        if self._framing is Framing.NONE:
            self._expect_answer()
        else:
            self._gateway.spawn(f"end of {self._id}", self._end())

    async def _end(self) -> None:
        async with self._sending:
            if self._upstream is not None:
                with contextlib.suppress(UpstreamError, InvalidRequestError):
                    await self._upstream.end()
        self._expect_answer()

    def _expect_answer(self) -> None:
        if self._deadline is not None:
            self._deadline.reschedule(asyncio.get_running_loop().time() + FIRST_BYTE_S)

    def cancel(self) -> None:
        """End the exchange because the client has gone."""
        if self._task is not None:
            self._task.cancel()

    def _outgoing(self, received: Headers, *, upgrade: bool) -> Headers:
        request = self._client.request
        origin = Origin(self._id, request.remote_ip or "", request.host, request.protocol)
        headers = forward.request_headers(received, origin, self._gateway.credentials)
        if self._framing is Framing.CHUNKED:
            headers.append(("Transfer-Encoding", "chunked"))
        return forward.websocket_headers(headers) if upgrade else headers

    async def _connect(self, head: RequestHead) -> Upstream:
        upstream = self._upstream = await Upstream.connect(self._target.host, self._target.port)
        try:
            await upstream.send_head(head.method, head.target, head.headers)
        except InvalidRequestError as error:
            self._entry.failed("The request cannot be written as HTTP/1.1.")
            await self._close()
            raise BadRequest(f"It cannot be passed on to the app: {error}.") from error
        if self._framing is Framing.NONE:
            await upstream.end()
        return upstream

    async def _handshake(self, upstream: Upstream) -> ResponseHead:
        async with asyncio.timeout(FIRST_BYTE_S):
            return await upstream.head()

    def _splice(self, upstream: Upstream, answer: ResponseHead) -> None:
        self._entry.answered(answer)
        headers = forward.switching_headers(answer.headers, self._gateway.credentials)
        head = ResponseHead(answer.status, answer.reason, headers)
        work = splice(self._client.detach(), upstream, head, self._entry)
        self._gateway.spawn(f"WebSocket {self._id}", work)

    async def _invite(self, upstream: Upstream, headers: HTTPHeaders) -> None:
        """Wait for what the app says to a request whose body is held back."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(upstream.settled.wait(), CONTINUE_S)
        if upstream.settled.is_set() and not upstream.invited:
            # Tornado looks at this header when we return, and must not invite the client in the middle of an answer.
            headers.pop("Expect", None)

    async def _answer(self, upstream: Upstream, answer: ResponseHead | None) -> None:
        try:
            await self._pass_back(upstream, answer or await self._head(upstream))
        except (UpstreamError, TimeoutError) as error:
            await self._give_up(await self._failed(error))
        except ClientGoneError:
            self._entry.cancelled()
        except asyncio.CancelledError:
            self._entry.cancelled()
            raise
        else:
            self._entry.finished()
            await self._close()
            await self._client.end()
        finally:
            await self._close()

    async def _head(self, upstream: Upstream) -> ResponseHead:
        async with asyncio.timeout(FIRST_BYTE_S if self._client.complete.is_set() else None) as deadline:
            self._deadline = deadline
            try:
                return await upstream.head()
            finally:
                self._deadline = None

    async def _pass_back(self, upstream: Upstream, answer: ResponseHead) -> None:
        self._entry.answered(answer)
        headers = forward.response_headers(answer.headers, self._gateway.credentials)
        headers.append(("X-Request-Id", self._id))
        if "Expect" in self._client.request.headers and not upstream.invited:
            headers.append(("Connection", "close"))
        try:
            await self._client.send_head(answer.status, answer.reason, headers)
        except UnfitHeadError as error:
            raise InvalidAnswerError(f"the app's answer has a header that cannot be passed on: {error}") from error
        async for chunk in upstream.body():
            await self._client.send(chunk)
            self._entry.passed(len(chunk))

    async def _failed(self, error: UpstreamError | TimeoutError) -> ApiError:
        await self._close()
        sentence = await self._gateway.directory.explain(self._target, error)
        self._entry.failed(sentence)
        if isinstance(error, RefusedError):
            return problems.AppNotRunning(sentence)
        return problems.AppTooSlow(sentence) if isinstance(error, TimeoutError) else problems.BadAnswer(sentence)

    async def _give_up(self, problem: ApiError) -> None:
        if self._client.begun:
            self._client.abort()
            return
        with contextlib.suppress(ClientGoneError):
            await self._client.refuse(problem, self._id)
            await self._client.end()

    async def _close(self) -> None:
        upstream, self._upstream = self._upstream, None
        if upstream is None:
            return
        upstream.abort()
        async with self._sending:
            upstream.close()
