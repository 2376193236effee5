"""A language client that waits: over a server's pipes, or over Podium's WebSocket."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from websockets.sync.client import ClientConnection, connect

from podium.tests.bench.subject import Subject

PATIENCE_S = 60.0
Message = dict[str, Any]


class Wire(Protocol):
    """Carries messages."""

    def send(self, message: Message) -> None:
        """Send one."""

    def receive(self, patience_s: float) -> Message:
        """Wait for the next one. Raises :class:`TimeoutError`."""


class Pipes:
    """Frames over standard streams."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout
        self._heard: queue.Queue[Message] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, message: Message) -> None:
        body = json.dumps(message).encode()
        self._stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._stdin.flush()

    def receive(self, patience_s: float) -> Message:
        try:
            return self._heard.get(timeout=patience_s)
        except queue.Empty:
            raise TimeoutError(f"says nothing within {patience_s:.0f} s") from None

    def _listen(self) -> None:
        with suppress(ValueError, OSError):  # of a stream that was closed at the end
            while (length := self._length()) is not None:
                self._heard.put(json.loads(self._stdout.read(length)))

    def _length(self) -> int | None:
        length = None
        while (line := self._stdout.readline()).strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return length


class Socket:
    """One message a text frame."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def send(self, message: Message) -> None:
        self._connection.send(json.dumps(message))

    def receive(self, patience_s: float) -> Message:
        message: Message = json.loads(self._connection.recv(patience_s))
        return message


class Client:
    """One editor. ``folder`` is the URI of the app's folder; a request waits for its answer."""

    def __init__(self, wire: Wire, folder: str) -> None:
        self._wire = wire
        self._folder = folder
        self._next = 0
        self._versions: dict[str, int] = {}
        self.patience_s = PATIENCE_S
        """Seconds that an answer may take."""

    def initialize(self) -> None:
        """Shake hands."""
        capabilities = {
            "textDocument": {"publishDiagnostics": {}, "completion": {"completionItem": {}}},
            "workspace": {"workspaceFolders": True},
        }
        folders = [{"uri": self._folder, "name": "app"}]
        params = {
            "processId": None,
            "rootUri": self._folder,
            "workspaceFolders": folders,
            "capabilities": capabilities,
        }
        self.request("initialize", params)
        self.notify("initialized", {})

    def uri(self, path: str) -> str:
        """The URI of a file."""
        return f"{self._folder}/{path}"

    def open(self, path: str, text: str) -> None:
        """Open a file."""
        self._versions[path] = 1
        document = {"uri": self.uri(path), "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def edit(self, path: str, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Replace a range, as an editor that follows every keystroke."""
        self._versions[path] += 1
        document = {"uri": self.uri(path), "version": self._versions[path]}
        where = {"start": _position(start), "end": _position(end)}
        changes = [{"range": where, "text": text}]
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def at(self, method: str, path: str, place: tuple[int, int]) -> Any:
        """Ask about a place; what was outdated meanwhile is asked for again."""
        params = {"textDocument": {"uri": self.uri(path)}, "position": _position(place)}
        return self.request(f"textDocument/{method}", params)

    def request(self, method: str, params: Mapping[str, Any]) -> Any:
        """Send a request and wait for its result, ``None`` for an error. Raises :class:`TimeoutError`."""
        self._next += 1
        own = self._next
        self._wire.send({"jsonrpc": "2.0", "id": own, "method": method, "params": params})
        return self.until(lambda message: "method" not in message and message.get("id") == own).get("result")

    def notify(self, method: str, params: Mapping[str, Any]) -> None:
        """Send a notification."""
        self._wire.send({"jsonrpc": "2.0", "method": method, "params": params})

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        """Wait for a message, answering what the server asks meanwhile. Raises :class:`TimeoutError`."""
        deadline = time.monotonic() + self.patience_s
        while (left := deadline - time.monotonic()) > 0:
            message = self._wire.receive(left)
            if "method" in message and "id" in message:
                items = (message.get("params") or {}).get("items")
                result = None if items is None else [None] * len(items)
                self._wire.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
            if wanted(message):
                return message
        raise TimeoutError(f"does not say it within {self.patience_s:g} s")


def _position(place: tuple[int, int]) -> dict[str, int]:
    return {"line": place[0], "character": place[1]}


@contextmanager
def stdio(command: Sequence[str], folder: Path) -> Iterator[Client]:
    """Start a language server in the environment that it is installed in."""
    commands = Path(command[0]).parent
    env = os.environ | {"PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "VIRTUAL_ENV": str(commands.parent)}
    with subprocess.Popen(
        command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield Client(Pipes(process), folder.as_uri())
        finally:
            process.kill()
            with suppress(OSError):
                process.communicate(timeout=10)


@contextmanager
def podium(subject: Subject, app: str) -> Iterator[Client]:
    """Open an app's language endpoint, as its page does."""
    url = str(subject.http.base_url.copy_with(scheme="ws", path=f"/api/v1/apps/{app}/lsp"))
    headers = {"Authorization": subject.http.headers["Authorization"]}
    with connect(url, additional_headers=headers, max_size=None) as connection:
        # As browsers do.
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield Client(Socket(connection), "file:///app")
