"""One editor's conversation with a language process, which survives the process.

The editor's messages are passed on, and what another process would have to know is remembered: the ``initialize``
request, the open documents, the requests that wait for an answer. When the process ends, or leaves a request without an
answer for too long, another one takes its place and is told all of it; requests that waited are answered with
*content modified*, which editors ignore silently, and the editor notices nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from podium.server.http.problem import ApiError
from podium.server.live.language.documents import OpenDocuments
from podium.server.live.language.pool import LanguagePool, LanguageUnavailable
from podium.server.live.language.process import LanguageProcess, Message

log = structlog.get_logger("podium.language")

HANG_S = 15.0
"""How long a request may go without an answer before the process is given up."""
MAX_REPLACEMENTS = 5
REPLACEMENTS_IN_S = 60.0
CONTENT_MODIFIED = -32801
INTERNAL_ERROR = -32603
_REPLAYED = "podium/replayed-initialize"

Stored = Callable[[], Awaitable[tuple[dict[str, str], str]]]
Send = Callable[[Message], Awaitable[None]]


class Conversation:
    """``stored`` returns the app's files (path to text) and its entry point; ``send`` takes what the editor is told."""

    def __init__(self, pool: LanguagePool, stored: Stored, send: Send, *, hang_s: float = HANG_S) -> None:
        self._pool = pool
        self._stored = stored
        self._send = send
        self._hang_s = hang_s
        self._documents = OpenDocuments()
        self._initialize: Message | None = None
        self._initialized = False
        self._known: dict[str, str] = {}
        self._waiting: dict[int | str, float] = {}
        self._held: list[Message] = []
        self._replaced: deque[float] = deque(maxlen=MAX_REPLACEMENTS)
        self._process: LanguageProcess | None = None
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Carry the conversation until cancelled; raises :class:`LanguageUnavailable` when no process stays alive."""
        while True:
            process = await self._pool.acquire()
            try:
                await self._take_up(process)
                await self._carry(process)
            finally:
                self._process = None
                await self._pool.release(process)
            await self._refuse_waiting()
            self._check_replacements()

    async def take(self, message: Message) -> None:
        """Pass on a message of the editor."""
        method, id = message.get("method"), message.get("id")
        if method == "exit":
            return
        if method == "shutdown":
            await self._send({"jsonrpc": "2.0", "id": id, "result": None})
            return
        async with self._turn:
            if method == "initialize":
                await self._begin(message)
            else:
                await self._pass_on(message, method, id)

    async def files_changed(self) -> None:
        """Tell the process what has changed in the store since it was told last."""
        if not self._initialized:
            return
        files, entry = await self._stored()
        async with self._turn:
            changed = {path: text for path, text in files.items() if self._known.get(path) != text}
            removed = [path for path in self._known if path not in files]
            self._known = files
            if self._process is not None:
                params = {"changed": changed, "removed": removed, "entry": entry}
                await self._process.send({"jsonrpc": "2.0", "method": "podium/files", "params": params})

    async def _begin(self, message: Message) -> None:
        self._initialize = message
        self._initialized = False
        self._waiting[message["id"]] = time.monotonic()
        if self._process is not None:
            await self._send_initialize(self._process, message["id"])

    async def _pass_on(self, message: Message, method: str | None, id: int | str | None) -> None:
        if method is not None and id is None:
            self._documents.follow(method, message.get("params") or {})
        if self._process is None:
            # The next process learns of notifications by what they changed; requests wait for it.
            if method is not None and id is not None:
                self._held.append(message)
            return
        if method is not None and id is not None:
            self._waiting[id] = time.monotonic()
        await self._process.send(message)

    async def _take_up(self, process: LanguageProcess) -> None:
        async with self._turn:
            if self._initialize is not None:
                await self._send_initialize(process, _REPLAYED if self._initialized else self._initialize["id"])
            if self._initialized:
                await process.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
                for params in self._documents.opening():
                    await process.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": params})
            held, self._held = self._held, []
            for message in held:
                self._waiting[message["id"]] = time.monotonic()
                await process.send(message)
            self._process = process

    async def _send_initialize(self, process: LanguageProcess, id: int | str) -> None:
        assert self._initialize is not None  # noqa: S101 - the callers have looked
        try:
            files, entry = await self._stored()
        except ApiError as error:
            self._waiting.pop(id, None)
            await self._answer_error(id, INTERNAL_ERROR, error.detail)
            return
        self._known = files
        params: dict[str, Any] = self._initialize.get("params") or {}
        options = {**(params.get("initializationOptions") or {}), "files": files, "entry": entry}
        await process.send({**self._initialize, "id": id, "params": {**params, "initializationOptions": options}})

    async def _carry(self, process: LanguageProcess) -> None:
        relaying = asyncio.create_task(self._relay(process), name=f"language process {process.pid}")
        try:
            while not self._hangs():
                done, _ = await asyncio.wait([relaying], timeout=min(1.0, self._hang_s / 4))
                if done:
                    log.warning("language process ended", pid=process.pid, error=str(relaying.exception() or ""))
                    return
            log.warning("language process hangs", pid=process.pid)
        finally:
            relaying.cancel()
            await asyncio.wait([relaying])

    async def _relay(self, process: LanguageProcess) -> None:
        async for message in process.messages():
            if "method" not in message:
                id = message.get("id")
                self._waiting.pop(id, None)  # type: ignore[arg-type] # an id that nobody waits for is no matter
                if id == _REPLAYED:
                    continue
                if self._initialize is not None and id == self._initialize["id"]:
                    self._initialized = "result" in message
            await self._send(message)

    def _hangs(self) -> bool:
        oldest = min(self._waiting.values(), default=None)
        return oldest is not None and time.monotonic() - oldest > self._hang_s

    async def _refuse_waiting(self) -> None:
        async with self._turn:
            unanswered = self._initialize["id"] if self._initialize is not None and not self._initialized else None
            for id in [id for id in self._waiting if id != unanswered]:
                await self._refuse(id)
            if unanswered in self._waiting:
                self._waiting[unanswered] = time.monotonic()

    async def _refuse(self, id: int | str) -> None:
        self._waiting.pop(id, None)
        await self._answer_error(id, CONTENT_MODIFIED, "The language process was replaced meanwhile.")

    async def _answer_error(self, id: int | str, code: int, message: str) -> None:
        await self._send({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})

    def _check_replacements(self) -> None:
        now = time.monotonic()
        if len(self._replaced) == MAX_REPLACEMENTS and now - self._replaced[0] < REPLACEMENTS_IN_S:
            raise LanguageUnavailable("It ended again and again. The log of Podium says more.")
        self._replaced.append(now)
