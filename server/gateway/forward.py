"""What happens to headers on their way to an app and back.

Towards the app: hop-by-hop headers end here, the platform's cookies and tokens are taken out, and everything that
claims to know where the request comes from is replaced by what the gateway knows itself. Towards the client: framing
and hop-by-hop headers end here, and cookies stay with the host that set them.

Request framing is checked before a byte is forwarded, more strictly than RFC 9112 asks for: two readers that could
disagree about where a request ends are how requests are smuggled.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote_from_bytes

from tornado.httputil import HTTPHeaders

from podium.runner.protocol import Headers

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade", "http2-settings"}
)
_CLAIMS = re.compile(
    r"forwarded|x-forwarded(-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|x-request-id|x-original-.*"
    r"|x-rewrite-url|x-http-host-override|x-scheme|x-url-scheme"
)
"""Headers in which a proxy tells an app who asked for what; only the gateway's own are true."""
_NEVER_NOMINATED = frozenset({"host", "content-length", "authorization", "cookie"})
_TARGET_SAFE = "".join(map(chr, range(0x21, 0x7F)))


class FramingError(Exception):
    """The request does not say clearly where it ends; ``str()`` is a sentence for the client."""


class Framing(Enum):
    """How a request's body is delimited."""

    NONE = "none"
    LENGTH = "length"
    CHUNKED = "chunked"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the platform knows its users by and no app may see."""

    cookie_prefix: str
    token: str

    def is_cookie(self, name: str) -> bool:
        return name.strip().lower().startswith(self.cookie_prefix)

    def is_authorization(self, value: str) -> bool:
        scheme, _, token = value.strip().partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), self.token.encode())


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, as the gateway saw it: ``host`` is the value of ``Host``."""

    id: str
    client: str
    host: str
    protocol: str = "http"


def framing(version: str, headers: HTTPHeaders) -> Framing:
    """How the body of a request is delimited; raises :class:`FramingError` where that can be read in two ways."""
    lengths = headers.get_list("Content-Length")
    codings = headers.get_list("Transfer-Encoding")
    if lengths and codings:
        raise FramingError("It has both Content-Length and Transfer-Encoding; send one of them.")
    if len(lengths) > 1 or (lengths and not (lengths[0].isascii() and lengths[0].isdigit())):
        raise FramingError("Its Content-Length is not one whole number.")
    if codings and (len(codings) > 1 or codings[0].lower() != "chunked"):
        raise FramingError("Its Transfer-Encoding is not just chunked.")
    if codings and version != "HTTP/1.1":
        raise FramingError("Transfer-Encoding needs HTTP/1.1.")
    if codings:
        return Framing.CHUNKED
    return Framing.LENGTH if lengths and int(lengths[0]) else Framing.NONE


def wants_websocket(method: str, version: str, headers: HTTPHeaders) -> bool:
    """Whether a request asks for a WebSocket; no other protocol can be changed to through the gateway."""
    tokens = {token.strip().lower() for token in headers.get("Connection", "").split(",")}
    asked = headers.get("Upgrade", "").strip().lower() == "websocket"
    return asked and "upgrade" in tokens and method == "GET" and version == "HTTP/1.1"


def request_target(uri: str) -> str:
    """Write the request target as it is sent on: bytes beyond ASCII are percent-encoded, nothing else is touched."""
    return uri if uri.isascii() else quote_from_bytes(uri.encode("latin-1"), safe=_TARGET_SAFE)


def request_headers(received: Iterable[tuple[str, str]], origin: Origin, credentials: Credentials) -> Headers:
    """Make the headers of a request as the app gets them, body framing apart."""
    received = list(received)
    dropped = _HOP_BY_HOP | (_nominated(received) - _NEVER_NOMINATED) | {"host"}
    kept = [(name, value) for name, value in received if not _is_dropped(name, dropped)]
    return [
        ("Host", origin.host),
        *_without_credentials(kept, credentials),
        ("Connection", "close"),
        *_claims(origin),
    ]


def websocket_headers(headers: Headers) -> Headers:
    """Turn them into the headers of a request that asks the app for a WebSocket."""
    kept = [item for item in headers if item[0].lower() not in {"connection", "content-length"}]
    return [*kept, ("Connection", "Upgrade"), ("Upgrade", "websocket")]


def response_headers(received: Headers, credentials: Credentials) -> Headers:
    """Make the headers of an answer as the client gets them, framing apart (``Content-Length`` stays if it frames)."""
    names = {name.lower() for name, _ in received}
    dropped = _HOP_BY_HOP | (_nominated(received) - {"content-length", "set-cookie"})
    if "transfer-encoding" in names:
        dropped |= {"content-length"}
    kept = [(name, value) for name, value in received if name.lower() not in dropped]
    cookies = (
        (name, own_cookie(value, credentials) if name.lower() == "set-cookie" else value) for name, value in kept
    )
    return [(name, value) for name, value in cookies if value is not None]


def switching_headers(received: Headers, credentials: Credentials) -> Headers:
    """Make the headers of an answer that changes to the WebSocket protocol."""
    kept = response_headers(received, credentials)
    return [*kept, ("Connection", "Upgrade"), ("Upgrade", "websocket")]


def own_cookie(value: str, credentials: Credentials) -> str | None:
    """Keep a ``Set-Cookie`` value to the app's own host; ``None`` when it is named like the platform's cookie.

    Without its ``Domain`` attribute a cookie goes back only to the host that set it: an app can then not plant cookies
    for the platform or for another app.
    """
    pair, *attributes = value.split(";")
    if credentials.is_cookie(pair.partition("=")[0]):
        return None
    kept = [part for part in attributes if part.partition("=")[0].strip().lower() != "domain"]
    return ";".join([pair, *kept])


def _is_dropped(name: str, dropped: frozenset[str]) -> bool:
    lower = name.lower()
    # WSGI and CGI spell "-" and "_" alike, so X_Forwarded_For would pass for the real one.
    return lower in dropped or _CLAIMS.fullmatch(lower.replace("_", "-")) is not None


def _nominated(headers: Iterable[tuple[str, str]]) -> frozenset[str]:
    values = [value for name, value in headers if name.lower() == "connection"]
    return frozenset(token.strip().lower() for value in values for token in value.split(","))


def _without_credentials(headers: Headers, credentials: Credentials) -> Headers:
    kept: Headers = []
    for name, value in headers:
        lower = name.lower()
        if lower == "authorization" and credentials.is_authorization(value):
            continue
        if lower == "cookie":
            others = [pair for pair in value.split(";") if not credentials.is_cookie(pair.partition("=")[0])]
            value = ";".join(others).strip()  # noqa: PLW2901 - the same header, less its secrets
            if not value:
                continue
        kept.append((name, value))
    return kept


def _claims(origin: Origin) -> Headers:
    client = f'"[{origin.client}]"' if ":" in origin.client else origin.client
    return [
        ("X-Request-Id", origin.id),
        ("X-Forwarded-For", origin.client),
        ("X-Forwarded-Proto", origin.protocol),
        ("X-Forwarded-Host", origin.host),
        ("Forwarded", f'for={client};host="{origin.host}";proto={origin.protocol}'),
    ]
