"""What a waiting runner practises must work, and leave nothing that an app could see."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from podium.runner.events import EventLog
from podium.runner.frames import FrameReader
from podium.runner.generation import Switch
from podium.runner.loops import Loops
from podium.runner.rehearsing import rehearse
from podium.runner.serving import Serving
from podium.runner.watchdog import Watchdog


def surroundings(folder: Path) -> list[Any]:
    """What a load changes in a process."""
    looked_at = [path for path in sys.path_importer_cache if path.startswith(str(folder))]
    return [
        list(sys.path),
        list(sys.path_hooks),
        list(sys.meta_path),
        looked_at,
        "rehearsed" in sys.modules,
        dict(os.environ),
        os.getcwd(),
    ]


async def test_a_rehearsal_serves_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    switch = Switch()
    errors: list[BaseException] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = Serving(switch, listener, grace=1.0, report=errors.append)
        loops = Loops(serving, lambda: serving, Watchdog(EventLog(), FrameReader()))
        thread = threading.Thread(target=serving.run)
        thread.start()
        before = surroundings(tmp_path)
        try:
            await rehearse(switch, loops, listener.getsockname(), ())
            assert surroundings(tmp_path) == before
            assert switch.current is None
            assert not os.listdir(tmp_path)
        finally:
            serving.finish()
            thread.join()
    assert not errors
    assert capsys.readouterr() == ("", "")
