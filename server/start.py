"""From a command line to a running server; every way in which that fails is one sentence on standard error.

The order is chosen for speed: what can be refused is refused first, then the store starts, and while it does the rest
of the server is imported.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from podium.kernels.box.coverage import Coverage
from podium.server.boxing import decide
from podium.server.datadir import DataDir, DataDirError
from podium.server.settings import ServerSettings, SettingError, Settings, read_settings
from podium.server.store.process import StoreProcess, StoreStartFailed


class CannotListen(Exception):  # noqa: N818 - says what happened
    """The address cannot be listened on; the message says what to do."""


def start(environment: Mapping[str, str], options: Mapping[str, str], *, browser: bool) -> int:
    """Run the server until it is told to stop; returns the exit code of the command."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        settings = read_settings(environment, options)
        box = decide(settings.kernels.box)
        listener = listen(settings.server)
        data = DataDir.open(settings.data_dir)
        _run(settings, data, listener, box, browser=browser)
    except (SettingError, CannotListen, DataDirError, StoreStartFailed) as error:
        return _say(str(error))
    except OSError as error:
        return _say(f"Podium cannot start: {error}.")
    except KeyboardInterrupt:
        return 130
    return 0


def listen(settings: ServerSettings) -> socket.socket:
    """A listening socket for the host and port; raises :class:`CannotListen`."""
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise CannotListen(f"The host {host!r} is unknown on this machine; choose another with --host.") from None
    family, _, _, _, address = found[0]
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind(address)
        listener.listen(256)
    except OSError as error:
        raise _cannot_listen(error, host, port) from None
    return listener


def _run(settings: Settings, data: DataDir, listener: socket.socket, box: Coverage, *, browser: bool) -> None:
    platform = StoreProcess("the store", data.store) if settings.store.uri is None else None
    databases = StoreProcess("the apps' store", data.databases, on_demand=True)
    if platform is not None:
        platform.spawn()
    with _quick_imports():
        from podium.server.http.auth import Auth
        from podium.server.logs import logging_to
        from podium.server.main import serve
        from podium.server.services import Launch

    logging.raiseExceptions = False
    address = listener.getsockname()[:2]
    auth = Auth(data.key(), settings.server.token, address[1], data.remember_ended)
    auth.ended_before(data.ended_sessions())
    launch = Launch(settings, data, address, auth, platform, databases, box, browser)
    with logging_to(data.logs / "podium.log", settings.server.log_level, auth.token):
        asyncio.run(serve(launch, listener))


@contextmanager
def _quick_imports() -> Iterator[None]:
    """Take a quarter off the time that importing the server takes.

    Nothing that is imported becomes garbage, so collecting it is left out. And structlog imports rich with all of
    pygments, for tracebacks in colour that nobody would see here, unless rich cannot be imported.
    """
    gc.disable()
    hidden = "rich" not in sys.modules
    if hidden:
        sys.modules["rich"] = None  # type: ignore[assignment] # makes the import fail, as the import system documents
    try:
        yield
    finally:
        if hidden:
            del sys.modules["rich"]
        gc.freeze()
        gc.enable()


def _cannot_listen(error: OSError, host: str, port: int) -> CannotListen:
    if error.errno == errno.EADDRINUSE:
        return CannotListen(
            f"Port {port} is in use; stop what uses it, or choose another with --port (0 takes a free one)."
        )
    if error.errno == errno.EACCES:
        return CannotListen(f"Port {port} needs more rights than you have; choose one above 1023 with --port.")
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    return CannotListen(f"Podium cannot listen on {host} ({reason}); choose another address with --host.")


def _say(sentence: str) -> int:
    print(f"podium: {sentence}", file=sys.stderr)  # noqa: T201 - the one sentence
    return 1
