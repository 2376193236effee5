"""Background tasks and the telling of changes."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import pytest

from podium.server.background import Background
from podium.server.changes import AppDeleted, Change, Changes
from podium.server.models.common import AppId, UserId


async def test_tasks_end_with_their_owner() -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with Background() as background:
        task = background.start("work", work())
        await started.wait()
        assert task.get_name() == "work"
    assert ended.is_set()
    assert task.cancelled()


async def test_a_task_that_loses_its_cancellation_is_cancelled_again() -> None:
    lost = asyncio.Event()

    async def work() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        lost.set()
        await asyncio.Event().wait()

    async with Background() as background:
        task = background.start("work", work())
        await asyncio.sleep(0)
    assert lost.is_set()
    assert task.cancelled()


async def test_a_task_that_fails_is_reported_and_hurts_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("broken")

    with caplog.at_level(logging.ERROR):
        async with Background() as background:
            other = background.start("other", asyncio.Event().wait())
            failed = background.start("failing", fail())
            await asyncio.wait([failed])
            assert not other.done()


def test_everybody_is_told_even_when_one_fails() -> None:
    told: list[Change] = []

    def fail(change: Change) -> None:
        raise RuntimeError("broken")

    changes = Changes()
    changes.subscribe(fail)
    changes.subscribe(told.append)
    change = AppDeleted(UserId("me"), AppId("app_1"))
    changes.publish(change)
    assert told == [change]
