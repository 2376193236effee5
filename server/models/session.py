"""Who is signed in, and what the server is."""

from __future__ import annotations

from typing import Literal

from podium.server.models.common import Input, Output, UserId


class Limits(Output):
    """What an app may have; sizes in bytes."""

    files: int
    file_bytes: int
    app_bytes: int
    path_chars: int
    kernels: int
    kernel_memory_bytes: int
    send_body_bytes: int


class Box(Output):
    """Whether apps are kept from this machine's files, processes and own ports; ``reason`` is why they are not.

    ``gaps`` says what this system leaves open all the same.
    """

    boxed: bool
    reason: str | None
    gaps: tuple[str, ...]


class SessionInfo(Output):
    """The signed-in user. ``csrf`` goes back as ``X-CSRF-Token``; programs with a bearer token need none.

    ``python`` is the version that apps run on, such as ``3.11``.
    """

    user: UserId
    csrf: str | None
    version: str
    python: str
    limits: Limits
    box: Box


class SignIn(Input):
    """The token of the link that ``podium up`` prints."""

    token: str


class Health(Output):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Output):
    """Whether the server can do its work; ``store`` is the state of the documents."""

    status: Literal["ready"]
    store: Literal["available"]
