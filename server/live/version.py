"""The name of a version: the SHA-256 of its canonical content."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping


def version_of(files: Mapping[str, str], entry: str) -> str:
    """Name the version that has these files (path to text), this entry point and this Python.

    ``requirements.txt`` is one of the files. The canonical form is JSON with sorted keys and without spaces.
    """
    python = ".".join(platform.python_version_tuple()[:2])
    content = {"entry": entry, "files": dict(files), "python": python}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
