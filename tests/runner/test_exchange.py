"""What a record keeps of bodies, headers and paths."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.runner.events import EventLog
from podium.runner.exchange import BodyKeeper, Exchange
from podium.runner.protocol import (
    MAX_RECORDED_BODY,
    MAX_RECORDED_LOGS,
    EventType,
    Failure,
    FailureKind,
    LogLine,
    Record,
)
from podium.runner.wire import from_wire


def scope(**changes: Any) -> dict[str, Any]:
    plain = {"method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": []}
    return plain | changes


def unexpected(error: BaseException) -> Failure:
    return Failure(FailureKind.HANDLER, str(error))


async def record_of(exchange: Exchange, log: EventLog) -> Record:
    exchange.finish(unexpected)
    async for batch in log.read():
        if batch[-1].type is EventType.REQUEST_FINISHED:
            return from_wire(Record, batch[-1].data)
    raise AssertionError("the log ended")


@given(chunks=st.lists(st.text(max_size=5).map(str.encode) | st.binary(max_size=5), max_size=6))
def test_a_small_body_is_kept_whole(chunks: list[bytes]) -> None:
    keeper = BodyKeeper()
    for chunk in chunks:
        keeper.add(chunk)
    body, whole = keeper.body(), b"".join(chunks)
    kept = body.text.encode() if body.text is not None else base64.b64decode(body.base64 or "")
    assert (kept, body.size, body.truncated) == (whole, len(whole), False)


@given(before=st.integers(0, 4), sign=st.sampled_from(["a", "é", "€", "𝄞"]))
def test_a_long_text_is_cut_between_characters(before: int, sign: str) -> None:
    keeper = BodyKeeper()
    keeper.add(b"x" * before)
    for _ in range(20):
        keeper.add((sign * 5_000).encode())
    body = keeper.body()
    assert body.truncated
    assert body.text is not None
    assert body.text.strip("x") == sign * (len(body.text) - before)
    assert MAX_RECORDED_BODY - 4 < len(body.text.encode()) <= MAX_RECORDED_BODY


@pytest.mark.parametrize("given_id", ["a", "0f" * 16, "with space", "x" * 128])
async def test_the_gateways_id_is_taken(given_id: str) -> None:
    log = EventLog()
    exchange = Exchange(scope(headers=[(b"x-request-id", given_id.encode())]), 3, log)
    record = await record_of(exchange, log)
    assert (record.id, record.generation, record.response) == (given_id, 3, None)


@pytest.mark.parametrize("given_id", [b"", b"x" * 129, b"line\nbreak", b"\xff", b"\x00"])
def test_a_strange_id_is_not(given_id: bytes) -> None:
    exchange = Exchange(scope(headers=[(b"x-request-id", given_id)]), 1, EventLog())
    assert len(exchange.id) == 32


@pytest.mark.parametrize(
    ("raw", "query", "path"),
    [(b"/a%20b", b"", "/a%20b"), (b"/", b"x=1&y", "/?x=1&y"), (b"/\xe4", b"", "/ä"), (None, b"", "/decoded")],
)
def test_the_path_is_as_it_was_sent(raw: bytes | None, query: bytes, path: str) -> None:
    exchange = Exchange(scope(raw_path=raw, query_string=query, path="/decoded"), 1, EventLog())
    assert exchange.path == path


@pytest.mark.parametrize(
    ("status", "message"), [(None, "reported"), (500, "reported"), (503, "reported"), (404, None), (200, None)]
)
async def test_a_reported_error_is_a_failure_only_of_a_5xx(status: int | None, message: str | None) -> None:
    log = EventLog()
    exchange = Exchange(scope(), 1, log)
    exchange.note_error(ValueError("reported"))
    if status is not None:
        exchange.respond(status, [])
    failure = (await record_of(exchange, log)).failure
    assert (failure.message if failure else None) == message


async def test_lines_are_bounded_and_the_record_is_told_once() -> None:
    log = EventLog()
    exchange = Exchange(scope(), 1, log)
    for number in range(MAX_RECORDED_LOGS + 10):
        exchange.note_line(LogLine(0.0, "stdout", "info", str(number)))
    record = await record_of(exchange, log)
    assert [line.text for line in record.logs] == [str(number) for number in range(MAX_RECORDED_LOGS)]
    exchange.finish(unexpected)
    assert log.last == 1
