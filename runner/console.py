"""The interactive console beside the app: it sees the app's names, and its prints stay its own."""

from __future__ import annotations

import codecs
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any


class Console:
    """Keeps the names of the entry module in an IPython shell's namespace; a load may come before the shell."""

    def __init__(self) -> None:
        self._shell: Any = None
        self._names: dict[str, Any] = {}

    def attach(self, shell: Any) -> None:
        """Use this shell from now on."""
        self._shell = shell
        shell.system = partial(run_command, shell)
        self._push(self._names)

    def enter(self) -> None:
        """Take the working directory for the one that the console began in."""
        if self._shell is not None:
            self._shell.history_manager.dir_hist[:] = [Path.cwd()]

    def show(self, entry: ModuleType, app: Any) -> None:
        """Put the globals of a newly loaded entry module in place of the last one's; names made by hand stay."""
        names = {name: value for name, value in vars(entry).items() if not name.startswith("__")}
        names |= {"app": app, entry.__name__.rpartition(".")[2]: entry}
        if self._shell is not None:
            # IPython drops only names that still have the value they were given.
            self._shell.drop_by_id(self._names)
        self._push(names)
        self._names = names

    def _push(self, names: dict[str, Any]) -> None:
        if self._shell is not None:
            self._shell.push(names, interactive=False)


def run_command(shell: Any, command: str) -> None:
    """Run what was typed as ``!command`` and print what it writes, while it writes it.

    IPython would give it a terminal, and to those a box has no way: who may open one may open everybody's.
    """
    expanded = shell.var_expand(command, depth=1)
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    with subprocess.Popen(  # noqa: S603 - the user's own words
        ["/bin/sh", "-c", expanded], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        output: Any = process.stdout
        try:
            while chunk := output.read1():
                print(decode(chunk), end="", flush=True)  # noqa: T201 - it belongs to the cell
        except BaseException:
            process.terminate()
            raise
    shell.user_ns["_exit_code"] = process.returncode


def console_stream(session: Any, thread: Any, name: str, echo: Any = None, watchfd: bool = False) -> Any:
    """Make the kernel's own stream and give it to the captured one, which keeps standing in ``sys``.

    ipykernel calls this in place of ``OutStream``. File descriptors are not watched, so what subprocesses and C code
    write reaches the parent process.
    """
    from ipykernel.iostream import OutStream

    make: Any = OutStream
    captured: Any = getattr(sys, name)
    captured.console = make(session, thread, name, echo=echo, watchfd=watchfd)
    return captured
