"""``python -m podium.ide.language SOCKET FOLDER TREES [LIBRARIES THEIRS]``: the parent of one environment's processes.

``SOCKET`` is the number of an inherited Unix socket (:mod:`podium.ide.language.forking`), ``FOLDER`` where the
processes keep the files of the apps that they look at, and ``TREES`` where they keep syntax trees. ``LIBRARIES`` is
where the packages of the environment are, if it is another than the one that this runs in, whose trees are ``THEIRS``.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType

from podium.ide import environment
from podium.ide.language import methods
from podium.ide.language.analysis import missing_imports, tree_cache, warm_up
from podium.ide.language.analysis.engine import Engine
from podium.ide.language.analysis.mirror import Mirror
from podium.ide.language.analysis.table import JediAnalysis
from podium.ide.language.deadline import Deadline
from podium.ide.language.forking import Parent
from podium.ide.language.framing import FrameReader, FrameWriter
from podium.ide.language.running import RunningApp
from podium.ide.language.scheduling import Scheduler
from podium.ide.language.server import LanguageServer

_OBJECTS_BETWEEN_COLLECTIONS = 20_000


class _TerminatedError(BaseException):
    """SIGTERM came. No library takes it for an exception of its own."""


def main() -> None:
    """Learn, and fork until the server is gone."""
    # A library that prints must not reach anybody's protocol.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGTERM, _terminate)
    gc.disable()
    control_number, (folder, trees, *others) = int(sys.argv[1]), map(Path, sys.argv[2:])
    tree_cache.use(trees, but_for=folder.resolve())
    python = environment.current()
    if others:
        libraries, theirs = others
        tree_cache.share(libraries, python.folders, theirs)
        python = environment.of(libraries)
    deadline = Deadline()
    methods.prepare()
    missing_imports.prepare(python)
    engine = Engine(python.folders)

    def serve(connection: socket.socket, folder: Path) -> int:
        # Syntax trees are thousands of objects: looking for garbage at every 700th takes a fifth of a check.
        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
        gc.enable()
        with Mirror(folder) as mirror:
            writer = FrameWriter(connection.makefile("wb"))
            running = RunningApp(writer.write)
            analysis = JediAnalysis(mirror, deadline, engine, python, running)
            return _serve(FrameReader(connection.makefile("rb")), writer, analysis, running)

    with socket.socket(fileno=control_number) as control, suppress(_TerminatedError):
        Parent(control, folder, serve, warm_up.for_any_app(engine, deadline)).run()
    os._exit(0)


def _serve(reader: FrameReader, writer: FrameWriter, analysis: JediAnalysis, running: RunningApp) -> int:
    """Read messages on a thread, compute on this one."""
    scheduler = Scheduler()
    server = LanguageServer(reader, writer, scheduler, analysis, running)
    codes: list[int] = []

    def read() -> None:
        try:
            codes.append(server.serve())
        finally:
            scheduler.stop()
            analysis.stop()

    threading.Thread(target=read, name="reader", daemon=True).start()
    with suppress(_TerminatedError):
        scheduler.run()
    return codes[0] if codes else 1


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise _TerminatedError


if __name__ == "__main__":
    main()
