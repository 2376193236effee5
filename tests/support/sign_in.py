"""A browser that signed in: cookie, CSRF token, and the headers that a browser sends by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from podium.tests.support.clients import http_client
from podium.tests.support.server import Podium


@asynccontextmanager
async def browser(podium: Podium) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a session cookie of its own; its headers say that the IDE's own page asks."""
    headers = {"Origin": podium.url, "Sec-Fetch-Site": "same-origin"}
    async with http_client(podium.url, headers=headers) as client:
        answer = await client.get("/", params={"token": podium.token})
        assert answer.status_code == 303
        session = (await client.get("/api/v1/session")).json()
        client.headers["X-CSRF-Token"] = session["csrf"]
        yield client


def cookie_of(client: httpx.AsyncClient) -> str:
    """The cookie as a header."""
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
