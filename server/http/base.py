"""What all handlers share: request ids, headers, bodies of bounded size, and errors as problem documents."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
import tornado.iostream
import tornado.web
from pydantic import BaseModel, ValidationError

from podium.server.http import problem as problems
from podium.server.http.fielderrors import field_errors

if TYPE_CHECKING:
    from podium.server.services import Services

log = structlog.get_logger("podium.http")
M = TypeVar("M", bound=BaseModel)

DRAINED_BYTES = 64 * 1024 * 1024
"""Bytes of a body that is too large which are read and thrown away, so that the client gets to read the answer."""
_BY_STATUS: Mapping[int, type[problems.ApiError]] = {400: problems.BadRequest, 404: problems.NotFound}


@tornado.web.stream_request_body
class BaseHandler(tornado.web.RequestHandler):
    """The base of HTTP and WebSocket handlers.

    Who asks is looked at before the body comes, but a refusal is answered only when the body has been read (up to a
    bound): a client that is still sending would not read the answer, and so the connection stays usable.
    """

    services: Services
    request_id = ""
    max_body = 0

    def initialize(self, services: Services) -> None:
        self.services = services
        self.body = bytearray()
        self._received = 0
        self._has_body = False
        self._refusal: problems.ApiError | None = None

    def set_default_headers(self) -> None:
        # Tornado comes here again when it starts an error answer.
        self.request_id = self.request_id or f"req_{secrets.token_hex(8)}"
        self.clear_header("Server")
        self.set_header("X-Request-Id", self.request_id)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    @property
    def route(self) -> str:
        """What metrics call the address: there are few, whatever clients ask for."""
        return type(self).__name__

    def allowed_methods(self) -> list[str]:
        """What ``Allow`` says."""
        return ["GET", "HEAD"]

    def authorise_request(self) -> None:
        """Look at everything but the body; raise an :class:`~podium.server.http.problem.ApiError` to refuse."""

    def prepare(self) -> None:
        try:
            self.authorise_request()
        except problems.ApiError as error:
            self._refusal = error
        length = self.request.headers.get("Content-Length", "0")
        if length.isdigit() and int(length) > max(self.max_body, DRAINED_BYTES):
            self.finish_problem(self._refusal or self._too_large())

    def data_received(self, chunk: bytes) -> None:
        """Keep the body up to the limit, throw away more, and cut off one that goes on for ever."""
        self._received += len(chunk)
        if self._refusal is None and self._received <= self.max_body:
            self.body += chunk
        elif self._received > max(self.max_body, DRAINED_BYTES) and not self._finished:
            self.finish_problem(self._refusal or self._too_large())

    def begin(self) -> None:
        """Raise what there is to refuse, now that the body has been read. Each method calls this first."""
        self._has_body = True
        if self._refusal is not None:
            raise self._refusal
        if self._received > self.max_body > 0:
            raise self._too_large()

    def read_query(self, model: type[M]) -> M:
        """Validate the query string; raises :class:`~podium.server.http.problem.InvalidFields`."""
        values = {name: self.get_query_argument(name, strip=False) for name in self.request.query_arguments}
        try:
            return model.model_validate_strings(values)
        except ValidationError as error:
            raise problems.InvalidFields(field_errors(error, "query")) from None

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Take the status from our own errors; Tornado knows only its own."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        super().send_error(error.status if isinstance(error, problems.ApiError) else status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with a problem document; called by Tornado for every exception and error status."""
        self.finish_problem(self._as_api_error(status_code, kwargs.get("exc_info", (None, None, None))[1]))

    def finish_problem(self, error: problems.ApiError) -> None:
        """Send the whole answer for ``error``; before the body was read, also end the connection."""
        self.set_status(error.status)
        for name, value in error.headers.items():
            self.set_header(name, value)
        if not self._has_body:
            self.set_header("Connection", "close")
        self.set_header("Content-Type", problems.PROBLEM_TYPE)
        self.finish(error.problem().model_dump_json(exclude_none=True))

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Log what is our own mistake, with its traceback; the others are in the access log."""
        if not isinstance(value, problems.ApiError | tornado.web.HTTPError | tornado.iostream.StreamClosedError):
            log.error("unexpected error", request=self.request_id, path=self.request.path, exc_info=(typ, value, tb))

    def _too_large(self) -> problems.TooLarge:
        limit = self.max_body
        return problems.TooLarge(f"At most {limit:,} bytes are taken here; nothing was changed.", limit=limit)

    def _as_api_error(self, status: int, error: BaseException | None) -> problems.ApiError:
        if isinstance(error, problems.ApiError):
            return error
        if status == 405:
            return problems.MethodNotAllowed(", ".join(self.allowed_methods()))
        if status in _BY_STATUS:
            reason = error.log_message if isinstance(error, tornado.web.HTTPError) else None
            return _BY_STATUS[status](f"{reason or 'Check the address and the headers of the request'}.")
        return problems.InternalError(
            f"It is not your fault. The log of Podium has the details under {self.request_id}.", request=self.request_id
        )


class NoRouteHandler(BaseHandler):
    """Every address of the API that no operation has."""

    refusal: type[problems.ApiError] = problems.NoSuchRoute

    def get(self, *args: str, **path: str) -> None:
        self.begin()
        raise self.refusal()  # type: ignore[call-arg] # those used here say everything by themselves

    head = post = put = patch = delete = options = get


class MisdirectedHandler(NoRouteHandler):
    """Requests that name a host which is not ours."""

    refusal = problems.Misdirected
