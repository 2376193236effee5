"""Requests from the panel: their answers, their records, and how they fail."""

from __future__ import annotations

import base64
import json

import httpx
import pytest

from podium.tests.server.live.bench import NDJSON, Bench, Json


async def lines_of(answer: httpx.Response) -> list[Json]:
    return [json.loads(line) async for line in answer.aiter_lines()]


async def test_an_answer_comes_with_its_record(workshop: Bench) -> None:
    exchange = await workshop.send("/echo?x=1", "POST", body='{"a": 1}', headers=[["Content-Type", "application/json"]])
    seen = json.loads(exchange["body"]["text"])
    record = exchange["record"]
    assert exchange["status"] == 200
    assert (seen["path"], seen["query"], seen["body"]) == ("/echo", "x=1", '{"a": 1}')
    assert record["state"] == "done"
    assert record["request"]["method"] == "POST"
    assert record["request"]["body"]["text"] == '{"a": 1}'
    assert record["response"]["status"] == 200
    assert record["version"] == (await workshop.state())["version"]
    assert 0 < record["first_byte_ms"] <= record["duration_ms"]


async def test_the_record_has_the_lines_of_that_request_only(workshop: Bench) -> None:
    printed = await workshop.send("/print")
    silent = await workshop.send("/pid")
    assert [line["text"] for line in printed["record"]["logs"]] == ["printed by the app"]
    assert silent["record"]["logs"] == []


async def test_an_error_in_a_handler_is_located(workshop: Bench) -> None:
    exchange = await workshop.send("/error")
    failure = exchange["record"]["failure"]
    assert exchange["status"] == 500
    assert "as asked" in failure["message"]
    user = [frame for frame in failure["frames"] if frame["user"]]
    assert (user[-1]["path"], user[-1]["function"]) == ("main.py", "error")


async def test_bytes_that_are_no_text_come_as_base64(workshop: Bench) -> None:
    exchange = await workshop.send("/bytes")
    assert exchange["body"]["text"] is None
    assert base64.b64decode(exchange["body"]["base64"]) == bytes(range(256))


async def test_bytes_can_be_sent_as_base64(workshop: Bench) -> None:
    data = bytes(range(256)) * 100
    exchange = await workshop.send("/upload", "PUT", body_base64=base64.b64encode(data).decode())
    assert json.loads(exchange["body"]["text"])["size"] == len(data)


async def test_base64_that_is_none_is_refused(workshop: Bench) -> None:
    answer = await workshop.api.post(f"{workshop.path}/requests", json={"path": "/", "body_base64": "***"})
    assert answer.status_code == 422


async def test_of_a_long_answer_ten_mebibytes_are_kept(workshop: Bench) -> None:
    body = (await workshop.send("/large"))["body"]
    assert body["size"] == 12_000_000
    assert body["truncated"]
    assert len(body["text"]) == 10 * 1024 * 1024


async def test_an_answer_that_breaks_off_says_so_and_where(workshop: Bench) -> None:
    exchange = await workshop.send("/half")
    record = exchange["record"]
    assert exchange["body"]["text"] == "begun"
    assert record["state"] == "failed"
    assert "before its answer was complete" in record["error"]
    assert "in the middle" in record["failure"]["message"]


async def test_a_wrong_content_length_is_reported(workshop: Bench) -> None:
    exchange = await workshop.send("/wrong-length/")
    assert exchange["body"]["text"] == "short"
    assert exchange["record"]["state"] == "failed"
    assert exchange["record"]["failure"]["kind"] == "protocol"


async def test_a_streamed_answer_is_read_while_it_arrives_and_again_by_another_page(workshop: Bench) -> None:
    url = f"{workshop.path}/requests"
    async with workshop.api.stream("POST", url, json={"path": "/stream"}, headers=NDJSON) as answer:
        lines = answer.aiter_lines()
        start, chunk = json.loads(await anext(lines)), json.loads(await anext(lines))
        assert (start["type"], start["status"]) == ("start", 200)
        assert chunk["text"] == "first gr\u00fc\u00df\n"
        location = answer.headers["Location"]
    # The page that asked has gone; the exchange goes on without it.
    assert location == f"{url}/{start['id']}"
    assert (await workshop.api.get(location)).json()["state"] == "streaming"
    async with workshop.api.stream("GET", location, headers=NDJSON) as answer:
        lines = answer.aiter_lines()
        assert json.loads(await anext(lines))["type"] == "start"
        assert json.loads(await anext(lines))["text"] == "first gr\u00fc\u00df\n"
        await workshop.send("/open-gate")
        rest = [json.loads(line) async for line in lines]
    assert [line["type"] for line in rest] == ["chunk", "end"]
    assert rest[0]["text"] == "second\n"
    assert rest[1]["record"]["state"] == "done"


