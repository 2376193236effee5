"""A small LSP client that drives a real language process over its pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, BinaryIO, Self

from podium.ide.text import Position, Text

WAIT_S = 60
CURSOR = "‸"
"""Stands in a test's text for the place that is asked about."""


class AnswerError(Exception):
    """A request was answered with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]


class LanguageClient:
    """One language process and everything that it has said."""

    def __init__(self, **environment: str) -> None:
        command = [sys.executable, "-P", "-m", "podium.ide.language"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | environment
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._stdin: BinaryIO = self.process.stdin  # type: ignore[assignment]  # Popen is unbuffered binary here
        self.answers: dict[int | str | None, dict[str, Any]] = {}
        self.order: list[int | str | None] = []
        self.published: list[dict[str, Any]] = []
        self.stderr = b""
        self._heard = threading.Condition()
        self._next = 0
        self._versions: dict[str, int] = {}
        self._threads = [
            threading.Thread(target=self._listen, args=(self.process.stdout,)),
            threading.Thread(target=self._log, args=(self.process.stderr,)),
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> int:
        """Close stdin, which ends the process; answers its exit code."""
        if not self._stdin.closed:
            with suppress(BrokenPipeError):
                self._stdin.close()
        code = self.process.wait(WAIT_S)
        for thread in self._threads:
            thread.join(WAIT_S)
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def start(self, files: Mapping[str, str] | None = None, entry: str = "main.py") -> dict[str, Any]:
        """Shake hands; answers the result of ``initialize``."""
        options = {"files": dict(files or {}), "entry": entry}
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
        self._stdin.write(data)
        self._stdin.flush()

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

    def _listen(self, stream: BinaryIO) -> None:
        for message in _messages(stream):
            with self._heard:
                if "method" in message:
                    self.published.append(message["params"])
                else:
                    self.answers[message["id"]] = message
                    self.order.append(message["id"])
                self._heard.notify_all()

    def _log(self, stream: BinaryIO) -> None:
        for line in stream:
            with self._heard:
                self.stderr += line
                self._heard.notify_all()


def _messages(stream: BinaryIO) -> Iterator[dict[str, Any]]:
    while header := stream.readline():
        length = int(header.partition(b":")[2])
        stream.readline()
        yield json.loads(stream.read(length))


@contextmanager
def language_process(files: Mapping[str, str] | None = None, **environment: str) -> Iterator[LanguageClient]:
    """A process that has shaken hands."""
    with LanguageClient(**environment) as client:
        client.start(files)
        yield client


def uri(path: str) -> str:
    """The URI of one of the app's files."""
    return f"file:///app/{path}"
