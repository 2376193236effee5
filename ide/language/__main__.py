"""``python -m podium.ide.language``: ends with exit code 0 when stdin does."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING

from podium.ide.language.analysis.mirror import Mirror
from podium.ide.language.deadline import Deadline
from podium.ide.language.framing import FrameReader, FrameWriter
from podium.ide.language.scheduling import Scheduler
from podium.ide.language.server import LanguageServer

if TYPE_CHECKING:
    from podium.ide.language.analysis.table import JediAnalysis


class _TerminatedError(BaseException):
    """SIGTERM came. No library takes it for an exception of its own."""


def main() -> None:
    """Serve one editor, then leave without taking jedi's many trees apart, which would take seconds."""
    signal.signal(signal.SIGTERM, _terminate)
    code = 0
    with Mirror() as mirror, suppress(_TerminatedError):
        code = _serve(mirror)
    os._exit(code)


def _serve(mirror: Mirror) -> int:
    """Read messages on a thread, compute on this one."""
    stdout = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # A library that prints must not write into the protocol.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    deadline, scheduler = Deadline(), Scheduler()

    @cache
    def analysis() -> JediAnalysis:
        # Importing jedi takes half a second: the client is answered meanwhile.
        from podium.ide.language.analysis.table import JediAnalysis

        return JediAnalysis(mirror, deadline)

    def warm_up() -> Iterator[None]:
        yield from analysis().warm_up(None)

    server = LanguageServer(FrameReader(sys.stdin.buffer), FrameWriter(stdout), scheduler, analysis)
    codes: list[int] = []

    def read() -> None:
        try:
            codes.append(server.serve())
        finally:
            scheduler.stop()
            deadline.expire()

    threading.Thread(target=read, name="reader", daemon=True).start()
    scheduler.background("warm up", warm_up)
    scheduler.run()
    return codes[0] if codes else 1


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise _TerminatedError


if __name__ == "__main__":
    main()
