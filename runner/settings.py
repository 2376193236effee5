"""What a runner is told by its environment, read once."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_LOAD_TIMEOUT = 30.0
DEFAULT_SHUTDOWN_GRACE = 10.0


@dataclass(frozen=True, slots=True)
class AppSettings:
    """Where the app's files are, and how many seconds a load may take (``PODIUM_LOAD_TIMEOUT``)."""

    directory: Path
    load_timeout: float = DEFAULT_LOAD_TIMEOUT

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> AppSettings:
        """Read the variables; raises ``KeyError`` without a folder and ``ValueError`` for what is no number."""
        return cls(
            directory=Path(environment["PODIUM_APP_DIR"]).resolve(),
            load_timeout=float(environment.get("PODIUM_LOAD_TIMEOUT", DEFAULT_LOAD_TIMEOUT)),
        )


@dataclass(frozen=True, slots=True)
class RunnerSettings:
    """Which sockets to serve on, and what the control port asks for; ``app`` is missing in a runner that waits for one.

    ``shutdown_grace`` is how many seconds a shutdown waits for requests in flight (``PODIUM_SHUTDOWN_GRACE``). A
    ``boxed`` process reaches little of the machine (``PODIUM_BOXED``).
    """

    app: AppSettings | None
    app_socket: socket.socket
    control_socket: socket.socket
    token: str
    shutdown_grace: float = DEFAULT_SHUTDOWN_GRACE
    boxed: bool = False

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str]) -> RunnerSettings:
        """Read the ``PODIUM_*`` variables; the token is taken out, so that user code does not see it.

        Raises ``KeyError`` for a missing port and ``ValueError`` for one that is not a number.
        """
        return cls(
            app=AppSettings.from_environment(environment) if "PODIUM_APP_DIR" in environment else None,
            app_socket=_listener(environment, "PODIUM_APP"),
            control_socket=_listener(environment, "PODIUM_CONTROL"),
            # Without a token nobody can know this one: the control port then answers only what needs none.
            token=environment.pop("PODIUM_CONTROL_TOKEN", "") or secrets.token_urlsafe(),
            shutdown_grace=float(environment.get("PODIUM_SHUTDOWN_GRACE", DEFAULT_SHUTDOWN_GRACE)),
            boxed="PODIUM_BOXED" in environment,
        )


def _listener(environment: MutableMapping[str, str], prefix: str) -> socket.socket:
    """Take over the inherited socket ``PREFIX_FD``, else listen on the loopback port ``PREFIX_PORT``."""
    descriptor = environment.pop(f"{prefix}_FD", None)
    if descriptor is not None:
        inherited = socket.socket(fileno=int(descriptor))
        inherited.set_inheritable(False)
        return inherited
    return socket.create_server(("127.0.0.1", int(environment[f"{prefix}_PORT"])), backlog=1024)
