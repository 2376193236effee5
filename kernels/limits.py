"""What a kernel may take, and how long things may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KernelLimits:
    """Limits of one server's kernels; sizes are bytes, times seconds.

    ``max_kernels`` counts kernels that have an app; ``ready_kernels`` wait for one besides, and 0 keeps nothing warm at
    all. Of each kernel ``memory_bytes`` limits what a process may allocate, ``file_bytes`` a file that it writes, and
    ``tasks`` the processes and threads that it and what it starts may have at a time. ``idle_s`` is how long a kernel
    may go unused before it is stopped, 0 for ever. One that another has replaced has ``drain_s`` to answer what it was
    asked. A kernel that is asked to stop has ``shutdown_s`` to finish requests and run the end of its app's lifespan,
    then ``terminate_s`` after SIGTERM, and is then killed. ``interrupt_s`` is how long an interrupt over the control
    channel may take before SIGINT is sent.
    """

    max_kernels: int = 8
    ready_kernels: int = 0
    memory_bytes: int = 1024**3
    open_files: int = 4096
    file_bytes: int = 2 * 1024**3
    tasks: int = 512
    start_timeout_s: float = 60.0
    idle_s: float = 3600.0
    drain_s: float = 60.0
    shutdown_s: float = 5.0
    terminate_s: float = 2.0
    interrupt_s: float = 1.0
