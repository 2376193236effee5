"""What to do now, for the errors that people meet most."""

from __future__ import annotations

import errno
import resource

from podium.runner.protocol import FailureKind, Frame

MAIN_GUARD = 'if __name__ == "__main__":'
RESTART = "Podium restarts the kernel and loads the app again."

_ONCE_PER_PROCESS = (
    "is already defined for this MetaData instance",  # SQLAlchemy, SQLModel: tables of a shared registry
    "Duplicated timeseries in CollectorRegistry",  # prometheus_client
    "Settings already configured",  # Django, and the next two
    "populate() isn't reentrant",
    "Conflicting '",
)

_SERVER_LOOPS = ("uvicorn/", "hypercorn/", "werkzeug/serving.py", "socketserver.py", "waitress/", "gunicorn/")
_SERVER_CALLS = frozenset({"run", "serve", "serve_forever", "run_simple", "Server.serve_forever"})


def hint_for(error: BaseException, kind: FailureKind, *, boxed: bool = False) -> str | None:
    """Say what to do about ``error``, where something better than reading the message can be said.

    ``boxed`` says that the process is kept from files and processes which are not the app's.
    """
    if isinstance(error, OSError):
        return _hint_for_system(error, boxed=boxed)
    if isinstance(error, SystemExit):
        return f"The app called sys.exit(). Remove the call, raise an error instead, or put it under {MAIN_GUARD!r}."
    if isinstance(error, SyntaxError):
        return "Correct the line and run again."
    if isinstance(error, ModuleNotFoundError) and error.name:
        top = error.name.partition(".")[0]
        return f"There is no file {top}.py in this app and no package {top} where Podium runs. Check the spelling."
    if kind is FailureKind.IMPORT and isinstance(error, RuntimeError) and "event loop" in str(error):
        return "Modules are imported before the event loop runs. Do this in the app's lifespan or startup handler."
    return None


def _hint_for_system(error: OSError, *, boxed: bool) -> str | None:
    if error.errno == errno.EFBIG:
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0] // 1024**2
        return f"A file may have {limit} MB here. Write several smaller ones; PODIUM_KERNEL_FILE_MB allows more."
    if not boxed or not isinstance(error, PermissionError):
        return None
    if error.filename is None:
        return "The app is in a box, which keeps it from other programs and from Podium's own ports."
    return "The app is in a box: it can write in its own folder and in the one of tempfile, and read what Python needs."


def hint_for_shadowed(name: str) -> str:
    """Say what to do about a file whose module name belongs to Python or to a library that is already in use."""
    return (
        f"{name}.py has the same name as the module {name} that Python or an installed library uses, so an import of "
        f"{name} finds that one. Rename the file, for example to app_{name}.py."
    )


def hint_for_timeout(frames: tuple[Frame, ...]) -> str:
    """Say what to do about code that did not come to its end in time and stands at ``frames``."""
    if runs_a_server(frames):
        return f"Podium serves the app itself. Remove the call that starts a server, or put it under {MAIN_GUARD!r}."
    return "Move long work out of the import and the lifespan's start, or give it a time limit."


def needs_fresh_process(error: BaseException) -> bool:
    """Tell whether importing failed only because a library keeps what the import before had registered with it."""
    return any(text in str(error) for text in _ONCE_PER_PROCESS)


def runs_a_server(frames: tuple[Frame, ...]) -> bool:
    """Tell whether the code at ``frames`` has started a web server of its own."""
    return any(
        not frame.user and frame.path.startswith(_SERVER_LOOPS) and frame.function.rpartition(".")[2] in _SERVER_CALLS
        for frame in frames
    )