async def test_a_finished_exchange_is_read_in_the_same_lines(workshop: Bench) -> None:
    id = (await workshop.send("/print"))["record"]["id"]
    async with workshop.api.stream("GET", f"{workshop.path}/requests/{id}", headers=NDJSON) as answer:
        lines = await lines_of(answer)
    assert [line["type"] for line in lines] == ["start", "chunk", "end"]
    assert lines[1]["text"] == '"done"'


async def test_a_request_can_be_cancelled(workshop: Bench) -> None:
    async with (
        workshop.events() as events,
        workshop.api.stream("POST", f"{workshop.path}/requests", json={"path": "/wait"}, headers=NDJSON) as answer,
    ):
        cancelled = await workshop.api.delete(answer.headers["Location"])
        assert cancelled.json()["state"] == "cancelled"
        assert (await lines_of(answer))[-1]["record"]["state"] == "cancelled"
        id = cancelled.json()["id"]
        await events.until(lambda event: event["data"].get("id") == id and event["data"]["state"] == "cancelled")


async def test_history_is_read_page_by_page(bench: Bench) -> None:
    await bench.start("async def app(scope, receive, send):\n" + ASGI)
    ids = [(await bench.send(f"/{number}"))["record"]["id"] for number in range(5)]
    first = (await bench.api.get(f"{bench.path}/requests", params={"limit": 3})).json()
    second = (await bench.api.get(f"{bench.path}/requests", params={"limit": 3, "cursor": first["next"]})).json()
    assert [item["id"] for item in first["requests"] + second["requests"]] == ids[::-1]
    assert second["next"] is None
    assert first["requests"][0]["path"] == "/4"


ASGI = """\
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
"""


async def test_a_replay_sends_secrets_that_the_record_does_not_show(workshop: Bench) -> None:
    headers = [["Authorization", "Bearer app-secret"], ["Cookie", "a=1; b=2"], ["X-Api-Key", "key-secret"]]
    id = (await workshop.send("/echo", headers=headers))["record"]["id"]
    shown = dict((await workshop.api.get(f"{workshop.path}/requests/{id}")).json()["request"]["headers"])
    assert shown["authorization"] == "Bearer [redacted]"
    assert shown["cookie"] == "a=[redacted]; b=[redacted]"
    assert shown["x-api-key"] == "[redacted]"
    again = (await workshop.api.post(f"{workshop.path}/requests/{id}/replay")).json()
    seen = dict(json.loads(again["body"]["text"])["headers"])
    assert (seen["authorization"], seen["cookie"], seen["x-api-key"]) == (
        "Bearer app-secret",
        "a=1; b=2",
        "key-secret",
    )
    assert again["record"]["id"] != id


async def test_a_request_that_came_through_the_gateway_can_be_replayed(workshop: Bench) -> None:
    answer = await workshop.call("/echo", "POST", content="posted", headers={"X-Mine": "1"})
    id = answer.headers["X-Request-Id"]
    record = (await workshop.api.get(f"{workshop.path}/requests/{id}")).json()
    assert record["source"] == "gateway"
    again = (await workshop.api.post(f"{workshop.path}/requests/{id}/replay")).json()
    seen = json.loads(again["body"]["text"])
    assert seen["body"] == "posted"
    assert dict(seen["headers"])["x-mine"] == "1"


async def test_an_app_that_does_not_run_is_said_to(bench: Bench) -> None:
    answer = await bench.api.post(f"{bench.path}/requests", json={"path": "/"})
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/not-running"
    assert "press Run" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["get", "delete"])
async def test_an_unknown_request_is_404(workshop: Bench, method: str) -> None:
    answer = await getattr(workshop.api, method)(f"{workshop.path}/requests/req_unknown")
    assert answer.status_code == 404


async def test_requests_of_another_app_are_not_found(workshop: Bench, bench: Bench) -> None:
    id = (await workshop.send("/pid"))["record"]["id"]
    assert (await bench.api.get(f"{bench.path}/requests/{id}")).status_code == 404


async def test_a_deployment_that_is_not_there_cannot_be_asked(workshop: Bench) -> None:
    answer = await workshop.api.post(f"{workshop.path}/requests", json={"path": "/", "target": "live"})
    assert answer.json()["type"] == "/problems/not-promoted"
