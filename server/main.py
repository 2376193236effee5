"""The composition root: opens the services, listens, says that it is ready, waits, and stops everything in order."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import AsyncExitStack

import structlog
from tornado.httpserver import HTTPServer

from podium.server.application import make_app
from podium.server.background import Background
from podium.server.browser import open_browser
from podium.server.gateway.handler import OriginForm
from podium.server.http.listening import MAX_HEAD_BYTES, listen
from podium.server.http.problem import StoreUnavailable
from podium.server.services import Launch, Services, open_services
from podium.server.store.process import StoreProcess, StoreStartFailed
from podium.server.sweep import sweep_for_ever

log = structlog.get_logger("podium.server")
STORE_START_S = 20.0
NO_LIMIT = 2**50
"""Handlers limit bodies themselves: an app may take uploads of any size."""


async def serve(launch: Launch, listener: socket.socket) -> None:
    """Run the server until it is told to stop: by SIGINT, SIGTERM, or the end of its terminal."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as it is under nohup
            loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        await _start_stores(stack, launch)
        services = await open_services(stack, launch)
        await _prepare(services)
        _listen(stack, services, listener)
        print(f"Podium is ready at {link(services)}", flush=True)  # noqa: T201 - the one line on standard output
        log.info("ready", host=launch.address[0], port=launch.address[1])
        _tell_box(launch)
        await _look_after(stack, services, launch)
        await stop.wait()
        log.info("stopping")


def _tell_box(launch: Launch) -> None:
    """Say what apps are kept from; on the terminal too where nobody has chosen that they are kept from nothing."""
    if launch.box.boxed:
        log.info("apps are boxed", left_open=launch.box.gaps)
    elif launch.settings.kernels.box == "off":
        log.info("apps are not boxed", reason=launch.box.reason)
    else:
        log.warning("apps are not boxed, and can do all that you can do on this machine", reason=launch.box.reason)


async def _look_after(stack: AsyncExitStack, services: Services, launch: Launch) -> None:
    """Start what goes on beside requests; it ends before the services that it uses."""
    upkeep = await stack.enter_async_context(Background())
    upkeep.start("warm up", services.live.warm_up())
    upkeep.start("sweep", sweep_for_ever(services))
    if launch.platform is not None:
        upkeep.start("watch the store", services.store.watch())
    if launch.browser:
        open_browser(link(services))


async def _prepare(services: Services) -> None:
    try:
        await services.prepare()
    except StoreUnavailable as error:
        where = "the server of PODIUM_MONGO_URI" if services.settings.store.uri else "the data directory"
        raise StoreStartFailed(f"The store cannot be used: {error.detail.rstrip('.')}. Look at {where}.") from error


def link(services: Services) -> str:
    """The address that signs a browser in."""
    host, port = services.address
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104 - shown
    return f"http://{shown}:{port}/?token={services.auth.token}"


async def _start_stores(stack: AsyncExitStack, launch: Launch) -> None:
    if launch.platform is not None:
        _supervise(stack, launch.platform)
    _supervise(stack, launch.databases)
    if launch.platform is not None:
        await launch.platform.wait_ready(STORE_START_S)


def _supervise(stack: AsyncExitStack, store: StoreProcess) -> None:
    task = asyncio.create_task(store.supervise(log.warning), name=f"supervise {store.name}")
    stack.push_async_callback(_end, task)
    stack.push_async_callback(store.stop)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


def _listen(stack: AsyncExitStack, services: Services, listener: socket.socket) -> None:
    server = HTTPServer(OriginForm(make_app(services)), max_header_size=MAX_HEAD_BYTES, max_body_size=NO_LIMIT)
    stop = listen(server, listener)
    stack.push_async_callback(_close_connections, server, services)
    stack.callback(stop)


async def _close_connections(server: HTTPServer, services: Services) -> None:
    services.sockets.close_all()
    try:
        await asyncio.wait_for(server.close_all_connections(), services.settings.server.shutdown_s)
    except TimeoutError:
        log.warning("connections were cut off", after_s=services.settings.server.shutdown_s)
