"""Which host names are Podium's own, which are apps', and which origins may use the browser's cookie.

A page of another site can make a browser send requests here, also under a host name of its own that resolves to this
machine (DNS rebinding). So a request must name a host that is known, and one that carries the cookie must come from the
very origin that it is sent to.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from tornado.httputil import HTTPServerRequest

from podium.server.http.problem import ForeignOrigin
from podium.server.models.apps import APP_NAME
from podium.server.settings import ServerSettings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_WILDCARDS = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names under which this server may be addressed."""

    names: frozenset[str]
    any_local_address: bool

    @classmethod
    def of(cls, settings: ServerSettings) -> Hosts:
        """The loopback names, the host that is listened on and the allowed ones; with 0.0.0.0 each own address too."""
        wildcard = settings.host in _WILDCARDS
        own = {socket.gethostname().lower()} if wildcard else {settings.host.lower().strip("[]")}
        return cls(_LOOPBACK | own | frozenset(settings.allowed_hosts), wildcard)

    def is_own(self, request: HTTPServerRequest) -> bool:
        """Whether the request names this server itself."""
        name = host_name(request)
        if name in self.names:
            return True
        return self.any_local_address and _is_ip(name) and name == _local_address(request)

    def app_of(self, request: HTTPServerRequest) -> str | None:
        """The app that a request to ``APP.localhost`` is for, or ``None``."""
        label, _, parent = host_name(request).partition(".")
        return label if parent == "localhost" and APP_NAME.fullmatch(label) else None


def host_name(request: HTTPServerRequest) -> str:
    """The name part of ``Host``, in lower case, without port and brackets."""
    host = request.host.lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].removesuffix(".")


def origin_of(request: HTTPServerRequest) -> str:
    """The origin that a request was sent to, as a browser would write it."""
    return f"{request.protocol}://{request.host.lower()}"


def check_origin(request: HTTPServerRequest, *, required: bool) -> None:
    """Raise :class:`ForeignOrigin` unless ``Origin`` is exactly ours (or absent, when it is not ``required``)."""
    origin = request.headers.get("Origin")
    if origin is None and not required:
        return
    if origin is None or origin.lower() != origin_of(request):
        raise ForeignOrigin


def check_fetch_site(request: HTTPServerRequest) -> None:
    """Raise :class:`ForeignOrigin` when the browser says that another site or another app's page asks."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignOrigin


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _local_address(request: HTTPServerRequest) -> str | None:
    stream = getattr(request.connection, "stream", None)
    if stream is None or stream.socket is None:
        return None
    return str(stream.socket.getsockname()[0])
