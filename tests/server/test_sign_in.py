"""Signing in and out, as a browser sees it."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from podium.tests.support.clients import http_client
from podium.tests.support.server import BARE, Podium, running
from podium.tests.support.sign_in import browser, cookie_of


async def test_the_link_signs_in_and_leaves_no_token_in_the_address(
    podium: Podium, anonymous: httpx.AsyncClient
) -> None:
    answer = await anonymous.get("/apps/notes", params={"token": podium.token, "x": "1"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/apps/notes"
    name, _, attributes = answer.headers["Set-Cookie"].partition("=")
    assert name == f"podium-session-{podium.port}"
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in attributes.split("; ")
    assert "Domain" not in attributes
    assert podium.token not in answer.headers["Set-Cookie"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_a_wrong_token_leads_to_the_sign_in_page(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/?token=wrong")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/signin?error=wrong-token")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/%2f..", "/\\evil.example/", "///evil.example"])
async def test_the_link_never_leads_elsewhere(podium: Podium, path: str) -> None:
    async with http_client() as client:
        request = client.build_request("GET", podium.url, params={"token": podium.token})
        request.url = request.url.copy_with(raw_path=f"{path}?token={podium.token}".encode())
        location = (await client.send(request)).headers.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


async def test_the_page_exchanges_the_token(podium: Podium, anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.get("/api/v1/session")).status_code == 401
    wrong = await anonymous.post("/api/v1/session", json={"token": "wrong"})
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/wrong-token")
    assert (await anonymous.post("/api/v1/session", json={"token": podium.token})).status_code == 204
    session = (await anonymous.get("/api/v1/session")).json()
    assert session["csrf"]
    assert session["limits"]["files"] == 50


async def test_another_site_cannot_sign_the_browser_in(podium: Podium, anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post(
        "/api/v1/session", json={"token": podium.token}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


async def test_signing_out_ends_this_session_everywhere_and_no_other(podium: Podium) -> None:
    async with browser(podium) as mine, browser(podium) as other:
        cookie = cookie_of(mine)
        name = (await mine.post("/api/v1/apps", json={})).json()["name"]
        uri = f"{podium.url.replace('http', 'ws', 1)}/api/v1/apps/{name}/events"
        async with connect(uri, additional_headers={"Cookie": cookie}, origin=podium.url, proxy=None) as socket:  # type: ignore[arg-type]
            answer = await mine.delete("/api/v1/session")
            assert answer.status_code == 204
            assert "Max-Age=0" in answer.headers["Set-Cookie"]
            with contextlib.suppress(ConnectionClosed):
                async for _ in socket:
                    pass
            assert socket.close_code == 4401
        async with http_client(podium.url, headers={"Cookie": cookie}) as thief:
            assert (await thief.get("/api/v1/session")).status_code == 401
        assert (await other.get("/api/v1/session")).status_code == 200


async def test_sessions_and_the_link_outlive_a_restart_but_not_another_token_or_key(data_dir: Path) -> None:
    with running(data_dir, env=BARE) as podium:
        token, port = podium.token, str(podium.port)
        async with browser(podium) as mine, browser(podium) as ended:
            kept_cookie, ended_cookie = cookie_of(mine), cookie_of(ended)
            await ended.delete("/api/v1/session")
    with running(data_dir, "--port", port, env=BARE) as podium:
        assert podium.token == token
        assert await status_with(podium, kept_cookie) == 200
        assert await status_with(podium, ended_cookie) == 401
    with running(data_dir, "--port", port, "--token", "another-token-than-before", env=BARE) as podium:
        assert podium.token == "another-token-than-before"
        assert await status_with(podium, kept_cookie) == 401
    await asyncio.to_thread((data_dir / "key").unlink)
    with running(data_dir, "--port", port, env=BARE) as podium:
        assert podium.token != token
        assert await status_with(podium, kept_cookie) == 401


async def status_with(podium: Podium, cookie: str) -> int:
    """What asking for the session with a cookie is answered."""
    async with http_client(podium.url, headers={"Cookie": cookie}) as client:
        return (await client.get("/api/v1/session")).status_code
