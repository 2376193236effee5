"""Which environment each app runs in: found or made from its requirements.txt, with the progress as the app's events.

An environment is made when a Run needs it, and already when an editor of the app is open and requirements.txt has not
been changed for a moment. Nothing of what is installed is executed by that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

from podium.ide.text import Text, without_bom
from podium.ide.validation import requirements
from podium.kernels.environments.basis import Wish, Wishes
from podium.kernels.environments.environments import Environments
from podium.kernels.environments.failure import EnvironmentFailed
from podium.kernels.environments.python import Python
from podium.server.background import Background, end
from podium.server.changes import AppPurged, Change, FilesChanged
from podium.server.http.problem import ApiError
from podium.server.live import problems
from podium.server.live.events import EventLogs
from podium.server.models.common import AppId, Diagnostic, Severity, UserId
from podium.server.models.runs import AppEventType, EnvironmentProgress, EnvironmentState
from podium.server.store.files import Files, NoSuchFile

QUIET_S = 1.5
"""How long requirements.txt has to be left alone before it is acted upon: half a name may be a package too."""


@dataclass(slots=True)
class _Making:
    """An environment that is being made for an app: from which text, and whether a Run waits for it."""

    text: str
    task: asyncio.Task[Python | ApiError]
    runs: int = 0


class AppEnvironments:
    """The environments of all apps. Unused ones are kept for ``grace_s`` seconds."""

    def __init__(
        self, environments: Environments, files: Files, events: EventLogs, background: Background, grace_s: float
    ) -> None:
        self._environments = environments
        self._files = files
        self._events = events
        self._background = background
        self._grace_s = grace_s
        self._making: dict[AppId, _Making] = {}
        self._waiting: dict[AppId, asyncio.Task[None]] = {}
        self._failures: dict[AppId, tuple[str, tuple[Diagnostic, ...]]] = {}

    def known(self, files: Mapping[str, str]) -> Python | None:
        """The environment for an app's files; ``None`` when it has to be made first, or cannot be."""
        wishes = _wishes(files)
        return None if wishes is None else self._environments.known(wishes)

    def unmet(self, app: AppId, files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
        """What of an app's requirements could not be installed at the last try, if that was made with this text."""
        text, found = self._failures.get(app, ("", ()))
        return found if text == _text(files) else ()

    async def make(self, app: AppId, files: Mapping[str, str]) -> Python:
        """Make the environment for a Run. Raises ``EnvironmentFailed`` and ``EnvironmentUnavailable``.

        When this is cancelled, the work ends.
        """
        making = self._begin(app, files)
        making.runs += 1
        try:
            result = await asyncio.shield(making.task)
        except asyncio.CancelledError:
            await end([making.task])
            raise
        finally:
            making.runs -= 1
        if isinstance(result, ApiError):
            raise result
        return result

    def prepare(self, owner: UserId, app: AppId, delay_s: float = 0.0) -> None:
        """Make an app's environment ahead, unless it changes again before ``delay_s`` seconds have passed."""
        waiting = self._waiting.get(app)
        if waiting is not None:
            waiting.cancel()
        self._waiting[app] = self._background.start(f"requirements of {app}", self._prepare(owner, app, delay_s))

    def take(self, change: Change) -> None:
        """Follow what happens to apps elsewhere in the server."""
        if isinstance(change, FilesChanged) and requirements.FILE in change.paths:
            self.prepare(change.owner, change.app, QUIET_S)
        elif isinstance(change, AppPurged):
            self._failures.pop(change.app, None)

    async def collect(self, used: set[Python]) -> list[str]:
        """Remove the environments that no app asks for, apart from those in ``used``; the keys of those removed."""
        texts = await self._files.everywhere(requirements.FILE)
        wanted = {wishes for text in texts if (wishes := _wishes({requirements.FILE: text}))}
        return await asyncio.to_thread(self._environments.collect, wanted, used, self._grace_s)

    async def _prepare(self, owner: UserId, app: AppId, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        try:
            files = (await self._files.tree(owner, app)).texts()
        except NoSuchFile:
            return
        making = self._making.get(app)
        if making is not None and making.runs:
            return
        if _wishes(files) and self.known(files) is None:
            self._begin(app, files)
        elif making is not None:
            await end([making.task])

    def _begin(self, app: AppId, files: Mapping[str, str]) -> _Making:
        text, making = _text(files), self._making.get(app)
        if making is not None and not making.task.done():
            if making.text == text:
                return making
            making.task.cancel()
        task = self._background.start(f"environment of {app}", self._make(app, files))
        making = self._making[app] = _Making(text, task)
        return making

    async def _make(self, app: AppId, files: Mapping[str, str]) -> Python | ApiError:
        """Make it, and tell how that goes; what goes wrong is the result, since nobody may wait for it."""
        telling = _Telling(self._events, app)
        try:
            python = await self._environments.make(_wishes(files) or (), telling.line)
        except EnvironmentFailed as error:
            found = (_diagnostic(files, error),)
            self._failures[app] = _text(files), found
            telling.end(EnvironmentState.FAILED, str(error), found)
            return problems.EnvironmentUnavailable(error) if error.passing else problems.EnvironmentFailed(error, found)
        except asyncio.CancelledError:
            telling.end(EnvironmentState.STOPPED, "Stopped.")
            raise
        self._failures.pop(app, None)
        telling.end(EnvironmentState.READY, "The environment is ready.")
        return python


class _Telling:
    """Publishes the progress of one environment."""

    def __init__(self, events: EventLogs, app: AppId) -> None:
        self._events = events
        self._app = app
        self._started = time.perf_counter()

    def line(self, line: str) -> None:
        """Tell what is being done."""
        self._publish(EnvironmentState.MAKING, line)

    def end(self, state: EnvironmentState, line: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        """Tell what came of it."""
        self._publish(state, line, diagnostics)

    def _publish(self, state: EnvironmentState, line: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        ms = round((time.perf_counter() - self._started) * 1000, 1)
        progress = EnvironmentProgress(state=state, line=line.strip(), ms=ms, diagnostics=diagnostics)
        self._events.of(self._app).publish(AppEventType.ENVIRONMENT, progress)


def _text(files: Mapping[str, str]) -> str:
    return without_bom(files.get(requirements.FILE, ""))


def _wishes(files: Mapping[str, str]) -> Wishes | None:
    """What an app asks for; ``None`` when a line cannot be used, which the check says."""
    found = requirements.read(files)
    return None if found is None else tuple(Wish(line, requirement) for line, requirement in found)


def _diagnostic(files: Mapping[str, str], error: EnvironmentFailed) -> Diagnostic:
    """A failure as a mistake on the line that asks for what cannot be had, or at the beginning of the file."""
    # Somebody else may have waited for the same, with it on another line.
    wish = None if error.wish is None else str(error.wish.requirement)
    lines = [own.line for own in _wishes(files) or () if str(own.requirement) == wish]
    where = Text(_text(files)).line_range(lines[0] if lines else 0)
    return Diagnostic.model_validate(
        {
            "path": requirements.FILE,
            "range": {
                "start": {"line": where.start.line, "character": where.start.character},
                "end": {"line": where.end.line, "character": where.end.character},
            },
            "severity": Severity.ERROR,
            "source": "environment",
            "code": "unmet-requirement",
            "message": str(error),
        }
    )
