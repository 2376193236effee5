"""Opening the user's browser, where there is one to open."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser


def open_browser(address: str) -> None:
    """Open ``address`` without waiting; a text browser, which would take over the terminal, is never opened."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    threading.Thread(target=webbrowser.open, args=(address,), name="open the browser", daemon=True).start()
