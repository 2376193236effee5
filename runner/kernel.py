"""The development body: ``python -m podium.runner.kernel -f CONNECTION_FILE`` runs an app inside a Jupyter kernel.

Order matters for the time to the first request: the control port answers before anything heavy is imported, and a load
that is already waiting is served before IPython is imported. The kernel then runs on the main thread, where signals
arrive; the app runs in a thread beside it, in the same interpreter, so the console sees the app's own objects.

The process should be started with ``-P``: without it Python puts the working directory first in ``sys.path``, and a
file of the app could take the place of a module before this one runs.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from podium.runner.console import Console, console_stream
from podium.runner.leaving import exit_soon, stop_on
from podium.runner.runner import Runner
from podium.runner.settings import RunnerSettings
from podium.runner.warming import modules_at_start

KERNEL_LIBRARIES = (
    *("IPython", "ipykernel", "ipython_pygments_lexers", "jupyter_client", "jupyter_core", "traitlets", "zmq"),
    *("asttokens", "comm", "dateutil", "debugpy", "decorator", "executing", "jedi", "matplotlib_inline"),
    *("nest_asyncio", "nest_asyncio2", "packaging", "parso", "pexpect", "platformdirs", "prompt_toolkit", "psutil"),
    *("ptyprocess", "pure_eval", "pygments", "six", "stack_data", "tornado", "typing_extensions", "wcwidth"),
)
"""Modules that the kernel imports after the app may have been loaded: files of the app cannot have these names."""

ENVIRONMENT = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
"""Makes figures appear in the console."""

_FIRST_LOAD_WITHIN = 0.05
_FIRST_LOAD_TAKES = 5.0


def main(argv: list[str] | None = None) -> int:
    """Run the kernel until it is shut down, and return the exit status."""
    parser = argparse.ArgumentParser(prog="podium.runner.kernel")
    parser.add_argument("-f", dest="connection_file", required=True)
    connection_file = os.path.abspath(parser.parse_args(argv).connection_file)
    # The app's own argument parsing is not to see ours.
    del sys.argv[1:]
    console = Console()
    settings = RunnerSettings.from_environment(os.environ)
    runner = Runner(
        settings,
        protected=KERNEL_LIBRARIES,
        environment=ENVIRONMENT,
        on_entered=console.enter,
        on_served=console.show,
    )
    runner.on_ended = lambda: exit_soon(0)
    stop_on(signal.SIGTERM, runner.request_shutdown)
    runner.start(app_thread=True)
    # A load that is waiting already comes first: importing IPython at the same time would slow it down.
    if settings.app and runner.loading.wait(_FIRST_LOAD_WITHIN):
        runner.loaded.wait(_FIRST_LOAD_TAKES)
    _run_console(connection_file, runner, console)
    runner.request_shutdown()
    runner.ended.wait()
    exit_soon(0)
    return 0


def import_ipykernel() -> Any:
    """Import what makes a kernel, and return its application class.

    Its support for debuggers is left out: nothing in Podium speaks to it, and it would take a third of the memory.
    ipykernel goes without when debugpy cannot be imported; an app still can import it afterwards.
    """
    hidden = "debugpy" not in sys.modules
    if hidden:
        sys.modules["debugpy"] = None  # type: ignore[assignment] # makes the import fail, as the import system documents
    try:
        importlib.import_module("ipykernel.debugger")
    finally:
        if hidden:
            del sys.modules["debugpy"]
    return importlib.import_module("ipykernel.kernelapp").IPKernelApp


@contextmanager
def _modules_unseen() -> Iterator[None]:
    """Keep ipykernel and IPython from looking at every module there is, for lists which debugger and ``%reset`` read.

    A forked process shares its modules' memory with others for as long as nobody looks at them: the lists would cost
    a third of what a waiting kernel takes.
    """
    looking: list[Any] = [importlib.import_module(name) for name in ("ipykernel.ipkernel", "IPython.core.shellapp")]
    for module in looking:
        module.sys = SimpleNamespace(**{**vars(sys), "modules": {}})
    try:
        yield
    finally:
        for module in looking:
            module.sys = sys


def _run_console(connection_file: str, runner: Runner, console: Console) -> None:
    application = import_ipykernel()
    from traitlets.config import Config

    config = Config()
    config.IPKernelApp.log_level = "CRITICAL"
    config.IPKernelApp.capture_fd_output = False
    # The loader decides where modules come from; the working directory would let files take the libraries' names.
    config.IPKernelApp.ignore_cwd = True
    config.IPKernelApp.outstream_class = f"{console_stream.__module__}.{console_stream.__name__}"
    config.HistoryManager.enabled = False
    # Whoever made the connection file's folder removes it, also when this process is killed.
    os.environ.setdefault("IPYTHONDIR", os.path.join(os.path.dirname(connection_file), "ipython"))
    app: Any = application.instance(config=config, connection_file=connection_file)
    with _modules_unseen():
        app.initialize([])
    # What `%reset -f aggressive` leaves alone.
    app.shell._sys_modules_keys = modules_at_start()
    runner.on_ended = lambda: _leave(app)
    console.attach(app.shell)
    if runner.waiting:
        runner.rehearse()
    if not runner.ended.is_set():  # else the shutdown was over before it could tell this thread
        app.start()


def _leave(app: Any) -> None:
    """Let the main thread end; a console cell that is still running does not hold it."""
    exit_soon(0)
    app.io_loop.add_callback(app.io_loop.stop)


if __name__ == "__main__":
    sys.exit(main())
