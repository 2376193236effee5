"""Who may call what: every route and every socket of the table, with every kind of wrong credentials."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from podium.server.api.table import OPERATIONS, SOCKETS
from podium.server.http.operation import Access, Operation, Socket
from podium.server.http.paths import parameters, plain
from podium.tests.support.clients import http_client
from podium.tests.support.names import unique_name
from podium.tests.support.server import BARE, Podium, running
from podium.tests.support.sign_in import browser, cookie_of

PUBLIC = {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/api/v1/openapi.json"), ("POST", "/api/v1/session")}
USER_OPERATIONS = [operation for operation in OPERATIONS if operation.access is Access.USER]
WRITES = [operation for operation in USER_OPERATIONS if operation.method != "GET"]


def name_of(value: Operation | Socket) -> str:
    """The test's id."""
    return f"{value.method} {plain(value.path)}" if isinstance(value, Operation) else plain(value.path)


def address(value: Operation | Socket) -> str:
    """An address of the route, with made-up parameters."""
    path = plain(value.path)
    for parameter in parameters(value.path):
        path = path.replace(f"{{{parameter}}}", "made-up")
    return path


@pytest.fixture(scope="module")
def podium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podium]:
    """A server of its own: wrong tokens slow down everybody who signs in."""
    with running(tmp_path_factory.mktemp("access") / "data", env=BARE) as server:
        yield server


def test_only_these_routes_are_open() -> None:
    assert {(item.method, item.path) for item in OPERATIONS if item.access is Access.PUBLIC} == PUBLIC
    assert all(socket.access is Access.USER for socket in SOCKETS)


def test_every_route_says_who_may_call_it() -> None:
    routes: tuple[Operation | Socket, ...] = (*OPERATIONS, *SOCKETS)
    for route in routes:
        assert isinstance(route.access, Access)


def test_no_route_is_listed_twice_and_names_are_unique() -> None:
    routes = [(item.method, item.path) for item in OPERATIONS]
    assert len(routes) == len(set(routes))
    names = [item.name for item in OPERATIONS]
    assert len(names) == len(set(names))


def refused(answer: httpx.Response, status: int, kind: str) -> None:
    """The answer is that problem, and sets no cookie."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"/problems/{kind}"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("operation", USER_OPERATIONS, ids=name_of)
async def test_without_the_right_credentials(podium: Podium, operation: Operation) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    async with http_client(podium.url) as client:
        for headers in ({}, {"Cookie": f"podium-session-{podium.port}=forged.1.x"}, {"Authorization": "Basic YTpi"}):
            refused(await client.request(operation.method, address(operation), headers=headers), 401, "unauthorized")
    async with browser(podium) as client:
        cookie = {"Cookie": cookie_of(client)}
    async with http_client(podium.url) as client:
        answer = await client.request(operation.method, address(operation), headers={**cookie, **foreign})
        refused(answer, 403, "foreign-origin")
        same_site = {"Sec-Fetch-Site": "same-site", **cookie}
        refused(await client.request(operation.method, address(operation), headers=same_site), 403, "foreign-origin")


@pytest.mark.parametrize("operation", WRITES, ids=name_of)
async def test_writes_with_the_cookie_need_the_csrf_token(podium: Podium, operation: Operation) -> None:
    async with browser(podium) as mine, browser(podium) as other:
        wrong = ("", "x", other.headers["X-CSRF-Token"])
        for token in wrong:
            answer = await mine.request(operation.method, address(operation), headers={"X-CSRF-Token": token})
            refused(answer, 403, "csrf-failed")
        for origin in ("https://evil.example", "null", f"{podium.url}.evil.example", podium.url.replace("127", "128")):
            answer = await mine.request(operation.method, address(operation), headers={"Origin": origin})
            refused(answer, 403, "foreign-origin")


async def upgrade(podium: Podium, path: str, headers: dict[str, str], origin: str | None = None) -> int:
    """The status that a WebSocket handshake is answered with."""
    uri = podium.url.replace("http", "ws", 1) + path
    try:
        async with connect(uri, additional_headers=headers, origin=origin, proxy=None, open_timeout=30):  # type: ignore[arg-type] # Origin is a str
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


@pytest.mark.parametrize("socket", SOCKETS, ids=name_of)
async def test_sockets(podium: Podium, socket: Socket) -> None:
    async with browser(podium) as client:
        cookie = {"Cookie": cookie_of(client)}
        name = (await client.post("/api/v1/apps", json={"name": unique_name()})).json()["name"]
    path = plain(socket.path).replace("{app}", name)
    assert await upgrade(podium, path, {}) == 401
    assert await upgrade(podium, path, {"Cookie": f"podium-session-{podium.port}=forged.1.x"}, podium.url) == 401
    assert await upgrade(podium, path, cookie) == 403
    for origin in (
        "https://evil.example",
        "null",
        f"{podium.url}.evil.example",
        f"http://{name}.localhost:{podium.port}",
        f"http://127.0.0.1:{podium.port + 1}",
        f"http://x127.0.0.1:{podium.port}",
    ):
        assert await upgrade(podium, path, cookie, origin) == 403
        assert await upgrade(podium, path, podium.bearer, origin) == 403
    elsewhere = plain(socket.path).replace("{app}", "somebody-elses")
    assert await upgrade(podium, elsewhere, cookie, podium.url) == 404


async def test_wrong_bearer_tokens_are_slowed_down_but_nobody_who_is_signed_in(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running(tmp_path_factory.mktemp("guessing") / "data", env=BARE) as podium:
        async with browser(podium) as mine, http_client(podium.url) as guesser:
            statuses = set()
            for number in range(30):
                answer = await guesser.get("/api/v1/session", headers={"Authorization": f"Bearer guess-{number}"})
                statuses.add(answer.status_code)
            assert statuses == {401, 429}
            assert int(answer.headers["Retry-After"]) >= 1
            assert (await mine.get("/api/v1/session")).status_code == 200
