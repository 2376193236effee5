"""The peers' own environment, made once and reused; nothing of it is part of Podium."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".bench" / "peers"
PINS = Path(__file__).with_name("peers.txt")


def install() -> Path:
    """Install the pinned peers; returns the folder of their commands."""
    commands = ENVIRONMENT / "bin"
    stamp = ENVIRONMENT / "installed.txt"
    if not stamp.exists() or stamp.read_text() != PINS.read_text():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)], check=True)
        subprocess.run(
            [*uv, "pip", "install", "--quiet", "--python", str(commands / "python"), "-r", str(PINS)], check=True
        )
        stamp.write_text(PINS.read_text())
    return commands
