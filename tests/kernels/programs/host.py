"""A server in small: keeps a kernel that has started a process in a session of its own, and one that waits ready."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from podium.kernels.limits import KernelLimits
from podium.kernels.parent.families import descendants, process_table
from podium.kernels.sessions import Kernels, SessionKey
from podium.tests.kernels.support import execute

START = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
"""


async def main() -> None:
    """Print the process ids of all that are below this process and the runtime directory, and stay."""
    async with Kernels(KernelLimits(ready_kernels=1)) as kernels:
        await kernels.warm_up()
        await kernels.starter.pool.full()
        kernel = await kernels.start(SessionKey("ada", "notes"), directory=Path(sys.argv[1]), env={})
        await execute(kernel, START)
        await kernels.starter.pool.full()
        pids = sorted(descendants(process_table(), [os.getpid()]))
        assert len(pids) > 4
        runtime = Path(kernel.connection.info["ip"]).parents[1]
        os.write(1, f"{pids}; {runtime}\n".encode())
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
