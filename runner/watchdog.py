"""Notices that the app's event loop stands still, and where."""

from __future__ import annotations

import threading
import time

from podium.runner.events import EventLog
from podium.runner.frames import FrameReader
from podium.runner.protocol import EventType
from podium.runner.serving import Serving

BLOCKED_AFTER = 1.0
"""Seconds without a turn of the loop after which it is reported."""
INTERVAL = 0.5
"""Seconds between two looks at a loop that turns."""
_SECOND_LOOK = 0.05


class Watchdog:
    """A thread that asks the loop for a sign of life again and again."""

    def __init__(self, events: EventLog, frames: FrameReader) -> None:
        self._events = events
        self._frames = frames
        self._watched: Serving | None = None
        self._asked_at: float | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="podium-watchdog", daemon=True)

    @property
    def blocked_ms(self) -> float:
        """Milliseconds since the loop has been asked and has not answered; 0 when it turns."""
        asked_at = self._asked_at
        return 0.0 if asked_at is None else (time.monotonic() - asked_at) * 1000

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def watch(self, serving: Serving) -> None:
        """Watch this loop from now on, instead of the one before."""
        self._watched, self._asked_at = serving, None

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(2 * BLOCKED_AFTER)

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL):
            serving = self._watched
            if serving is not None:
                self._look(serving)

    def _look(self, serving: Serving) -> None:
        answered = threading.Event()
        self._asked_at = time.monotonic()
        serving.call(answered.set)
        # The second look is for a process that was suspended: then the loop has had no chance to answer either.
        if not (answered.wait(BLOCKED_AFTER) or answered.wait(_SECOND_LOOK)):
            self._wait_out(serving, answered)
        if self._watched is serving:
            self._asked_at = None

    def _wait_out(self, serving: Serving, answered: threading.Event) -> None:
        frames = self._frames.of_thread(serving.ident)
        self._events.append(EventType.BLOCKED, {"ms": self.blocked_ms, "frames": frames})
        since = self._asked_at or time.monotonic()
        while not answered.wait(_SECOND_LOOK):
            if self._stopped.is_set() or self._watched is not serving:
                break
        self._events.append(EventType.UNBLOCKED, {"ms": (time.monotonic() - since) * 1000})
