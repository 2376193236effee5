"""The Language Server Protocol over a WebSocket: one JSON-RPC message per text frame, positions in UTF-16 units.

Documents are ``file:///app/PATH``. The server tells the language process what is stored, at the beginning and whenever
another tab changes it, so an editor opens only what it shows.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

import structlog
from tornado.websocket import WebSocketClosedError

from podium.runner.protocol import Look
from podium.runner.wire import to_wire
from podium.server.background import end
from podium.server.http.operation import Access, Socket
from podium.server.http.problem import ApiError
from podium.server.http.sockets import AppSocket, close_reason
from podium.server.live.events import EndOfEventsError
from podium.server.live.language.conversation import Conversation
from podium.server.live.language.lane import Stored
from podium.server.live.language.pool import LanguageUnavailable
from podium.server.live.language.process import Message
from podium.server.models.runs import AppEvent, AppEventType, EnvironmentState

log = structlog.get_logger("podium.language")

UNUSABLE_FRAME = 1003
TRY_AGAIN_LATER = 1013
_PARSE_ERROR = -32700
_INVALID_REQUEST = -32600


class LspSocket(AppSocket):
    """One editor."""

    _tasks: tuple[asyncio.Task[None], ...] = ()
    _conversation: Conversation

    def opened(self) -> None:
        start = self.services.background.start
        self.services.live.environments.prepare(self.user, self.app.id)
        self._conversation = Conversation(self.services.live.languages, self._stored, self._tell, self._look)
        self._tasks = (
            start(f"language of {self.app.id}", self._carry()),
            start(f"files for the language of {self.app.id}", self._follow_files()),
        )

    async def on_message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.close(UNUSABLE_FRAME, "Send each message as one text frame.")
            return
        try:
            content = json.loads(message)
        except ValueError:
            await self._refuse(_PARSE_ERROR, "The message is not valid JSON.")
            return
        if isinstance(content, dict):
            await self._conversation.take(content)
        else:
            await self._refuse(_INVALID_REQUEST, "A message is a JSON object.")

    def closed(self) -> None:
        self.services.background.start(f"end of the language of {self.app.id}", end(self._tasks))

    async def _carry(self) -> None:
        try:
            await self._conversation.run()
        except LanguageUnavailable as error:
            self.close(TRY_AGAIN_LATER, close_reason(error.detail))

    async def _follow_files(self) -> None:
        events = self.services.live.events.of(self.app.id)
        with contextlib.suppress(EndOfEventsError), events.subscribe(events.last) as news:
            while True:
                published = await news.next()
                if any(_concerns_language(item.event) for item in published):
                    await self._files_changed()

    async def _files_changed(self) -> None:
        try:
            await self._conversation.files_changed()
        except ApiError as error:
            # The next change tells everything that this one would have.
            log.info("the language process was not told of a change", app=self.app.id, reason=error.detail)

    async def _stored(self) -> Stored:
        app = await self.services.apps.get(self.user, self.app.id)
        files = (await self.services.files.tree(self.user, app.id)).texts()
        environments = self.services.live.environments
        unmet = tuple(
            {"line": item.range.start.line, "message": item.message} for item in environments.unmet(app.id, files)
        )
        return Stored(files, app.entry, environments.known(files), unmet)

    async def _look(self, params: Mapping[str, Any]) -> Any:
        wanted = Look(params["file"], tuple(params["path"]))
        return to_wire(await self.services.live.runs.look(self.app.id, wanted))

    async def _tell(self, message: Message) -> None:
        with contextlib.suppress(WebSocketClosedError):
            await self.write_message(json.dumps(message, separators=(",", ":")))

    async def _refuse(self, code: int, message: str) -> None:
        await self._tell({"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": message}})


def _concerns_language(event: AppEvent) -> bool:
    """Whether files may have changed, or the environment that they are to run in."""
    if event.type is AppEventType.ENVIRONMENT:
        return EnvironmentState(event.data["state"]) is not EnvironmentState.MAKING
    return event.type in {AppEventType.FILES, AppEventType.DROPPED}


SOCKETS = (
    Socket(
        "/api/v1/apps/{app}/lsp",
        Access.USER,
        "The Language Server Protocol, one message per frame",
        LspSocket,
    ),
)
