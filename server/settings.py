"""What can be set, from where, and what a broken setting says.

Every setting is a field of a frozen dataclass here. It is read once, at start, from an environment variable
``PODIUM_*`` or an option of ``podium up`` (the option wins), checked, and then passed on as a value.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class SettingError(ValueError):
    """A setting that cannot be used; the message is one sentence that says what to change."""


@dataclass(frozen=True, slots=True)
class Variable:
    """Where a setting comes from: the environment variable, how its text is read, and what it means."""

    name: str
    parse: Callable[[str], Any]
    help: str


def _port(text: str) -> int:
    port = _integer(text)
    if not 0 <= port <= 65535:
        raise ValueError("a port is a number from 0 to 65535 (0 takes a free one)")
    return port


def _integer(text: str) -> int:
    try:
        return int(text, 10)
    except ValueError:
        raise ValueError("it must be a whole number") from None


def _positive(text: str) -> int:
    number = _integer(text)
    if number < 1:
        raise ValueError("it must be 1 or more")
    return number


def _count(text: str) -> int:
    number = _integer(text)
    if number < 0:
        raise ValueError("it must be 0 or more")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError("it must be a number of seconds") from None
    if not 0 < seconds < 1e9:
        raise ValueError("it must be a number of seconds above 0")
    return seconds


def _megabytes(text: str) -> int:
    return _positive(text) * 1024 * 1024


def _box(text: str) -> str:
    if text.lower() not in {"auto", "required", "off"}:
        raise ValueError("it must be auto, required or off")
    return text.lower()


def _host(text: str) -> str:
    if not text or any(character.isspace() or character in "/?#@" for character in text):
        raise ValueError("it must be a host name or an address such as 127.0.0.1")
    return text


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(_host(part.strip()).lower() for part in text.split(",") if part.strip())


def _directory(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError("it must be the path of a folder")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise ValueError("the home folder of that user is unknown") from None


def _token(text: str) -> str:
    if not 16 <= len(text) <= 200 or not text.isascii() or not text.replace("-", "").replace("_", "").isalnum():
        raise ValueError("it must be 16 to 200 letters, digits, hyphens or underscores")
    return text


def _mongo_uri(text: str) -> str:
    if not text.startswith(("mongodb://", "mongodb+srv://")):
        raise ValueError("it must start with mongodb:// or mongodb+srv://")
    return text


def _level(text: str) -> str:
    if text.lower() not in {"debug", "info", "warning", "error"}:
        raise ValueError("it must be debug, info, warning or error")
    return text.lower()


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser().absolute() / "podium"


def _variable(name: str, parse: Callable[[str], Any], help: str) -> dict[str, Variable]:
    return {"variable": Variable(f"PODIUM_{name}", parse, help)}


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the server listens and who may talk to it."""

    host: str = field(
        default="127.0.0.1",
        metadata=_variable("HOST", _host, "The address to listen on. Others than this machine get in with 0.0.0.0."),
    )
    port: int = field(default=8000, metadata=_variable("PORT", _port, "The port to listen on; 0 takes a free one."))
    allowed_hosts: tuple[str, ...] = field(
        default=(),
        metadata=_variable("ALLOWED_HOSTS", _hosts, "Further host names that requests may name, separated by commas."),
    )
    token: str | None = field(
        default=None,
        repr=False,
        metadata=_variable(
            "TOKEN", _token, "The sign-in token. By default one is made and stays the same for a data directory."
        ),
    )
    log_level: str = field(
        default="info", metadata=_variable("LOG_LEVEL", _level, "What goes to the log: debug, info, warning or error.")
    )
    shutdown_s: float = field(
        default=5.0,
        metadata=_variable("SHUTDOWN_SECONDS", _seconds, "How long requests in flight may take to finish at the end."),
    )


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where documents live: the platform's own, and apart from them what apps store."""

    uri: str | None = field(
        default=None,
        repr=False,
        metadata=_variable("MONGO_URI", _mongo_uri, "A MongoDB server for Podium's own documents, instead of files."),
    )
    apps_uri: str | None = field(
        default=None,
        repr=False,
        metadata=_variable(
            "APPS_MONGO_URI", _mongo_uri, "Another MongoDB server (or user) for what apps store, instead of files."
        ),
    )
    database: str = "podium"
    undo_s: float = field(
        default=600.0, metadata=_variable("UNDO_SECONDS", _seconds, "How long a deleted app can be brought back.")
    )


