"""Apps at their own host names, with everything real: server, kernel, app."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from podium.tests.server.live.bench import Bench


async def test_anybody_on_this_machine_may_call_an_app(workshop: Bench) -> None:
    answer = await workshop.call("/echo?a=1")
    assert answer.status_code == 200
    assert answer.json()["query"] == "a=1"


async def test_the_platforms_credentials_never_reach_the_app(workshop: Bench) -> None:
    token = workshop.podium.token
    async with httpx.AsyncClient() as browser:
        signed_in = await browser.get(workshop.podium.link)
    cookies = "; ".join(f"{name}={value}" for name, value in signed_in.cookies.items())
    assert cookies
    for headers in (workshop.podium.bearer, {"Cookie": f"{cookies}; mine=1"}):
        seen = (await workshop.call("/echo", headers=headers)).text
        assert token not in seen
        assert all(value not in seen for value in signed_in.cookies.values())
    assert "mine=1" in seen


async def test_an_apps_cookies_stay_with_its_host(workshop: Bench) -> None:
    answer = await workshop.call("/cookies")
    assert answer.headers.get_list("set-cookie") == ["mine=secret-value; Path=/; SameSite=lax"]
    record = (await workshop.api.get(f"{workshop.path}/requests/{answer.headers['X-Request-Id']}")).text
    assert "secret-value" not in record


async def test_what_claims_to_know_the_sender_is_ours(workshop: Bench) -> None:
    spoofed = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "bank", "Forwarded": "for=6.6.6.6"}
    seen = dict((await workshop.call("/echo", headers=spoofed)).json()["headers"])
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-host"] == workshop.host == seen["host"]
    assert "6.6.6.6" not in json.dumps(seen)


@pytest.mark.parametrize("host", ["evil.example", "workshop.evil.example", "localhost.evil.example", "a.b.localhost"])
async def test_other_host_names_are_misdirected(workshop: Bench, host: str) -> None:
    answer = await workshop.call("/", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["type"] == "/problems/foreign-host"


async def test_a_host_name_that_no_app_has(workshop: Bench) -> None:
    answer = await workshop.call("/", headers={"Host": f"no-such-app.localhost:{workshop.podium.port}"})
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/no-such-app"


async def test_an_app_that_does_not_run_says_what_to_do(bench: Bench) -> None:
    answer = await bench.call("/")
    assert answer.status_code == 503
    assert "press Run" in answer.json()["detail"]
    page = await bench.call("/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "press Run" in page.text


async def test_the_api_is_not_served_under_an_apps_name(workshop: Bench) -> None:
    answer = await workshop.call("/api/v1/apps", headers=workshop.podium.bearer)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Not Found"}


async def test_an_upload_is_passed_on_without_being_kept(workshop: Bench) -> None:
    piece = bytes(range(256)) * 4096
    server = psutil.Process(workshop.podium.process.pid)
    before, highest = server.memory_info().rss, 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal highest
        for _ in range(20):
            yield piece
            highest = max(highest, server.memory_info().rss)

    answer = await workshop.call("/upload", "PUT", content=pieces())
    assert answer.json() == {"size": 20 * len(piece), "sha256": hashlib.sha256(piece * 20).hexdigest()}
    assert highest - before < 10 * len(piece)


async def test_a_download_is_passed_on(workshop: Bench) -> None:
    assert len((await workshop.call("/large")).content) == 12_000_000


async def test_an_app_that_breaks_off_breaks_the_connection_off(workshop: Bench) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await workshop.call("/half")
    with pytest.raises(httpx.RemoteProtocolError):
        await workshop.call("/wrong-length/")


async def test_requests_through_the_gateway_are_recorded_and_told(workshop: Bench) -> None:
    last = await _last_event(workshop)
    async with workshop.events(since=last) as events:
        answer = await workshop.call("/print?who=gateway")
        event = await events.until(lambda event: event["type"] == "request" and event["data"]["state"] == "done")
    id = answer.headers["X-Request-Id"]
    assert event["data"]["id"] == id
    assert event["data"]["source"] == "gateway"
    record = (await workshop.api.get(f"{workshop.path}/requests/{id}")).json()
    assert record["request"]["path"] == "/print?who=gateway"
    assert [line["text"] for line in record["logs"]] == ["printed by the app"]


async def test_a_websocket_through_the_gateway(workshop: Bench) -> None:
    large = bytes(range(256)) * 8192
    headers = {**workshop.podium.bearer, "X-Forwarded-For": "6.6.6.6"}
    async with connect(
        f"ws://{workshop.host}/ws",
        host="127.0.0.1",
        port=workshop.podium.port,
        subprotocols=["other", "chat"],  # type: ignore[list-item] # plain strings do
        additional_headers=headers,
        max_size=None,
    ) as socket:
        seen = await socket.recv()
        assert socket.subprotocol == "chat"
        await socket.send(large)
        assert await socket.recv() == large
    assert workshop.podium.token not in str(seen)
    assert "6.6.6.6" not in str(seen)


async def test_a_websocket_of_an_app_that_does_not_run(bench: Bench) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://{bench.host}/ws", host="127.0.0.1", port=bench.podium.port)
    assert refused.value.response.status_code == 503


async def test_a_loop_that_is_blocked_is_told_with_its_place(workshop: Bench) -> None:
    async with workshop.events(since=await _last_event(workshop)) as events:
        answer = await workshop.send("/block")
        blocked = await events.until(lambda event: event["type"] == "blocked")
        await events.until(lambda event: event["type"] == "unblocked")
    user = [frame for frame in blocked["data"]["frames"] if frame["user"]]
    assert user[-1]["function"] == "block"
    assert answer["body"]["text"] == '"at last"'


async def _last_event(bench: Bench) -> int:
    async with bench.events() as events:
        last: int = events.hello["data"]["last"]
        return last
