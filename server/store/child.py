"""A store process: the MongoDB wire protocol on an inherited listening socket, one SQLite file per database.

``python -m podium.server.store.child LISTENING_FD LIFELINE_FD DIRECTORY``

``nx_27017`` has a command of its own, but that binds a port (another process may take it first), keeps its process id
and its log under ``/tmp``, and stays behind when its parent is killed. So its two parts, the handler and the connection
loop, are put together here. The listening socket belongs to the server and outlives this process: a restarted store
has the same address. Reading end-of-file from the lifeline means that the server is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys

from podium.server.store.lifeline import die_with_parent


def main(arguments: list[str]) -> None:
    """Serve until told to stop, or until the server is gone."""
    listening_fd, lifeline_fd = int(arguments[0]), int(arguments[1])
    die_with_parent()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    with socket.socket(fileno=listening_fd) as listener:
        asyncio.run(_serve(listener, lifeline_fd, arguments[2]))


async def _serve(listener: socket.socket, lifeline_fd: int, directory: str) -> None:
    from nx_27017.handler import NeoSQLiteHandler
    from nx_27017.server import handle_client

    handler = NeoSQLiteHandler(data_dir=directory)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(lifeline_fd, stop.set)

    async def serve_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await handle_client(reader, writer, handler)

    server = await asyncio.start_server(serve_client, sock=listener)
    os.write(sys.stdout.fileno(), b"ready\n")
    await stop.wait()
    server.close()
    await asyncio.to_thread(handler.close_all)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
