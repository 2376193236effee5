"""A small LSP client that drives a real language process over its connection."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Any, Self

from podium.ide.text import Position, Text

WAIT_S = 60
TREES = Path("~/.cache/podium/jedi").expanduser()
"""Where Podium keeps those of its own environment."""
CURSOR = "‸"
"""Stands in a test's text for the place that is asked about."""


class AnswerError(Exception):
    """A request was answered with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]


class LanguageParent:
    """The parent of language processes, as the server starts it."""

    def __init__(self, trees: Path = TREES) -> None:
        self._folder = TemporaryDirectory(prefix="podium-test-")
        self.folder = Path(self._folder.name) / "language"
        self.folder.mkdir()
        self._control, theirs = socket.socketpair()
        self.stderr = b""
        self.reports: list[dict[str, Any]] = []
        self.heard = threading.Condition()
        self._forks = 0
        with theirs:
            arguments = [str(theirs.fileno()), str(self.folder), str(trees)]
            command = [sys.executable, "-P", "-m", "podium.ide.language", *arguments]
            self.process = subprocess.Popen(command, stderr=subprocess.PIPE, pass_fds=[theirs.fileno()])
        assert self.process.stderr is not None
        self._threads = [
            threading.Thread(target=self._listen, daemon=True),
            threading.Thread(target=self._log, args=(self.process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def fork(self) -> tuple[str, socket.socket]:
        """A new process: its name and the connection with it."""
        self._forks += 1
        name = str(self._forks)
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(
                self._control, [json.dumps({"fork": name, "learned": True}).encode() + b"\n"], [theirs.fileno()]
            )
        return name, ours

    def pid(self, name: str) -> int:
        """The process of a name."""
        return int(self._report("forked", name)["pid"])

    def exit_code(self, name: str) -> int:
        """Wait for the end of a process; negative for a signal."""
        return os.waitstatus_to_exitcode(self._report("ended", name)["status"])

    def _report(self, kind: str, name: str) -> dict[str, Any]:
        def found() -> dict[str, Any] | None:
            return next((report for report in self.reports if report.get(kind) == name), None)

        with self.heard:
            assert self.heard.wait_for(lambda: found() is not None, WAIT_S), self.stderr.decode()
        return found() or {}

    def _listen(self) -> None:
        with self._control.makefile("rb") as lines:
            for line in lines:
                with self.heard:
                    self.reports.append(json.loads(line))
                    self.heard.notify_all()

    def _log(self, stream: IO[bytes]) -> None:
        for line in stream:
            with self.heard:
                self.stderr += line
                self.heard.notify_all()

    def close(self) -> int:
        """Be gone, as a server that is killed; answers the exit code of the parent."""
        self._control.shutdown(socket.SHUT_RDWR)
        code = self.process.wait(WAIT_S)
        for thread in self._threads:
            thread.join(WAIT_S)
        self._control.close()
        assert self.process.stderr is not None
        self.process.stderr.close()
        self._folder.cleanup()
        return code


@cache
def shared_parent() -> LanguageParent:
    """The parent that the tests of one worker share."""
    parent = LanguageParent()
    atexit.register(parent.close)
    return parent


class LanguageClient:
    """One language process and everything that it has said."""

    def __init__(self, parent: LanguageParent | None = None) -> None:
        self.parent = parent or shared_parent()
        self.name, self._connection = self.parent.fork()
        self._stream = self._connection.makefile("rwb")
        self.answers: dict[int | str | None, dict[str, Any]] = {}
        self.order: list[int | str | None] = []
        self.published: list[dict[str, Any]] = []
        self.looked: list[dict[str, Any]] = []
        self._heard = self.parent.heard
        self._app: Callable[[list[str]], object] = lambda _path: None
        self._next = 0
        self._versions: dict[str, int] = {}
        self._listener = threading.Thread(target=self._listen, args=(self._stream,), daemon=True)
        self._listener.start()

    @property
    def stderr(self) -> bytes:
        """What the parent and its processes have complained about."""
        return self.parent.stderr

    @property
    def pid(self) -> int:
        return self.parent.pid(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> int:
        """Close the connection, which ends the process; answers its exit code."""
        self.hang_up()
        return self.parent.exit_code(self.name)

    def hang_up(self) -> None:
        """Close the connection."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._listener.join(WAIT_S)
        self._stream.close()
        self._connection.close()

    def start(
        self,
        files: Mapping[str, str] | None = None,
        entry: str = "main.py",
        app: Callable[[list[str]], object] | None = None,
    ) -> dict[str, Any]:
        """Shake hands; answers the result of ``initialize``. A running ``app`` says what a dotted name stands for."""
        options = {"files": dict(files or {}), "entry": entry, "looks": app is not None}
        self._app = app or self._app
        params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
        result: dict[str, Any] = self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def send(self, message: object) -> None:
        """Send a message as it is."""
        body = json.dumps(message).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def send_bytes(self, data: bytes) -> None:
        """Send bytes that need not be a frame."""
        self._connection.sendall(data)

    def ask(self, method: str, params: object) -> int:
        """Send a request without waiting for its answer; answers its id."""
        self._next += 1
        self.send({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params})
        return self._next

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def answer(self, request: int | str | None) -> Any:
        """Wait for the answer to a request. Raises :class:`AnswerError`."""
        self.wait(lambda: request in self.answers)
        answer = self.answers[request]
        if "error" in answer:
            raise AnswerError(answer["error"])
        return answer["result"]

    def request(self, method: str, params: object) -> Any:
        """Send a request and wait for its answer."""
        return self.answer(self.ask(method, params))

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until what was heard fulfils a condition."""
        with self._heard:
            assert self._heard.wait_for(condition, WAIT_S), self.stderr.decode()

    def open(self, path: str, text: str) -> Position | None:
        """Open a document, or change one that is open; answers where the cursor mark stood."""
        place = None
        if CURSOR in text:
            before, _, after = text.partition(CURSOR)
            place, text = Text(before).end, before + after
        version = self._versions[path] = self._versions.get(path, 0) + 1
        document = {"uri": uri(path), "version": version}
        if version == 1:
            item = {**document, "languageId": "python", "text": text}
            self.notify("textDocument/didOpen", {"textDocument": item})
        else:
            self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
        return place

    def at(self, method: str, path: str, marked: str, **params: object) -> Any:
        """Open a text and ask about the place that is marked in it."""
        return self.request(f"textDocument/{method}", self.place(path, marked) | params)

    def place(self, path: str, marked: str) -> dict[str, object]:
        """Open a text; answers the params that name the marked place."""
        place = self.open(path, marked)
        assert place is not None
        position = {"line": place.line, "character": place.character}
        return {"textDocument": {"uri": uri(path)}, "position": position}

    def diagnostics(self, path: str, version: int | None = None) -> list[dict[str, Any]]:
        """Wait for the newest diagnostics of a file's newest version."""
        wanted = version or self._versions.get(path)

        def newest() -> dict[str, Any] | None:
            about = [item for item in self.published if item["uri"] == uri(path)]
            return about[-1] if about and about[-1].get("version") == wanted else None

        self.wait(lambda: newest() is not None)
        found = newest()
        assert found is not None
        items: list[dict[str, Any]] = found["diagnostics"]
        return items

    def _listen(self, stream: IO[bytes]) -> None:
        with suppress(ConnectionError):
            self._hear(stream)

    def _hear(self, stream: IO[bytes]) -> None:
        for message in _messages(stream):
            with self._heard:
                if message.get("method") == "podium/look":
                    self.looked.append(message["params"])
                    result = self._app(message["params"]["path"])
                    self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
                elif "method" in message:
                    self.published.append(message["params"])
                else:
                    self.answers[message["id"]] = message
                    self.order.append(message["id"])
                self._heard.notify_all()


def _messages(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    while header := stream.readline():
        length = int(header.partition(b":")[2])
        stream.readline()
        yield json.loads(stream.read(length))


@contextmanager
def language_process(
    files: Mapping[str, str] | None = None, parent: LanguageParent | None = None
) -> Iterator[LanguageClient]:
    """A process that has shaken hands."""
    with LanguageClient(parent) as client:
        client.start(files)
        yield client


def uri(path: str) -> str:
    """The URI of one of the app's files."""
    return f"file:///app/{path}"
