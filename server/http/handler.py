"""The Tornado side of operations: one handler class dispatches by method, and every error is a problem document."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
import tornado.iostream
import tornado.web
from pydantic import BaseModel, ValidationError

from podium.server.http import problem as problems
from podium.server.http.hosts import check_fetch_site, check_origin
from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.models.common import FieldError, UserId

if TYPE_CHECKING:
    from podium.server.http.auth import Session
    from podium.server.services import Services

log = structlog.get_logger("podium.http")
M = TypeVar("M", bound=BaseModel)

SAFE_METHODS = frozenset({"GET", "HEAD"})
_DRAINED = 64 * 1024 * 1024
"""Bytes of a body that is too large which are read and thrown away, so that the client gets to read the answer."""
_BY_STATUS: Mapping[int, type[problems.ApiError]] = {
    400: problems.BadRequest,
    404: problems.NotFound,
    413: problems.TooLarge,
}


class BaseHandler(tornado.web.RequestHandler):
    """What HTTP and WebSocket handlers share: who asks, request ids, and errors as problem documents."""

    services: Services
    request_id: str
    session: Session | None = None

    def initialize(self, services: Services) -> None:
        self.services = services

    def set_default_headers(self) -> None:
        self.request_id = f"req_{secrets.token_hex(8)}"
        self.clear_header("Server")
        self.set_header("X-Request-Id", self.request_id)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def authenticate(self) -> UserId:
        """Who sends this request, by bearer token or session cookie; raises :class:`~problems.Unauthorized`."""
        auth = self.services.auth
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return auth.check_token(token.strip())
        cookie = self.get_cookie(auth.cookie_name)
        if not cookie:
            raise problems.Unauthorized
        check_fetch_site(self.request)
        self.session = auth.session(cookie)
        return self.session.user

    def check_csrf(self) -> None:
        """Refuse a write that another site made the browser send. Bearer tokens are never sent by accident."""
        if self.session is None or self.request.method in SAFE_METHODS:
            return
        check_origin(self.request, required=False)
        given = self.request.headers.get("X-CSRF-Token", "")
        if not self.services.auth.is_csrf_token(self.session, given):
            raise problems.CsrfFailed

    def read_query(self, model: type[M]) -> M:
        """Validate the query string; raises :class:`~problems.InvalidFields`."""
        values: dict[str, Any] = {
            name: self.get_query_argument(name, strip=False) for name in self.request.query_arguments
        }
        return _validated(model, values, "query")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a problem document; called by Tornado for every exception and error status."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        self.finish_problem(self._as_api_error(status_code, error))

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log what is our own mistake, with its traceback; the others are in the access log."""
        if not isinstance(value, problems.ApiError | tornado.web.HTTPError | tornado.iostream.StreamClosedError):
            log.error("unexpected error", request=self.request_id, path=self.request.path, exc_info=(typ, value, tb))

    def finish_problem(self, error: problems.ApiError) -> None:
        """Send the whole answer for ``error``."""
        self.set_status(error.status)
        for name, value in error.headers.items():
            self.set_header(name, value)
        self.set_header("Content-Type", problems.PROBLEM_TYPE)
        self.finish(error.problem().model_dump_json(exclude_none=True))

    def _as_api_error(self, status: int, error: BaseException | None) -> problems.ApiError:
        if isinstance(error, problems.ApiError):
            return error
        if status == 405:
            return problems.MethodNotAllowed(", ".join(self.allowed_methods()))
        if status in _BY_STATUS:
            reason = error.log_message if isinstance(error, tornado.web.HTTPError) else None
            return _BY_STATUS[status](reason or "Check the address and the headers of the request.")
        return problems.InternalError(
            f"It is not your fault. The log of Podium has the details under {self.request_id}.", request=self.request_id
        )

    @property
    def route(self) -> str:
        """What metrics call the address: there are few, whatever clients ask for."""
        return type(self).__name__

    def allowed_methods(self) -> list[str]:
        """What ``Allow`` says."""
        return ["GET", "HEAD"]

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Take the status from our own errors; Tornado knows only its own."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        super().send_error(error.status if isinstance(error, problems.ApiError) else status_code, **kwargs)


