"""The peers' own environment, made once and reused, and how each is started; nothing of it is part of Podium."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / ".bench" / "peers"
COMMANDS = ENVIRONMENT / "bin"
PINS = Path(__file__).with_name("peers.txt")


def install() -> None:
    """Install the pinned peers."""
    stamp = ENVIRONMENT / "installed.txt"
    if not stamp.exists() or stamp.read_text() != PINS.read_text():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)], check=True)
        subprocess.run(
            [*uv, "pip", "install", "--quiet", "--python", str(COMMANDS / "python"), "-r", str(PINS)], check=True
        )
        stamp.write_text(PINS.read_text())


def marimo(port: int, notebook: Path) -> list[str]:
    """Edit a notebook."""
    return [str(COMMANDS / "marimo"), "edit", "--headless", "--no-token", "--port", str(port), str(notebook)]


def jupyterlab(port: int, folder: Path) -> list[str]:
    """Serve the files of a folder."""
    options = [f"--ServerApp.port={port}", "--ServerApp.token=", "--allow-root", f"--ServerApp.root_dir={folder}"]
    return [str(COMMANDS / "jupyter-lab"), "--no-browser", "--ServerApp.ip=127.0.0.1", *options]


def uvicorn(port: int) -> list[str]:
    """Serve ``main:app`` of the current folder, and reload it after edits."""
    return [str(COMMANDS / "uvicorn"), "main:app", "--reload", "--port", str(port), "--log-level", "error"]


def fastapi_dev(port: int) -> list[str]:
    """Serve the app of ``main.py`` in the current folder, and reload it after edits."""
    return [str(COMMANDS / "fastapi"), "dev", "main.py", "--port", str(port)]


def language_servers() -> dict[str, list[str]]:
    """Language servers that speak over their standard streams."""
    return {
        "python-lsp-server": [str(COMMANDS / "pylsp")],
        "jedi-language-server": [str(COMMANDS / "jedi-language-server")],
        "basedpyright": [str(COMMANDS / "basedpyright-langserver"), "--stdio"],
        "pyrefly": [str(COMMANDS / "pyrefly"), "lsp"],
        "ty": [str(COMMANDS / "ty"), "server"],
    }
