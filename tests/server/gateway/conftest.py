"""A gateway without the rest of the server, in front of apps that are nothing but a function of a connection."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from podium.server.background import Background
from podium.server.gateway.forward import Credentials
from podium.server.gateway.handler import Gateway, OriginForm
from podium.server.gateway.problems import AppNotRunning, NoSuchApp
from podium.server.gateway.targets import RequestHead, Target
from podium.server.gateway.upstream import ResponseHead, UpstreamError
from podium.server.http.hosts import Hosts
from podium.server.models.common import AppId, RequestId, UserId
from podium.server.settings import ServerSettings

__all__ = ["CREDENTIALS", "App", "Reader", "Town", "Writer", "answering", "echo", "read_head"]

CREDENTIALS = Credentials("podium-session", "the-platform-token")
App = Callable[[Reader, Writer], Awaitable[None]]


@dataclass
class Seen:
    """The record of one exchange: what happened to it, in order."""

    head: RequestHead
    happened: list[str] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self, head: ResponseHead) -> None:
        self.happened.append(f"answered {head.status}")

    def passed(self, size: int) -> None:
        pass

    def finished(self) -> None:
        self._end("finished")

    def failed(self, sentence: str) -> None:
        self._end(f"failed: {sentence}")

    def cancelled(self) -> None:
        self._end("cancelled")

    def _end(self, how: str) -> None:
        self.happened.append(how)
        self.ended.set()


@dataclass
class Street:
    """A directory of apps by name; ``None`` stands for one that is not running."""

    ports: dict[str, int | None] = field(default_factory=dict)
    exchanges: list[Seen] = field(default_factory=list)

    async def target(self, name: str) -> Target:
        if name not in self.ports:
            raise NoSuchApp(f"There is no app that is called {name}.")
        port = self.ports[name]
        if port is None:
            raise AppNotRunning(f"Open {name} in Podium and press Run.")
        return Target(AppId(name), UserId("someone"), name, "127.0.0.1", port, "v1")

    def begin(self, target: Target, id: RequestId, head: RequestHead) -> Seen:
        self.exchanges.append(Seen(head))
        return self.exchanges[-1]

    async def explain(self, target: Target, error: UpstreamError | TimeoutError) -> str:
        return f"{type(error).__name__}: {error}"


@dataclass
class Town:
    """The gateway's port, its directory, and a way to put up apps."""

    port: int
    street: Street
    stack: AsyncExitStack

    @property
    def host(self) -> str:
        return f"app.localhost:{self.port}"

    async def serve(self, app: App, name: str = "app") -> int:
        """Serve an app under a name; returns its port."""

        async def connected(reader: Reader, writer: Writer) -> None:
            try:
                await app(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.stack.callback(server.close)
        port: int = server.sockets[0].getsockname()[1]
        self.street.ports[name] = port
        return port

    async def connect(self) -> tuple[Reader, Writer]:
        """Open a connection to the gateway."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.stack.callback(writer.close)
        return reader, writer

    async def send(self, request: bytes) -> bytes:
        """Send bytes on a connection of their own and return all that comes until it is closed."""
        reader, writer = await self.connect()
        writer.write(request)
        await writer.drain()
        return await reader.read()

    async def ask(self, lines: str, body: bytes = b"") -> bytes:
        """Send a request that is written as lines; ``Host`` and ``Connection: close`` are added."""
        first, *headers = lines.split("\n")
        head = [first, f"Host: {self.host}", "Connection: close", *headers, "", ""]
        return await self.send("\r\n".join(head).encode("latin-1") + body)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A gateway on a free port."""
    street = Street()
    async with AsyncExitStack() as stack:
        background = await stack.enter_async_context(Background())
        gateway = Gateway(street, CREDENTIALS, Hosts.of(ServerSettings()).app_of, background)
        server = HTTPServer(OriginForm(gateway), max_header_size=64 * 1024, max_body_size=2**50)
        listener, port = bind_unused_port()
        server.add_sockets([listener])
        stack.push_async_callback(server.close_all_connections)
        stack.callback(server.stop)
        yield Town(port, street, stack)


async def read_head(reader: Reader) -> str:
    """Read a request's or an answer's head."""
    return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")


def answering(answer: bytes) -> App:
    """Make an app that reads a request's head and then sends these bytes."""

    async def app(reader: Reader, writer: Writer) -> None:
        await read_head(reader)
        writer.write(answer)
        await writer.drain()

    return app


async def echo(reader: Reader, writer: Writer) -> None:
    """Answer with the request's head, as the app received it."""
    head = (await read_head(reader)).encode("latin-1")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(head), head))
    await writer.drain()