@tornado.web.stream_request_body
class OperationHandler(BaseHandler):
    """All operations of one path."""

    operations: Mapping[str, Operation]

    def initialize(self, services: Services, operations: Mapping[str, Operation]) -> None:  # type: ignore[override] # Tornado passes the route's keywords
        super().initialize(services)
        self.operations = operations
        self._chunks: list[bytes] = []
        self._received = 0
        self._gone = asyncio.Event()

    @property
    def route(self) -> str:
        """The template of this path."""
        return next(iter(self.operations.values())).path

    def allowed_methods(self) -> list[str]:
        """The methods of this path; ``GET`` brings ``HEAD`` along."""
        head = ["HEAD"] if "GET" in self.operations else []
        return sorted([*self.operations, *head])

    def prepare(self) -> None:
        """Authorise before the body is read, and refuse at once a body that nobody would want to read."""
        self.operation = self._find_operation()
        self.user = self._authorise(self.operation)
        self.request.connection.set_max_body_size(2**50)  # type: ignore[union-attr] # an HTTP/1 connection
        length = self.request.headers.get("Content-Length", "0")
        if length.isdigit() and int(length) > max(self.operation.max_body, _DRAINED):
            raise self._too_large()

    def data_received(self, chunk: bytes) -> None:
        """Keep the body up to the operation's limit; a chunked one that goes on for ever is cut off."""
        self._received += len(chunk)
        if self._received <= self.operation.max_body:
            self._chunks.append(chunk)
        elif self._received > max(self.operation.max_body, _DRAINED) and not self._finished:
            self.finish_problem(self._too_large())

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._gone.set()

    async def get(self, **path: str) -> None:
        await self._answer(path)

    head = post = put = patch = delete = get

    def _find_operation(self) -> Operation:
        method = self.request.method or ""
        found = self.operations.get("GET" if method == "HEAD" else method)
        if found is None:
            raise problems.MethodNotAllowed(", ".join(self.allowed_methods()))
        return found

    def _authorise(self, operation: Operation) -> UserId:
        if operation.access is Access.PUBLIC:
            return UserId("")
        user = self.authenticate()
        self.check_csrf()
        return user

    def _too_large(self) -> problems.TooLarge:
        limit = self.operation.max_body
        return problems.TooLarge(f"At most {limit:,} bytes are taken here; nothing was changed.", limit=limit)

    async def _answer(self, path: Mapping[str, str]) -> None:
        if self._received > self.operation.max_body:
            raise self._too_large()
        raw = b"".join(self._chunks)
        call: Call[Any, Any] = Call(
            services=self.services,
            user=self.user,
            session=self.session,
            path=path,
            query=self.read_query(self.operation.query) if self.operation.query is not None else None,
            body=self._read_body(raw),
            raw=raw,
            request=self.request,
            request_id=self.request_id,
            open_stream=self._open_stream,
        )
        reply = await self.operation.handler(call)
        if reply is not None:
            self._send(reply)

    def _read_body(self, raw: bytes) -> BaseModel | None:
        model = self.operation.body
        if model is None:
            return None
        kind = self.request.headers.get("Content-Type", "application/json").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise problems.UnsupportedMedia("Send JSON, with Content-Type: application/json.")
        try:
            return model.model_validate_json(raw or b"{}")
        except ValidationError as error:
            raise _body_error(error) from None

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


class NoRouteHandler(BaseHandler):
    """Every address of the API that no operation has."""

    def prepare(self) -> None:
        raise problems.NoSuchRoute


class MisdirectedHandler(BaseHandler):
    """Requests that name a host which is not ours."""

    def prepare(self) -> None:
        raise problems.Misdirected(
            "Open Podium at the address that it printed, or add this host name to PODIUM_ALLOWED_HOSTS."
        )


def _validated(model: type[M], values: Mapping[str, Any], where: str) -> M:
    try:
        return model.model_validate_strings(values)
    except ValidationError as error:
        raise problems.InvalidFields(_field_errors(error, where)) from None


def _body_error(error: ValidationError) -> problems.ApiError:
    first = error.errors(include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return problems.MalformedBody(f"It is not JSON: {first['msg'].removeprefix('Invalid JSON: ')}.")
    return problems.InvalidFields(_field_errors(error, ""))


def _field_errors(error: ValidationError, where: str) -> list[FieldError]:
    prefix = f"/{where}" if where else ""
    return [
        FieldError(
            pointer=prefix + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in item["loc"]),
            message=item["msg"],
        )
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
