"""Who sends a request, by bearer token or by the browser's cookie, and whether the browser was made to send it."""

from __future__ import annotations

from dataclasses import dataclass

from tornado.httputil import HTTPServerRequest

from podium.server.http.auth import Auth, Session
from podium.server.http.hosts import check_fetch_site, check_origin
from podium.server.http.problem import CsrfFailed, Unauthorized
from podium.server.models.common import UserId

SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A user; ``session`` is set when the browser's cookie was used."""

    user: UserId
    session: Session | None


def caller_of(request: HTTPServerRequest, auth: Auth) -> Caller:
    """Who sends the request; raises :class:`~podium.server.http.problem.Unauthorized` and its kind."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Caller(auth.check_token(token.strip()), None)
    cookie = request.cookies.get(auth.cookie_name)
    if cookie is None:
        raise Unauthorized
    check_fetch_site(request)
    session = auth.session(cookie.value)
    return Caller(session.user, session)


def check_csrf(request: HTTPServerRequest, auth: Auth, session: Session | None) -> None:
    """Refuse a write that another site made the browser send; bearer tokens are never sent by accident."""
    if session is None or request.method in SAFE_METHODS:
        return
    check_origin(request, required=False)
    if not auth.is_csrf_token(session, request.headers.get("X-CSRF-Token", "")):
        raise CsrfFailed
