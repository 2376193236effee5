"""Getting past user code that does not come back."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Iterable


class InterruptedByRunnerError(BaseException):
    """Raised inside user code that the runner gives up on; ``except Exception`` lets it by."""

    def __str__(self) -> str:
        return "Podium ended this code because it did not come to its end by itself"


def interrupt(ident: int | None) -> None:
    """Raise :class:`InterruptedByRunnerError` in a thread, at its next Python instruction.

    A thread that waits in C (a sleep, a socket) sees it only when it returns to Python.
    """
    if ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(InterruptedByRunnerError))


def release_import_locks(names: Iterable[str]) -> None:
    """Forget the import locks of modules whose import will never end, so that they can be imported by others.

    The import system has no public way to do so; without it, a module that once hung could never be imported again in
    this process. It makes a new lock for a name that it does not know.
    """
    locks = vars(importlib._bootstrap)["_module_locks"]
    for name in names:
        locks.pop(name, None)
