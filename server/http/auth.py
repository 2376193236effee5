"""Signing in: the token of the printed link, the browser's session cookie, its CSRF token, and bearer tokens.

All secrets are made from one key of 32 bytes in the data directory, so the token itself is written nowhere:

* the *token* is ``HMAC(key, "token")`` unless one was given, so that the same link works after a restart;
* cookies are signed with a key made from the key *and* the token, so that another token signs everybody out;
* the CSRF token belongs to one session and is made with the same key.

Removing the key file makes a new token and ends every session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from podium.server.http.problem import TooManyAttempts, Unauthorized, WrongToken
from podium.server.models.common import UserId

LOCAL_USER = UserId("local")
SESSION_SECONDS = 30 * 24 * 3600
_FAILURES_ALLOWED = 20
_FAILURE_FORGIVEN_S = 3.0


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that signed in; ``id`` names it, ``issued_at`` is in seconds since the epoch."""

    id: str
    user: UserId
    issued_at: int


@dataclass(slots=True)
class Attempts:
    """How many wrong tokens were sent lately: a bucket that one failure fills and time empties."""

    failures: float = 0.0
    at: float = field(default_factory=time.monotonic)

    def _settle(self) -> None:
        now = time.monotonic()
        self.failures = max(0.0, self.failures - (now - self.at) / _FAILURE_FORGIVEN_S)
        self.at = now

    def check(self) -> None:
        """Raise :class:`TooManyAttempts` when guessing has to pause."""
        self._settle()
        if self.failures >= _FAILURES_ALLOWED:
            wait = int((self.failures - _FAILURES_ALLOWED + 1) * _FAILURE_FORGIVEN_S) + 1
            raise TooManyAttempts(f"Try again in {wait} s.", headers={"Retry-After": str(wait)})

    def failed(self) -> None:
        """Count one wrong token."""
        self._settle()
        self.failures += 1


class Auth:
    """Who a request comes from. Signed-out sessions are remembered for as long as their cookies could be sent."""

    def __init__(self, key: bytes, token: str | None, port: int, remember: Callable[[str, int], None]) -> None:
        self.token = token or _text(_mac(key, b"token"))
        self.cookie_name = f"podium-session-{port}"
        self._key = _mac(key, b"cookie:" + hashlib.sha256(self.token.encode()).digest())
        self._remember = remember
        self._ended: set[str] = set()
        self._attempts = Attempts()

    def sign_in(self, token: str) -> str:
        """The value of the session cookie; raises :class:`WrongToken` or :class:`TooManyAttempts`."""
        self.check_token(token)
        return self._sign(f"{secrets.token_urlsafe(18)}.{int(time.time())}")

    def check_token(self, token: str) -> UserId:
        """Compare in constant time."""
        self._attempts.check()
        if not _same(token, self.token):
            self._attempts.failed()
            raise WrongToken
        return LOCAL_USER

    def session(self, cookie: str) -> Session:
        """The session of a cookie; raises :class:`Unauthorized` when it is forged, too old, or signed out."""
        payload, _, _ = cookie.rpartition(".")
        if not payload or not _same(cookie, self._sign(payload)):
            raise Unauthorized
        name, _, issued = payload.partition(".")
        if name in self._ended or time.time() - int(issued) > SESSION_SECONDS:
            raise Unauthorized
        return Session(name, LOCAL_USER, int(issued))

    def set_cookie(self, value: str) -> str:
        """A ``Set-Cookie`` header for a session: out of reach of scripts, of this host only."""
        return f"{self.cookie_name}={value}; Path=/; Max-Age={SESSION_SECONDS}; HttpOnly; SameSite=Lax"

    def clear_cookie(self) -> str:
        """A ``Set-Cookie`` header that removes the session."""
        return f"{self.cookie_name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"

    def csrf_token(self, session: Session) -> str:
        """What ``X-CSRF-Token`` must be for writes of this session."""
        return _text(_mac(self._key, b"csrf:" + session.id.encode()))

    def is_csrf_token(self, session: Session, given: str) -> bool:
        """Compare in constant time."""
        return _same(given, self.csrf_token(session))

    def sign_out(self, session: Session) -> None:
        """End a session: its cookie is worth nothing from now on, also after a restart."""
        self._ended.add(session.id)
        self._remember(session.id, session.issued_at + SESSION_SECONDS)

    def ended_before(self, sessions: set[str]) -> None:
        """Take over the sessions that earlier server processes ended."""
        self._ended |= sessions

    def _sign(self, payload: str) -> str:
        return f"{payload}.{_text(_mac(self._key, b'session:' + payload.encode(errors='surrogatepass')))}"


def _same(given: str, secret: str) -> bool:
    """Compare in constant time; what a client sends may be no Unicode at all."""
    return hmac.compare_digest(given.encode(errors="surrogatepass"), secret.encode(errors="surrogatepass"))


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
