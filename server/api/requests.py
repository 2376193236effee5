"""Requests to an app: send, attach, cancel, send again, and the history."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from podium.server.http.operation import Access, Call, Header, Operation, Reply
from podium.server.http.problem import StoreUnavailable
from podium.server.live.exchange import PanelExchange, recorded_lines
from podium.server.live.problems import CannotReplay, NotPromoted, NotRunning
from podium.server.models.common import Input, RequestId
from podium.server.models.runs import MAX_SEND_BODY, Exchange, RequestHistory, RequestRecord, SendRequest, StreamLine
from podium.server.store.apps import NoSuchApp, StoredApp
from podium.server.store.records import NoSuchRequest

NDJSON = "application/x-ndjson"
_ENVELOPE_BYTES = 1024 * 1024


class HistoryQuery(Input):
    """Which part of the history."""

    cursor: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="``next`` of the page before; the newest requests when missing."
    )
    limit: Annotated[int, Field(ge=1, le=200, description="How many requests a page has.")] = 50


async def send(call: Call[SendRequest]) -> Reply | None:
    app = await _app(call)
    return await _answer(call, app, await call.services.live.exchanges.send(app, call.body))


async def replay(call: Call) -> Reply | None:
    app = await _app(call)
    exchange = await call.services.live.exchanges.replay(app, RequestId(call.path["request"]))
    return await _answer(call, app, exchange)


async def history(call: Call[None, HistoryQuery]) -> Reply:
    app = await _app(call)
    page = await call.services.live.recorder.page(call.user, app.id, before=call.query.cursor, limit=call.query.limit)
    return Reply(body=RequestHistory(requests=page.requests, next=page.next))


async def get_request(call: Call) -> Reply | None:
    app = await _app(call)
    id = RequestId(call.path["request"])
    exchange = call.services.live.exchanges.find(app.id, id)
    if exchange is not None and _wants_lines(call):
        await _stream(call, app, exchange)
        return None
    record = await call.services.live.recorder.get(call.user, app.id, id)
    if _wants_lines(call):
        body = b"".join(_encoded(line) for line in recorded_lines(record))
        return Reply(body=body, headers={"Content-Type": NDJSON})
    return Reply(body=record)


async def cancel(call: Call) -> Reply:
    app = await _app(call)
    id = RequestId(call.path["request"])
    exchange = call.services.live.exchanges.find(app.id, id)
    if exchange is not None:
        return Reply(body=await exchange.cancel())
    return Reply(body=await call.services.live.recorder.get(call.user, app.id, id))


async def _answer(call: Call[SendRequest] | Call, app: StoredApp, exchange: PanelExchange) -> Reply | None:
    if _wants_lines(call):
        await _stream(call, app, exchange)
        return None
    return Reply(body=await exchange.whole(), headers={"Location": _address(app, exchange)})


async def _stream(call: Call[SendRequest] | Call, app: StoredApp, exchange: PanelExchange) -> None:
    writer = await call.stream(NDJSON, headers={"Location": _address(app, exchange), "X-Accel-Buffering": "no"})
    async for line in exchange.lines():
        await writer.write(_encoded(line))
        if writer.closed:
            # The page has gone; the exchange goes on, and another page may attach to it.
            return


def _encoded(line: StreamLine) -> bytes:
    return line.model_dump_json().encode() + b"\n"


def _address(app: StoredApp, exchange: PanelExchange) -> str:
    return f"/api/v1/apps/{app.id}/requests/{exchange.id}"


def _wants_lines(call: Call[SendRequest] | Call) -> bool:
    accepted = call.request.headers.get("Accept", "").split(",")
    return any(part.partition(";")[0].strip().lower() == NDJSON for part in accepted)


async def _app(call: Call[SendRequest] | Call[None, HistoryQuery] | Call) -> StoredApp:
    return await call.services.apps.get(call.user, call.path["app"])


_REQUESTS = "/api/v1/apps/{app}/requests"
_REQUEST = f"{_REQUESTS}/{{request}}"
_ACCEPT = Header("Accept", f"With {NDJSON} the answer is streamed as lines: start, chunks, end.")
_LOCATION = Header("Location", "Where the request can be read, attached to and cancelled.")

OPERATIONS = (
    Operation(
        "POST",
        _REQUESTS,
        Access.USER,
        "Send a request to the app",
        send,
        body=SendRequest,
        answer=Exchange,
        problems=(NoSuchApp, NotRunning, NotPromoted, StoreUnavailable),
        headers=(_ACCEPT,),
        answer_headers=(_LOCATION,),
        line=StreamLine,
        max_body=2 * MAX_SEND_BODY + _ENVELOPE_BYTES,
    ),
    Operation(
        "GET",
        _REQUESTS,
        Access.USER,
        "The history of requests, newest first",
        history,
        answer=RequestHistory,
        query=HistoryQuery,
        problems=(NoSuchApp, StoreUnavailable),
    ),
    Operation(
        "GET",
        _REQUEST,
        Access.USER,
        "One request's record, or its answer from the first byte",
        get_request,
        answer=RequestRecord,
        problems=(NoSuchApp, NoSuchRequest, StoreUnavailable),
        headers=(_ACCEPT,),
        line=StreamLine,
    ),
    Operation(
        "DELETE",
        _REQUEST,
        Access.USER,
        "Cancel a request; one that has ended is left as it is",
        cancel,
        answer=RequestRecord,
        problems=(NoSuchApp, NoSuchRequest, StoreUnavailable),
    ),
    Operation(
        "POST",
        f"{_REQUEST}/replay",
        Access.USER,
        "Send a request again, as a new one",
        replay,
        answer=Exchange,
        problems=(NoSuchApp, NoSuchRequest, NotRunning, CannotReplay, StoreUnavailable),
        headers=(_ACCEPT,),
        answer_headers=(_LOCATION,),
        line=StreamLine,
    ),
)
