"""Routes as data: what an operation takes and answers, who may call it, and the function that does it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Protocol

from pydantic import BaseModel
from tornado.httputil import HTTPServerRequest
from typing_extensions import TypeVar

from podium.server.http.problem import ApiError
from podium.server.models.common import UserId

if TYPE_CHECKING:
    from podium.server.http.auth import Session
    from podium.server.http.sockets import SocketHandler
    from podium.server.services import Services

DEFAULT_MAX_BODY = 1024 * 1024
"""Bytes that a request body may have where an operation says nothing else."""

BodyT = TypeVar("BodyT", default=None)
QueryT = TypeVar("QueryT", default=None)


class Access(StrEnum):
    """Who may call an operation; there is no default, so that nothing is open by accident."""

    PUBLIC = "public"
    USER = "user"


class StreamWriter(Protocol):
    """The body of an answer that is written piece by piece."""

    @property
    def closed(self) -> bool:
        """Whether the client has gone."""

    async def write(self, data: bytes) -> None:
        """Send ``data`` and wait until the connection takes more; does nothing once the client has gone."""

    async def wait_closed(self) -> None:
        """Wait until the client has gone."""


OpenStream = Callable[[str, int, Mapping[str, str]], Awaitable[StreamWriter]]


@dataclass(frozen=True, slots=True)
class Call(Generic[BodyT, QueryT]):
    """One request, authorised and validated.

    ``path`` has the parts of the address by name, percent-decoded; ``session`` is set when the browser's cookie was
    used; ``raw`` is the body as it came.
    """

    services: Services
    user: UserId
    session: Session | None
    path: Mapping[str, str]
    query: QueryT
    body: BodyT
    raw: bytes
    request: HTTPServerRequest
    request_id: str
    open_stream: OpenStream

    async def stream(
        self, content_type: str, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> StreamWriter:
        """Send the head of the answer now, and its body through the writer; the operation then returns ``None``."""
        return await self.open_stream(content_type, status, headers or {})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a model is sent as JSON, bytes as they are (say their type in ``headers``)."""

    status: int = 200
    body: BaseModel | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call[Any, Any]], Awaitable[Reply | None]]


@dataclass(frozen=True, slots=True)
class Header:
    """A request or answer header that an operation reads or sets."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    ``path`` is a template such as ``/api/v1/apps/{app}``; ``{path:path}`` takes slashes too. ``query`` is a model of
    the query string's fields. ``raw_body`` names the content type of a body that is not JSON, ``content_type`` that of
    the answer. ``line`` is the model of one line, where ``Accept: application/x-ndjson`` gets the answer as a stream.
    ``problems`` are the errors it may answer with, beside those that every operation shares.
    """

    method: str
    path: str
    access: Access
    summary: str
    handler: Handler
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    problems: tuple[type[ApiError], ...] = ()
    query: type[BaseModel] | None = None
    headers: tuple[Header, ...] = ()
    answer_headers: tuple[Header, ...] = ()
    raw_body: str | None = None
    content_type: str = "application/json"
    line: type[BaseModel] | None = None
    other_answers: tuple[tuple[int, str], ...] = ()
    max_body: int = DEFAULT_MAX_BODY

    @property
    def name(self) -> str:
        """Its id in the API's document: the name of the handler."""
        return str(getattr(self.handler, "__name__", self.path))


@dataclass(frozen=True, slots=True)
class Socket:
    """One WebSocket address. Its handler checks credentials, ``Origin`` and ownership before the upgrade."""

    path: str
    access: Access
    summary: str
    handler: type[SocketHandler]
    query: type[BaseModel] | None = None
