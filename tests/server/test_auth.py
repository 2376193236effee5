"""Tokens, cookies and CSRF tokens, without a server."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.server.http.auth import LOCAL_USER, SESSION_SECONDS, Auth
from podium.server.http.problem import TooManyAttempts, Unauthorized, WrongToken

KEY = b"k" * 32


def forget(session: str, until: int) -> None:
    """Remember nothing."""


@pytest.fixture
def auth() -> Auth:
    """The sign-in of a server."""
    return Auth(KEY, None, 8000, forget)


def test_the_token_follows_from_the_key() -> None:
    assert Auth(KEY, None, 1, forget).token == Auth(KEY, None, 2, forget).token
    assert Auth(KEY, None, 1, forget).token != Auth(b"x" * 32, None, 1, forget).token
    assert len(Auth(KEY, None, 1, forget).token) >= 43


def test_cookies_of_two_ports_have_different_names() -> None:
    assert Auth(KEY, None, 1, forget).cookie_name != Auth(KEY, None, 2, forget).cookie_name


def test_a_cookie_names_its_session(auth: Auth) -> None:
    first, second = (auth.session(auth.sign_in(auth.token)) for _ in range(2))
    assert first.user == LOCAL_USER
    assert first.id != second.id
    assert auth.is_csrf_token(first, auth.csrf_token(first))
    assert not auth.is_csrf_token(second, auth.csrf_token(first))


@pytest.mark.parametrize("cookie", ["", ".", "..", "a", "a.b", "a.b.c", "é.1.x", "a.1.", "\0", "\ud800.1.x"])
def test_forged_cookies(auth: Auth, cookie: str) -> None:
    with pytest.raises(Unauthorized):
        auth.session(cookie)


@given(st.integers(min_value=0), st.characters())
def test_a_cookie_that_was_touched_is_worth_nothing(position: int, character: str) -> None:
    auth = Auth(KEY, None, 8000, forget)
    cookie = auth.sign_in(auth.token)
    position %= len(cookie)
    touched = cookie[:position] + character + cookie[position + 1 :]
    if touched != cookie:
        with pytest.raises(Unauthorized):
            auth.session(touched)


def test_cookies_end(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = auth.sign_in(auth.token)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + SESSION_SECONDS + 2)
    with pytest.raises(Unauthorized):
        auth.session(cookie)


def test_another_token_signs_everybody_out(auth: Auth) -> None:
    cookie = auth.sign_in(auth.token)
    assert Auth(KEY, None, 8000, forget).session(cookie)
    with pytest.raises(Unauthorized):
        Auth(KEY, "another-token-of-mine", 8000, forget).session(cookie)


def test_a_session_that_ended_is_remembered_until_its_cookie_would_have_expired() -> None:
    remembered: list[tuple[str, int]] = []
    auth = Auth(KEY, None, 8000, lambda session, until: remembered.append((session, until)))
    cookie = auth.sign_in(auth.token)
    session = auth.session(cookie)
    auth.sign_out(session)
    with pytest.raises(Unauthorized):
        auth.session(cookie)
    assert remembered == [(session.id, session.issued_at + SESSION_SECONDS)]
    later = Auth(KEY, None, 8000, forget)
    later.ended_before({session.id})
    with pytest.raises(Unauthorized):
        later.session(cookie)


def test_guessing_is_slowed_down_and_forgiven(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for _ in range(20):
        with pytest.raises(WrongToken):
            auth.check_token("wrong")
    with pytest.raises(TooManyAttempts) as caught:
        auth.check_token(auth.token)
    now += int(caught.value.headers["Retry-After"])
    assert auth.check_token(auth.token) == LOCAL_USER


@pytest.mark.parametrize("token", ["", "é", "\ud800", "x" * 10_000_000])
def test_odd_tokens_are_only_wrong(auth: Auth, token: str) -> None:
    with pytest.raises(WrongToken):
        auth.check_token(token)
