"""One of the language processes of an editor, for requests of one sort, replaced when it hangs or dies.

What another process would have to know is remembered here or told by the conversation: the ``initialize`` request, the
app's files, the open documents, the requests that wait for an answer. When the process ends, or leaves a request
without an answer for too long, another one takes its place and is told all of it; requests that waited are answered
with *content modified*, which editors ignore silently, and the editor notices nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from podium.kernels.environments.python import OWN, Python
from podium.server.live.language.documents import OpenDocuments
from podium.server.live.language.pool import LanguagePool, LanguageUnavailable
from podium.server.live.language.process import LanguageProcess, Message

log = structlog.get_logger("podium.language")

MAX_REPLACEMENTS = 5
REPLACEMENTS_IN_S = 60.0
MAX_BACKLOG = 16 * 1024 * 1024
"""Bytes that a process may leave unread; telling it about an app for the first time takes up to 3 MB."""
CONTENT_MODIFIED = -32801
_REPLAYED = "podium/replayed-initialize"
_LOOK = "podium/look"

Send = Callable[[Message], Awaitable[None]]
LookUp = Callable[[Mapping[str, Any]], Awaitable[Any]]
"""From the params of ``podium/look`` to its result (:mod:`podium.ide.language.running`)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the server knows of an app: its files (path to text), its entry point, and the environment that it runs in.

    ``python`` is missing while that is being made. ``unmet`` are requirements that could not be installed, each with
    its line and why.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    entry: str = "main.py"
    python: Python | None = OWN
    unmet: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class Known:
    """What every process of a conversation is told: it is the conversation's, and changes while ``turn`` is held.

    ``python`` is the environment that the app runs in, the last one while another is being made.
    """

    initialize: Message | None = None
    stored: Stored = field(default_factory=Stored)
    python: Python = OWN
    documents: OpenDocuments = field(default_factory=OpenDocuments)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Lane:
    """``options`` are added to the editor's own; the answer to ``initialize`` is passed on if it ``answers_first``."""

    def __init__(
        self,
        pool: LanguagePool,
        known: Known,
        send: Send,
        look: LookUp,
        *,
        options: Mapping[str, Any],
        answers_first: bool,
        hang_s: float,
    ) -> None:
        self._pool = pool
        self._known = known
        self._send = send
        self._look = look
        self._looking: set[asyncio.Task[None]] = set()
        self._options = options
        self._answers_first = answers_first
        self._hang_s = hang_s
        self._waiting: dict[int | str, float] = {}
        self._held: list[Message] = []
        self._replaced: deque[float] = deque(maxlen=MAX_REPLACEMENTS)
        self._process: LanguageProcess | None = None
        self._moving = asyncio.Event()

    async def run(self) -> None:
        """Keep a process until cancelled; raises :class:`LanguageUnavailable` when none stays alive."""
        process = await self._acquire()
        while True:
            successor: LanguageProcess | None = None
            try:
                await self._take_up(process)
                successor = await self._carry(process)
            finally:
                self._process = None
                await self._pool.release(process)
            await self._refuse_waiting()
            if successor is None:
                self._check_replacements()
            process = successor or await self._acquire()

    def move(self) -> None:
        """Change over to a process of the app's environment, as soon as there is one; until then nothing changes."""
        self._moving.set()

    async def _acquire(self) -> LanguageProcess:
        """A process of the environment that the app runs in by the time it is there."""
        while True:
            self._moving.clear()
            python = self._known.python
            process = await self._pool.acquire(python, learned=not self._options["checks"])
            if python == self._known.python:
                return process
            await self._pool.release(process)

    def begin(self) -> None:
        """Tell the process what is known, for the first time. While ``turn`` is held, as all of these."""
        if self._process is not None:
            self._introduce(self._process)

    def notify(self, message: Message) -> None:
        """Pass on a notification. The next process learns of it by what it changed."""
        if self._process is not None:
            self._process.send(message)

    def request(self, message: Message) -> None:
        """Pass on a request, as soon as there is a process."""
        if self._process is None:
            self._held.append(message)
            return
        self._waiting[message["id"]] = time.monotonic()
        self._process.send(message)

    async def cancel(self, message: Message) -> None:
        """Pass on that a request is not wanted any more."""
        wanted = (message.get("params") or {}).get("id")
        for held in [held for held in self._held if held["id"] == wanted]:
            self._held.remove(held)
            await self._refuse(held["id"])
        self.notify(message)

    async def _take_up(self, process: LanguageProcess) -> None:
        async with self._known.turn:
            if self._known.initialize is not None:
                self._introduce(process)
            held, self._held = self._held, []
            for message in held:
                self._waiting[message["id"]] = time.monotonic()
                process.send(message)
            self._process = process

    def _introduce(self, process: LanguageProcess) -> None:
        initialize = self._known.initialize
        assert initialize is not None  # noqa: S101 - the callers have looked
        id = initialize["id"] if self._answers_first else _REPLAYED
        if self._answers_first:
            self._waiting[id] = time.monotonic()
        params: dict[str, Any] = initialize.get("params") or {}
        stored = self._known.stored
        own = {"files": dict(stored.files), "entry": stored.entry, "unmet": list(stored.unmet), **self._options}
        options = {**(params.get("initializationOptions") or {}), **own}
        process.send({**initialize, "id": id, "params": {**params, "initializationOptions": options}})
        process.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        for opening in self._known.documents.opening():
            process.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": opening})

    async def _carry(self, process: LanguageProcess) -> LanguageProcess | None:
        """Use a process until it ends or hangs, or until there is its successor in another environment."""
        relaying = asyncio.create_task(self._relay(process), name=f"language process {process.pid}")
        moving = asyncio.create_task(self._successor(), name=f"successor of language process {process.pid}")
        tasks: list[asyncio.Task[Any]] = [relaying, moving]
        try:
            while not self._hangs(process):
                await asyncio.wait(tasks, timeout=min(1.0, self._hang_s / 4), return_when=asyncio.FIRST_COMPLETED)
                if moving.done():
                    return moving.result()
                if relaying.done():
                    log.warning("language process ended", pid=process.pid, error=str(relaying.exception() or ""))
                    return None
            log.warning("language process hangs", pid=process.pid)
            return None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _successor(self) -> LanguageProcess:
        """Wait until the app has another environment, and return a process of that."""
        while True:
            await self._moving.wait()
            try:
                return await self._acquire()
            except LanguageUnavailable as error:
                log.warning("an editor stays in the environment before", reason=error.detail)

    async def _relay(self, process: LanguageProcess) -> None:
        async for message in process.messages():
            if message.get("method") == _LOOK:
                # Nobody behind it waits for what the app has to say.
                task = asyncio.create_task(self._answer(process, message), name="look into the running app")
                self._looking.add(task)
                task.add_done_callback(self._looking.discard)
                continue
            if "method" not in message:
                id = message.get("id")
                self._waiting.pop(id, None)  # type: ignore[arg-type] # an id that nobody waits for is no matter
                if id == _REPLAYED:
                    continue
                if self._answers_first and self._known.initialize is not None and id == self._known.initialize["id"]:
                    self._answers_first = False
            await self._send(message)

    async def _answer(self, process: LanguageProcess, message: Message) -> None:
        result = await self._look(message["params"])
        process.send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _hangs(self, process: LanguageProcess) -> bool:
        oldest = min(self._waiting.values(), default=None)
        return process.backlog > MAX_BACKLOG or (oldest is not None and time.monotonic() - oldest > self._hang_s)

    async def _refuse_waiting(self) -> None:
        async with self._known.turn:
            initialize = self._known.initialize
            unanswered = initialize["id"] if initialize is not None and self._answers_first else None
            for id in [id for id in self._waiting if id != unanswered]:
                await self._refuse(id)

    async def _refuse(self, id: int | str) -> None:
        self._waiting.pop(id, None)
        error = {"code": CONTENT_MODIFIED, "message": "The language process was replaced meanwhile."}
        await self._send({"jsonrpc": "2.0", "id": id, "error": error})

    def _check_replacements(self) -> None:
        now = time.monotonic()
        if len(self._replaced) == MAX_REPLACEMENTS and now - self._replaced[0] < REPLACEMENTS_IN_S:
            raise LanguageUnavailable("It ended again and again. The log of Podium says more.")
        self._replaced.append(now)
