"""The Tornado side of operations: one handler class dispatches by method to the functions of the table."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import tornado.iostream
from pydantic import BaseModel, ValidationError

from podium.server.http.base import BaseHandler
from podium.server.http.credentials import Caller, caller_of, check_csrf
from podium.server.http.fielderrors import body_error
from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.http.problem import MethodNotAllowed, UnsupportedMedia
from podium.server.models.common import UserId

if TYPE_CHECKING:
    from podium.server.services import Services

_NOBODY = Caller(UserId(""), None)


class OperationHandler(BaseHandler):
    """All operations of one path."""

    operations: Mapping[str, Operation]
    operation: Operation
    caller: Caller

    def initialize(self, services: Services, operations: Mapping[str, Operation]) -> None:  # type: ignore[override] # Tornado passes the route's keywords
        super().initialize(services)
        self.operations = operations
        self._gone = asyncio.Event()

    @property
    def route(self) -> str:
        """The template of this path."""
        return next(iter(self.operations.values())).path

    def allowed_methods(self) -> list[str]:
        """The methods of this path; ``GET`` brings ``HEAD`` along."""
        head = ["HEAD"] if "GET" in self.operations else []
        return sorted([*self.operations, *head])

    def authorise_request(self) -> None:
        """Find the operation, and who asks for it."""
        method = self.request.method or ""
        found = self.operations.get("GET" if method == "HEAD" else method)
        if found is None:
            raise MethodNotAllowed(", ".join(self.allowed_methods()))
        self.operation = found
        self.max_body = found.max_body
        self.caller = self._caller(found.access)

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._gone.set()

    async def get(self, **path: str) -> None:
        """Validate, call the operation, send what it replies."""
        self.begin()
        raw = bytes(self.body)
        call: Call[Any, Any] = Call(
            services=self.services,
            user=self.caller.user,
            session=self.caller.session,
            path=path,
            query=None if self.operation.query is None else self.read_query(self.operation.query),
            body=None if self.operation.body is None else self._read_body(raw, self.operation.body),
            raw=raw,
            request=self.request,
            request_id=self.request_id,
            open_stream=self._open_stream,
        )
        reply = await self.operation.handler(call)
        if reply is not None:
            self._send(reply)

    head = post = put = patch = delete = options = get

    def _caller(self, access: Access) -> Caller:
        if access is Access.PUBLIC:
            return _NOBODY
        caller = caller_of(self.request, self.services.auth)
        check_csrf(self.request, self.services.auth, caller.session)
        return caller

    def _read_body(self, raw: bytes, model: type[BaseModel]) -> BaseModel:
        kind = self.request.headers.get("Content-Type", "application/json").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise UnsupportedMedia("Send JSON, with Content-Type: application/json.")
        try:
            return model.model_validate_json(raw or b"{}")
        except ValidationError as error:
            raise body_error(error) from None

    def _send(self, reply: Reply) -> None:
        self.set_status(reply.status)
        body = reply.body
        if isinstance(body, BaseModel):
            self.set_header("Content-Type", "application/json")
            body = body.model_dump_json().encode()
        for name, value in reply.headers.items():
            self.set_header(name, value)
        if reply.status in (204, 304):
            self.clear_header("Content-Type")
        self.finish(body)

    async def _open_stream(self, content_type: str, status: int, headers: Mapping[str, str]) -> _Writer:
        self.set_status(status)
        self.set_header("Content-Type", content_type)
        for name, value in headers.items():
            self.set_header(name, value)
        writer = _Writer(self, self._gone)
        await writer.write(b"")
        return writer


class _Writer:
    """A :class:`~podium.server.http.operation.StreamWriter` on a Tornado handler."""

    def __init__(self, handler: OperationHandler, gone: asyncio.Event) -> None:
        self._handler = handler
        self._gone = gone

    @property
    def closed(self) -> bool:
        return self._gone.is_set()

    async def write(self, data: bytes) -> None:
        if self.closed:
            return
        try:
            if data:
                self._handler.write(data)
            await self._handler.flush()
        except tornado.iostream.StreamClosedError:
            self._gone.set()

    async def wait_closed(self) -> None:
        await self._gone.wait()
