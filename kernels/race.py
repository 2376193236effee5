"""Waiting for something that may never come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


async def race(work: Awaitable[T], end: asyncio.Future[Any], timeout_s: float | None = None) -> T | None:
    """The result of ``work``, or ``None`` when ``end`` is done first or the time is up; ``work`` is then cancelled.

    ``end`` itself is left alone. What ``work`` raises is raised here.
    """
    task = asyncio.ensure_future(work)
    both: list[asyncio.Future[Any]] = [task, end]
    try:
        await asyncio.wait(both, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
