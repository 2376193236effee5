"""One editor's conversation with its language processes: a lane for each sort of request.

A slow answer delays no fast one: what is wanted while somebody types, what takes a search through the app, and what
needs no inference are computed in processes of their own. Notifications go to all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from podium.kernels.environments.python import Python
from podium.server.http.problem import ApiError
from podium.server.live.language.lane import Known, Lane, LookUp, Send, Stored
from podium.server.live.language.pool import LanguagePool, LanguageUnavailable
from podium.server.live.language.process import Message

HANG_S = 15.0
"""How long a request may go without an answer before its process is given up."""
INTERNAL_ERROR = -32603

_TYPING = frozenset({"textDocument/completion", "completionItem/resolve", "textDocument/signatureHelp"})
_LOOKING = frozenset(
    {
        "textDocument/hover",
        "textDocument/definition",
        "textDocument/references",
        "textDocument/documentHighlight",
        "textDocument/prepareRename",
        "textDocument/rename",
    }
)

AskStored = Callable[[], Awaitable[Stored]]


class Conversation:
    """``stored`` returns what is known of the app now; ``send`` takes what the editor is told.

    ``look`` says what a name stands for in the running app.
    """

    def __init__(
        self, pool: LanguagePool, stored: AskStored, send: Send, look: LookUp, *, hang_s: float = HANG_S
    ) -> None:
        self._stored = stored
        self._send = send
        self._known = Known()

        def lane(*, checks: bool = False, learns: bool = False) -> Lane:
            options = {"checks": checks, "learns": learns, "looks": not checks}
            return Lane(pool, self._known, send, look, options=options, answers_first=checks, hang_s=hang_s)

        self._typing, self._looking, self._checking = lane(learns=True), lane(), lane(checks=True)
        self._lanes = (self._checking, self._typing, self._looking)

    async def run(self) -> None:
        """Carry the conversation until cancelled; raises :class:`LanguageUnavailable` when no process stays alive."""
        try:
            async with asyncio.TaskGroup() as group:
                for lane in self._lanes:
                    group.create_task(lane.run())
        except* LanguageUnavailable as errors:
            raise LanguageUnavailable(str(errors.exceptions[0])) from errors

    async def take(self, message: Message) -> None:
        """Pass on a message of the editor."""
        method, id = message.get("method"), message.get("id")
        if method == "shutdown":
            await self._send({"jsonrpc": "2.0", "id": id, "result": None})
        elif method == "initialize":
            await self._begin(message)
        elif method is not None and method not in ("exit", "initialized"):
            async with self._known.turn:
                await self._pass_on(message, method, is_request=id is not None)

    async def files_changed(self) -> None:
        """Tell the processes what has changed in the store since they were told last."""
        known = self._known
        if known.initialize is None:
            return
        now = await self._stored()
        async with known.turn:
            before = known.stored.files
            changed = {path: text for path, text in now.files.items() if before.get(path) != text}
            removed = [path for path in before if path not in now.files]
            known.stored = now
            params = {"changed": changed, "removed": removed, "entry": now.entry, "unmet": list(now.unmet)}
            self._notify({"jsonrpc": "2.0", "method": "podium/files", "params": params})
        self._settle_in(now.python)

    async def _begin(self, message: Message) -> None:
        try:
            stored = await self._stored()
        except ApiError as error:
            problem = {"code": INTERNAL_ERROR, "message": error.detail}
            await self._send({"jsonrpc": "2.0", "id": message["id"], "error": problem})
            return
        async with self._known.turn:
            self._known.initialize, self._known.stored = message, stored
            for lane in self._lanes:
                lane.begin()
        self._settle_in(stored.python)

    def _settle_in(self, python: Python | None) -> None:
        """Move to the environment that the app runs in; while that is being made, the one before has to do."""
        if python is not None and python != self._known.python:
            self._known.python = python
            for lane in self._lanes:
                lane.move()

    async def _pass_on(self, message: Message, method: str, *, is_request: bool) -> None:
        if is_request:
            self._lane(method).request(message)
        elif method == "$/cancelRequest":
            for lane in self._lanes:
                await lane.cancel(message)
        else:
            self._known.documents.follow(method, message.get("params") or {})
            self._notify(message)

    def _lane(self, method: str) -> Lane:
        if method in _TYPING:
            return self._typing
        return self._looking if method in _LOOKING else self._checking

    def _notify(self, message: Message) -> None:
        for lane in self._lanes:
            lane.notify(message)
