"""A runner that waits for an app goes once through what the first Run will bring: a load, and requests over HTTP.

Whatever a process does for the first time takes several times as long: memory that it shares with the process that it
was forked from is copied, libraries set themselves up, threads start. The files, events and frames of the rehearsal are
its own, so that nothing of it is seen afterwards.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from podium.runner.events import EventLog
from podium.runner.frames import FrameReader
from podium.runner.generation import Switch
from podium.runner.loader import Loader
from podium.runner.loading import Loading
from podium.runner.loops import Loops
from podium.runner.protocol import Load, LoadFailed
from podium.runner.warming import REHEARSALS

_TIMEOUT_S = 10.0
_ENTRY = "rehearsed.py"
"""A name that no module of this process has, so that it can always be imported."""
_APP = "fastapi.py"
"""What most apps are made of: rehearsing another framework too would cost every kernel more memory."""
_HEAD = b"HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
_REQUESTS = (
    b"GET /items/1?word=a " + _HEAD + b"\r\n",
    b"POST /items " + _HEAD + b'Content-Length: 13\r\n\r\n{"name": "a"}',
)


async def rehearse(switch: Switch, loops: Loops, address: tuple[str, int], protected: tuple[str, ...]) -> None:
    """Load an app, ask it at ``address``, where ``switch`` is served, and leave everything as it was.

    Raises ``RuntimeError`` when the app cannot be loaded or does not answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        frames = FrameReader(Path(folder))
        loader = Loader(Path(folder), frames, protected)
        loading = Loading(loader, switch, loops, EventLog(), frames, _TIMEOUT_S, lambda _entry, _app: None)
        try:
            loaded = await loading.load(Load({_ENTRY: (REHEARSALS / _APP).read_text()}, _ENTRY, ""))
            if isinstance(loaded, LoadFailed):
                raise RuntimeError(loaded.failure.message)
            for request in _REQUESTS:
                await asyncio.wait_for(_ask(address, request), _TIMEOUT_S)
        finally:
            await loading.end("", 0.0)
            loader.remove()


async def _ask(address: tuple[str, int], request: bytes) -> None:
    reader, writer = await asyncio.open_connection(*address)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 2"):
        raise RuntimeError(f"The app that is rehearsed answered {answer[:100]!r}")
