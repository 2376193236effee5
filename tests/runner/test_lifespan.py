"""The lifespan protocol, with apps of every manner."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from podium.runner.asgi import Receive, Scope, Send
from podium.runner.lifespan import Lifespan, LifespanFailed

STARTED: dict[str, Any] = {"type": "lifespan.startup.complete"}
ENDED: dict[str, Any] = {"type": "lifespan.shutdown.complete"}


async def polite(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    scope["state"]["ready"] = True
    await send(STARTED)
    await receive()
    scope["state"]["ready"] = False
    await send(ENDED)


async def test_a_start_and_an_end() -> None:
    lifespan = Lifespan(polite)
    await lifespan.startup()
    assert lifespan.state == {"ready": True}
    await lifespan.shutdown()
    assert lifespan.state == {"ready": False}
    await lifespan.shutdown()


async def test_both_halves_share_their_context() -> None:
    variable: ContextVar[str] = ContextVar("variable")
    seen = []

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        variable.set("from the start")
        await send(STARTED)
        await receive()
        seen.append(variable.get())
        await send(ENDED)

    lifespan = Lifespan(app)
    await lifespan.startup()
    await lifespan.shutdown()
    assert seen == ["from the start"]


async def refuses(scope: Scope, _receive: Receive, _send: Send) -> None:
    assert scope["type"] == "http"


async def returns(_scope: Scope, _receive: Receive, _send: Send) -> None:
    return


async def answers_anything(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


@pytest.mark.parametrize("app", [refuses, returns, answers_anything])
async def test_an_app_without_a_lifespan_is_served_without_it(app: Any) -> None:
    lifespan = Lifespan(app)
    await lifespan.startup()
    assert lifespan.error is None
    await lifespan.shutdown()


async def test_an_error_after_the_start_event_is_kept_though_the_app_is_served() -> None:
    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        raise ValueError("a mistake")

    lifespan = Lifespan(app)
    await lifespan.startup()
    assert isinstance(lifespan.error, ValueError)


async def test_a_failed_start_has_the_exception_as_its_cause() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "Traceback as text"})
        raise ConnectionError("no database")

    with pytest.raises(LifespanFailed, match="Traceback as text") as failed:
        await Lifespan(app).startup()
    assert isinstance(failed.value.__cause__, ConnectionError)


async def test_a_failed_start_without_a_reason() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed"})

    with pytest.raises(LifespanFailed, match="reported that its startup failed"):
        await Lifespan(app).startup()


@pytest.mark.parametrize("leave", [sys.exit, lambda: interrupt()], ids=["exit", "interrupt"])
async def test_an_exit_does_not_leave_the_task(leave: Callable[[], None]) -> None:
    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        leave()

    with pytest.raises(LifespanFailed) as failed:
        await Lifespan(app).startup()
    assert isinstance(failed.value.__cause__, SystemExit | KeyboardInterrupt)


def interrupt() -> None:
    raise KeyboardInterrupt


async def test_an_end_that_raises() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(STARTED)
        await receive()
        raise OSError("cannot end")

    lifespan = Lifespan(app)
    await lifespan.startup()
    with pytest.raises(LifespanFailed) as failed:
        await lifespan.shutdown()
    assert isinstance(failed.value.__cause__, OSError)


async def test_an_end_that_never_comes_is_given_up() -> None:
    ended = asyncio.Event()

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(STARTED)
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    lifespan = Lifespan(app)
    await lifespan.startup()
    with pytest.raises(LifespanFailed, match="took longer than 0 seconds"):
        await lifespan.shutdown(0)
    await ended.wait()


async def test_where_it_stands_can_be_seen() -> None:
    entered = asyncio.Event()

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        entered.set()
        await asyncio.Event().wait()

    lifespan = Lifespan(app)
    assert lifespan.coroutine is None
    starting = asyncio.create_task(lifespan.startup())
    await entered.wait()
    assert lifespan.coroutine is not None
    starting.cancel()
    lifespan.cancel()
    await asyncio.wait([starting])
