"""The environment of the processes that Podium starts: what they are given, and nothing of the server's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables of the server that its children may see: language, time zone and where certificates are."""
PRIVATE_PREFIX = "PODIUM_"
"""Variables of the server with such names are never passed on, whoever asks."""

_READ_AT_START = ("PYTHON", "LD_", "MALLOC_", "GLIBC_")


def base_environment(interpreter: str = sys.executable) -> dict[str, str]:
    """What every child needs to find programs, those beside ``interpreter`` first, and to speak its user's language."""
    search = [str(Path(interpreter).parent), os.environ.get("PATH", os.defpath)]
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {"LANG": "C.UTF-8"} | passed | {"PATH": os.pathsep.join(search)}


def app_environment(directory: Path, env: Mapping[str, str]) -> dict[str, str]:
    """What an app sees beside that: its folder is its home, unless ``env`` says otherwise."""
    return {"HOME": str(directory), **env}


def without_private(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` without the platform's own variables."""
    return {name: value for name, value in env.items() if not name.startswith(PRIVATE_PREFIX)}


def needs_fresh_start(env: Mapping[str, str]) -> bool:
    """Whether some of these variables are read when a program starts, so that no running process can take them over."""
    return any(name.startswith(_READ_AT_START) for name in env)
