"""A server with an operation that fails, to see what clients and the log get to know of it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from podium.server.http.handler import OperationHandler
from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.logs import logging_to


async def fail(call: Call) -> Reply:
    """Do what should never happen."""
    await asyncio.sleep(0)
    raise RuntimeError("secret detail")


@asynccontextmanager
async def broken_server() -> AsyncIterator[tuple[str, Path]]:
    """Give the address of the server, and its log."""
    operations = {"GET": Operation("GET", "/broken", Access.PUBLIC, "Fails", fail)}
    route: dict[str, Any] = {"services": SimpleNamespace(), "operations": operations}
    server = HTTPServer(Application([("/broken", OperationHandler, route)]))
    listening = bind_sockets(0, "127.0.0.1")
    server.add_sockets(listening)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "podium.log"
        with logging_to(log, "info", "a-token-that-is-secret"):
            yield f"http://127.0.0.1:{listening[0].getsockname()[1]}", log
            server.stop()
            await server.close_all_connections()
