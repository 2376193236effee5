"""A kernel with a control port that knows ``/healthz`` and ``/shutdown``: ipykernel and a few lines of HTTP.

It stands for the runner, of which these tests need no more. ``BEFORE`` in the environment is Python that runs first.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

HEALTH = b'{"generation": 0, "version": null, "in_flight": %d, "blocked_ms": 0.0, "last_event": 0}'


class Control(BaseHTTPRequestHandler):
    """The control port."""

    def do_GET(self) -> None:
        """``/healthz``."""
        self._answer(HTTPStatus.OK, HEALTH % int(os.environ.get("IN_FLIGHT", "0")))

    def do_POST(self) -> None:
        """``/shutdown``."""
        self._answer(HTTPStatus.ACCEPTED, b"")
        if "IGNORE_SHUTDOWN" not in os.environ:
            os._exit(0)

    def _answer(self, status: HTTPStatus, body: bytes) -> None:
        authorised = self.headers["Authorization"] == f"Bearer {os.environ['PODIUM_CONTROL_TOKEN']}"
        self.send_response(status if authorised else HTTPStatus.UNAUTHORIZED)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def serve_control() -> None:
    """Serve the inherited socket in a thread."""
    server = HTTPServer(("127.0.0.1", 0), Control, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=int(os.environ["PODIUM_CONTROL_FD"]))
    threading.Thread(target=server.serve_forever, daemon=True).start()


def main() -> None:
    """Run the kernel."""
    if "IGNORE_SIGTERM" in os.environ:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    exec(os.environ.get("BEFORE", ""))
    serve_control()
    from ipykernel.kernelapp import launch_new_instance

    # As in the runner: what is written to the descriptors goes to whoever holds their other end, not to the console.
    launch_new_instance([*sys.argv, "--IPKernelApp.capture_fd_output=False"])


if __name__ == "__main__":
    main()