@dataclass(frozen=True, slots=True)
class KernelSettings:
    """Limits of the kernels that run apps."""

    max_kernels: int = field(
        default=8, metadata=_variable("MAX_KERNELS", _positive, "How many apps run at the same time.")
    )
    ready_kernels: int = field(
        default=2,
        metadata=_variable(
            "READY_KERNELS",
            _count,
            "How many kernels wait ready for the next apps, in addition; 0 keeps nothing warm and saves memory.",
        ),
    )
    memory_bytes: int = field(
        default=1024 * 1024 * 1024,
        metadata=_variable("KERNEL_MEMORY_MB", _megabytes, "Memory that one app may take, in MB."),
    )
    file_bytes: int = field(
        default=2 * 1024 * 1024 * 1024,
        metadata=_variable("KERNEL_FILE_MB", _megabytes, "How large a file may be that an app writes, in MB."),
    )
    tasks: int = field(
        default=512,
        metadata=_variable("KERNEL_TASKS", _positive, "How many processes and threads one app may have at a time."),
    )
    box: str = field(
        default="auto",
        metadata=_variable(
            "BOX",
            _box,
            "Whether apps are kept to their own files: auto (where Linux can), required (else Podium does not start) "
            "or off.",
        ),
    )
    idle_s: float = field(
        default=3600.0,
        metadata=_variable("KERNEL_IDLE_SECONDS", _seconds, "How long an app that nobody uses goes on running."),
    )
    start_timeout_s: float = field(
        default=60.0, metadata=_variable("KERNEL_START_SECONDS", _seconds, "How long a kernel may take to start.")
    )
    environment_s: float = field(
        default=600.0,
        metadata=_variable("ENVIRONMENT_SECONDS", _seconds, "How long installing an app's requirements may take."),
    )
    environment_grace_s: float = field(
        default=86400.0,
        metadata=_variable(
            "ENVIRONMENT_GRACE_SECONDS", _seconds, "How long installed requirements are kept that no app asks for."
        ),
    )
    load_timeout_s: float = field(
        default=30.0, metadata=_variable("LOAD_SECONDS", _seconds, "How long an app may take to import and to start.")
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    data_dir: Path = field(
        default_factory=_default_data_dir,
        metadata=_variable("DATA_DIR", _directory, "The folder that holds everything Podium keeps."),
    )
    server: ServerSettings = field(default_factory=ServerSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    kernels: KernelSettings = field(default_factory=KernelSettings)


def read_settings(environment: Mapping[str, str], options: Mapping[str, str] | None = None) -> Settings:
    """Read all settings from ``environment``; ``options`` (by variable name) come from the command line and win.

    Raises :class:`SettingError` for the first one that cannot be used.
    """
    given = dict(options or {})
    groups = {
        group.name: _read_group(group.default_factory, environment, given)
        for group in fields(Settings)
        if "variable" not in group.metadata and callable(group.default_factory)
    }
    own = _read_values(Settings, environment, given)
    return Settings(**groups, **own)


def variables() -> list[tuple[Variable, Any]]:
    """Every setting that an environment variable changes, with its default; the configuration table is made of it."""
    parts = (Settings, ServerSettings, StoreSettings, KernelSettings)
    return [
        (item.metadata["variable"], item.default_factory() if callable(item.default_factory) else item.default)
        for part in parts
        for item in fields(part)
        if "variable" in item.metadata
    ]


def _read_group(group: Callable[[], Any], environment: Mapping[str, str], options: Mapping[str, str]) -> Any:
    return group(**_read_values(group, environment, options))


def _read_values(group: Any, environment: Mapping[str, str], options: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for item in fields(group):
        variable: Variable | None = item.metadata.get("variable")
        if variable is None:
            continue
        option = options.get(variable.name)
        text = option if option is not None else environment.get(variable.name)
        if text is None or (option is None and text == ""):
            continue
        values[item.name] = _parse(variable, text, from_option=option is not None)
    return values


def _parse(variable: Variable, text: str, *, from_option: bool) -> Any:
    try:
        return variable.parse(text)
    except ValueError as error:
        name = variable.name
        where = f"--{name.removeprefix('PODIUM_').lower().replace('_', '-')}" if from_option else name
        shown = "" if name.endswith(("TOKEN", "URI")) else f" ({text!r})"
        raise SettingError(f"{where}{shown} cannot be used: {error}.") from None
