"""The machine's own Chromium."""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What it is started with; ``--no-sandbox`` because root, as whom CI runs, has no sandbox."""


class NoBrowser(Exception):  # noqa: N818 - says what is missing
    """The machine has no Chromium."""


def chromium() -> str:
    """The path of Chromium. Raises :class:`NoBrowser`."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise NoBrowser("A real browser is driven here: install Chromium, or use `make test`, which does.")
    return path
