"""Runs uv, which resolves and installs packages.

It sees nothing of the server's environment but what it needs to reach a package index; what pip is told of one counts
for it too. It ends with whoever waits for it, and with the server, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from uv import find_uv_bin

from podium.kernels.environment import base_environment

Tell = Callable[[str], None]
"""Takes one line of progress."""

_LEASH = (
    "import ctypes, os, signal, sys\n"
    "if sys.platform == 'linux': ctypes.CDLL(None).prctl(1, signal.SIGKILL)\n"
    "if os.getppid() == int(sys.argv[1]): os.execv(sys.argv[2], sys.argv[2:])\n"
)
"""Asks Linux for the end when the server ends, and becomes the program that is named."""
_PASSED_ON = frozenset(
    {
        *("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "NETRC"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CLIENT_CERT"),
        *("UV_CACHE_DIR", "UV_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"),
        *("UV_HTTP_RETRIES", "UV_HTTP_TIMEOUT", "UV_INSECURE_HOST", "UV_KEYRING_PROVIDER", "UV_LINK_MODE"),
        *("UV_NATIVE_TLS", "UV_NO_INDEX", "UV_OFFLINE", "UV_SYSTEM_CERTS"),
    }
)
_INDEX = "UV_INDEX"
"""The indexes themselves, and with a name behind it the credentials for one."""
_PIP = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}
_SETTINGS = ("--color", "never", "--no-progress", "--no-python-downloads")
_KEPT_LINES = 400
_MAX_LINE = 64 * 1024


class UvError(Exception):
    """uv did not do it; ``output`` is what it said."""

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output


async def run_uv(*arguments: str, folder: Path, tell: Tell | None = None) -> None:
    """Run uv in ``folder``, and tell what it says line by line. Raises :class:`UvError` and :class:`OSError`.

    When this is cancelled, uv and everything that it started are gone first.
    """
    await run_leashed(find_uv_bin(), *arguments, *_SETTINGS, folder=folder, tell=tell)


async def run_leashed(*command: str, folder: Path, tell: Tell | None = None) -> None:
    """Run any program in that way."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *command),
        cwd=folder,
        env=_environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        limit=_MAX_LINE,
    )
    try:
        lines = await _lines(process, tell or (lambda _: None))
        if await process.wait():
            raise UvError("\n".join(lines))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _lines(process: asyncio.subprocess.Process, tell: Tell) -> list[str]:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    lines: list[str] = []
    async for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip()
        if line.strip():
            tell(line)
        lines.append(line)
        del lines[:-_KEPT_LINES]
    return lines


def _environment() -> dict[str, str]:
    """What uv is given; a name in small letters counts for proxies, as it does everywhere."""
    pip = {uv: os.environ[name] for name, uv in _PIP.items() if os.environ.get(name)}
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(_INDEX) or (name.islower() and name.upper() in _PASSED_ON)
    }
    return pip | base_environment() | passed
