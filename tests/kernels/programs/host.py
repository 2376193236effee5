"""A server in small: keeps one kernel that has started a process in a session of its own, says who they are, waits."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from podium.kernels.sessions import Kernels, SessionKey
from podium.tests.kernels.support import PLAIN, execute

START = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
os.getpid(), os.getppid(), child.pid
"""


async def main() -> None:
    """Print the process ids of kernel, kernel parent and grandchild and the runtime directory, and stay."""
    async with Kernels(command=PLAIN) as kernels:
        kernel = await kernels.start(SessionKey("ada", "notes"), directory=Path(sys.argv[1]), env={})
        pids = (await execute(kernel, START)).value
        runtime = Path(kernel.connection.info["ip"]).parents[1]
        os.write(1, f"{pids}; {runtime}\n".encode())
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
