"""The live body: ``python -m podium.runner`` serves an app without a kernel, on the main thread.

SIGTERM and SIGINT end it as ``POST /shutdown`` does: requests in flight finish, the lifespan ends, the status is 0; it
is 1 when user code did not come to an end within the grace.
"""

from __future__ import annotations

import os
import signal
import sys

from podium.runner.leaving import exit_soon, stop_on
from podium.runner.runner import Runner
from podium.runner.settings import RunnerSettings


def main() -> int:
    """Serve until the shutdown and return the exit status."""
    runner = Runner(RunnerSettings.from_environment(os.environ), echo=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        stop_on(number, runner.request_shutdown)
    runner.start(app_thread=False)
    runner.serve_here()
    runner.ended.wait()
    runner.restore_streams()
    exit_soon(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
