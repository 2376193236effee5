"""From a command line to a running server; every way in which that fails is one sentence on standard error."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
from collections.abc import Mapping

from podium.server.datadir import DataDir, DataDirError
from podium.server.settings import ServerSettings, SettingError, Settings, read_settings
from podium.server.store.process import StoreProcess, StoreStartFailed


class CannotListen(Exception):  # noqa: N818 - says what happened
    """The address cannot be listened on; the message is one sentence that says what to do."""


def start(environment: Mapping[str, str], options: Mapping[str, str], *, browser: bool) -> int:
    """Run the server until it is told to stop; returns the exit code of the command."""
    try:
        settings = read_settings(environment, options)
        sockets = listen(settings.server)
        data = DataDir.open(settings.data_dir)
        _run(settings, data, sockets)
    except (SettingError, CannotListen, DataDirError, StoreStartFailed) as error:
        print(f"podium: {error}", file=sys.stderr)  # noqa: T201 - the one sentence
        return 1
    return 0


def _run(settings: Settings, data: DataDir, sockets: list[socket.socket]) -> None:
    platform = StoreProcess("the store", data.store) if settings.store.uri is None else None
    apps = StoreProcess("the apps' store", data.databases)
    for child in (platform, apps):
        if child is not None:
            child.spawn()
    from podium.server.main import serve
    from podium.server.services import Children

    asyncio.run(serve(settings, data, Children(platform, apps), sockets))


def listen(settings: ServerSettings) -> list[socket.socket]:
    """Listening sockets for the host and port; raises :class:`CannotListen`."""
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise CannotListen(f"The host {host!r} is unknown on this machine; choose another with --host.") from None
    family, _, _, _, address = found[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setblocking(False)
    try:
        listener.bind(address)
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise _cannot_listen(error, host, port) from None
    return [listener]


def _cannot_listen(error: OSError, host: str, port: int) -> CannotListen:
    if error.errno == errno.EADDRINUSE:
        return CannotListen(
            f"Port {port} is in use by another program; stop it, or choose another with --port (0 takes a free one)."
        )
    if error.errno == errno.EACCES:
        return CannotListen(f"Port {port} needs more rights than you have; choose one above 1023 with --port.")
    return CannotListen(
        f"Podium cannot listen on {host}, {(error.strerror or str(error)).lower()}; choose another with --host."
    )
