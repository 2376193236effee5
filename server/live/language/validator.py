"""The check of whole apps, in a language process that all requests share."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from typing import Any

import structlog

from podium.kernels.environments.python import OWN, Python
from podium.server.live.language.pool import LanguagePool, LanguageUnavailable
from podium.server.live.language.process import LanguageProcess
from podium.server.models.common import Diagnostic

log = structlog.get_logger("podium.language")

VALIDATE_S = 15.0
_NO_EDITOR: dict[str, Any] = {
    "processId": None,
    "rootUri": None,
    "capabilities": {},
    "initializationOptions": {"checks": False, "learns": False},
}


class ProcessEndedError(Exception):
    """The language process ended before it had answered."""


class Client:
    """Requests to one process, each answered in its own time."""

    def __init__(self, process: LanguageProcess) -> None:
        self.process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reader = asyncio.create_task(self._read(), name=f"answers of language process {process.pid}")

    async def request(self, method: str, params: Mapping[str, Any]) -> Any:
        """Return the result; raises :class:`ProcessEndedError`, also for an error answer."""
        id = next(self._ids)
        answer = self._waiting[id] = asyncio.get_running_loop().create_future()
        try:
            if self._reader.done():
                raise ProcessEndedError("the process ended")
            self.process.send({"jsonrpc": "2.0", "id": id, "method": method, "params": dict(params)})
            return await answer
        finally:
            del self._waiting[id]

    async def close(self) -> None:
        """Stop reading; whoever waits gets :class:`ProcessEndedError`."""
        self._reader.cancel()
        await asyncio.wait([self._reader])

    async def _read(self) -> None:
        try:
            async for message in self.process.messages():
                waiting = self._waiting.get(message.get("id", 0))
                if waiting is None or waiting.done():
                    continue
                if "error" in message:
                    waiting.set_exception(ProcessEndedError(str(message["error"].get("message"))))
                else:
                    waiting.set_result(message.get("result"))
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ProcessEndedError("the process ended"))


def _unavailable(reason: str) -> LanguageUnavailable:
    return LanguageUnavailable(f"The files could not be checked: {reason}. Try again in a moment.")


class Validator:
    """Checks an app's files; a process that hangs or dies is replaced for the next check."""

    def __init__(self, pool: LanguagePool, *, timeout_s: float = VALIDATE_S) -> None:
        self._pool = pool
        self._timeout_s = timeout_s
        self._client: Client | None = None
        self._turn = asyncio.Lock()

    async def validate(self, files: Mapping[str, str], entry: str, python: Python = OWN) -> list[Diagnostic]:
        """Find problems in files (path to text) that will run in ``python``; raises :class:`LanguageUnavailable`."""
        try:
            found = await self._ask(files, entry, python)
        except ProcessEndedError:
            # It may have ended long ago; another one is started for this.
            try:
                found = await self._ask(files, entry, python)
            except ProcessEndedError as error:
                raise _unavailable(str(error)) from error
        return [Diagnostic.model_validate(item) for item in found["diagnostics"]]

    async def _ask(self, files: Mapping[str, str], entry: str, python: Python) -> Any:
        client = await self._ready()
        libraries = None if python.libraries is None else str(python.libraries)
        wanted = {"files": dict(files), "entry": entry, "libraries": libraries}
        try:
            async with asyncio.timeout(self._timeout_s):
                return await client.request("podium/validate", wanted)
        except ProcessEndedError:
            await self._drop(client)
            raise
        except TimeoutError as error:
            await self._drop(client)
            raise _unavailable("it did not answer in time") from error

    async def check(self, files: Mapping[str, str], entry: str, python: Python) -> list[Diagnostic]:
        """Do the same for Run, which goes on without it: what is wrong then shows when the code is loaded."""
        try:
            return await self.validate(files, entry, python)
        except LanguageUnavailable as error:
            log.warning("run without a check", reason=error.detail)
            return []

    async def prepare(self) -> None:
        """Have a process ready, and what it imports for a check, before somebody waits for it."""
        await self.validate({"main.py": ""}, "main.py")

    async def close(self) -> None:
        """Let go of the process."""
        if self._client is not None:
            await self._drop(self._client)

    async def _ready(self) -> Client:
        async with self._turn:
            if self._client is not None:
                return self._client
            client = Client(await self._pool.acquire())
            try:
                async with asyncio.timeout(self._timeout_s):
                    await client.request("initialize", _NO_EDITOR)
            except ProcessEndedError:
                await self._give_back(client)
                raise
            except TimeoutError as error:
                await self._give_back(client)
                raise _unavailable("the language process does not start in time") from error
            self._client = client
            return client

    async def _drop(self, client: Client) -> None:
        async with self._turn:
            if self._client is client:
                self._client = None
                await self._give_back(client)

    async def _give_back(self, client: Client) -> None:
        await client.close()
        await self._pool.release(client.process)
