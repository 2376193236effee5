"""The composition root: opens the services, listens, says that it is ready, waits, and stops everything in order."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import AsyncExitStack

import structlog
from podium.server.application import make_app
from podium.server.datadir import DataDir
from podium.server.services import Children, Services, open_services
from podium.server.settings import Settings
from tornado.httpserver import HTTPServer

log = structlog.get_logger("podium.server")
STORE_START_S = 20.0


async def serve(settings: Settings, data: DataDir, children: Children, sockets: list[socket.socket]) -> None:
    """Run the server until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        await _start_stores(stack, children)
        host, port = sockets[0].getsockname()[:2]
        services = await open_services(stack, settings, data, children, (host, port))
        await services.apps.prepare()
        await _listen(stack, services, sockets)
        print(f"Podium is ready at {link(services)}", flush=True)  # noqa: T201 - the one line on standard output
        await stop.wait()


def link(services: Services) -> str:
    """The address that signs a browser in."""
    host, port = services.address
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104 - shown
    return f"http://{shown}:{port}/?token={services.auth.token}"


async def _start_stores(stack: AsyncExitStack, children: Children) -> None:
    for child in (children.platform, children.apps):
        if child is not None:
            task = asyncio.create_task(child.supervise(log.warning), name=f"supervise {child.name}")
            stack.push_async_callback(_end, task)
            stack.push_async_callback(child.stop)
    if children.platform is not None:
        await children.platform.wait_ready(STORE_START_S)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def _listen(stack: AsyncExitStack, services: Services, sockets: list[socket.socket]) -> None:
    server = HTTPServer(make_app(services), max_header_size=64 * 1024, max_body_size=2**50)
    server.add_sockets(sockets)
    stack.push_async_callback(_stop_listening, server, services)


async def _stop_listening(server: HTTPServer, services: Services) -> None:
    server.stop()
    services.sockets.close_all()
    try:
        await asyncio.wait_for(server.close_all_connections(), services.settings.server.shutdown_s)
    except TimeoutError:
        log.warning("connections were cut off", after_s=services.settings.server.shutdown_s)
