"""Everything that is alive on a server, put together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog

from podium.kernels.box.plan import BoxPlan
from podium.kernels.environments.environments import Environments
from podium.kernels.limits import KernelLimits
from podium.kernels.sessions import Kernels
from podium.server.background import Background
from podium.server.changes import AppPurged, Change, Changes, FilesChanged
from podium.server.datadir import DataDir
from podium.server.gateway.forward import Credentials
from podium.server.gateway.handler import AppOf, Gateway
from podium.server.http.auth import LOCAL_USER, Auth
from podium.server.live.directory import LiveDirectory
from podium.server.live.environments import AppEnvironments
from podium.server.live.events import EventLogs
from podium.server.live.exchanges import ExchangeService
from podium.server.live.language.home import LanguageHome
from podium.server.live.language.pool import LanguagePool, LanguageUnavailable
from podium.server.live.language.validator import Validator
from podium.server.live.launch import Launching
from podium.server.live.originals import Originals
from podium.server.live.records import Recorder
from podium.server.live.runs import RunService
from podium.server.models.common import AppId
from podium.server.models.runs import AppEventType
from podium.server.settings import KernelSettings
from podium.server.store.apps import Apps
from podium.server.store.databases import Databases
from podium.server.store.files import Files
from podium.server.store.records import Records

log = structlog.get_logger("podium.live")


@dataclass(frozen=True, slots=True)
class Parts:
    """What it is made from."""

    settings: KernelSettings
    data: DataDir
    box: BoxPlan | None
    auth: Auth
    changes: Changes
    apps: Apps
    files: Files
    records: Records
    databases: Databases
    url: Callable[[str], str]
    app_of: AppOf


@dataclass(frozen=True, slots=True)
class Live:
    """What handlers call."""

    events: EventLogs
    environments: AppEnvironments
    runs: RunService
    exchanges: ExchangeService
    recorder: Recorder
    languages: LanguagePool
    validator: Validator
    gateway: Gateway
    kernels: Kernels
    keeps_warm: bool

    async def collect(self) -> None:
        """Remove the environments that nobody needs any more."""
        used = self.kernels.environments | self.languages.environments
        await self.languages.forget(await self.environments.collect(used))

    async def warm_up(self) -> None:
        """Do ahead what the first Run and the first keystroke would have to wait for, unless memory is to be saved."""
        await self.kernels.warm_up()
        if not self.keeps_warm:
            return
        try:
            await self.validator.prepare()
        except LanguageUnavailable as error:
            log.warning("the language process is not ready", reason=error.detail)


async def open_live(stack: AsyncExitStack, parts: Parts) -> Live:
    """Open everything; ``stack`` closes it in the opposite order."""
    events, originals = EventLogs(), Originals()
    languages = await stack.enter_async_context(LanguagePool(_home(parts)))
    validator = Validator(languages)
    stack.push_async_callback(validator.close)
    kernels = await stack.enter_async_context(Kernels(_limits(parts.settings), box=parts.box))
    # Ended before the kernels are, so that no request in flight keeps one of them waiting.
    background = await stack.enter_async_context(Background())
    recorder = Recorder(parts.records, parts.apps, events, background)
    environments = await _open_environments(parts, events, background)
    launching = Launching(
        kernels=kernels,
        files=parts.files,
        checker=validator,
        environments=environments,
        background=background,
        variables=_variables(parts),
        note=lambda owner, app: parts.apps.touch(owner, app, "last_run_at"),
        load_timeout_s=parts.settings.load_timeout_s,
    )
    runs = RunService(launching, recorder=recorder, events=events, url=parts.url, work=parts.data.work)
    directory = LiveDirectory(LOCAL_USER, runs, parts.apps, recorder, originals)
    credentials = Credentials(parts.auth.cookie_name.rpartition("-")[0], parts.auth.token)
    parts.changes.subscribe(runs.take)
    parts.changes.subscribe(environments.take)
    parts.changes.subscribe(_publisher(events, parts.records, background))
    return Live(
        events=events,
        environments=environments,
        runs=runs,
        exchanges=ExchangeService(
            runs, directory, recorder, originals, credentials, background, lambda name: _host(parts.url(name))
        ),
        recorder=recorder,
        languages=languages,
        validator=validator,
        gateway=Gateway(directory, credentials, parts.app_of, background),
        kernels=kernels,
        keeps_warm=parts.settings.ready_kernels > 0,
    )


def _home(parts: Parts) -> LanguageHome:
    return LanguageHome(parts.data.language, parts.data.environments, parts.box)


def _limits(settings: KernelSettings) -> KernelLimits:
    return KernelLimits(
        max_kernels=settings.max_kernels,
        ready_kernels=settings.ready_kernels,
        memory_bytes=settings.memory_bytes,
        file_bytes=settings.file_bytes,
        tasks=settings.tasks,
        start_timeout_s=settings.start_timeout_s,
        idle_s=settings.idle_s,
    )


async def _open_environments(parts: Parts, events: EventLogs, background: Background) -> AppEnvironments:
    environments = Environments(parts.data.environments, parts.settings.environment_s)
    await asyncio.to_thread(environments.clear_leftovers)
    return AppEnvironments(environments, parts.files, events, background, parts.settings.environment_grace_s)


def _variables(parts: Parts) -> Callable[[AppId], dict[str, str]]:
    def variables(app: AppId) -> dict[str, str]:
        return {
            "PLATFORM_MONGO_URI": parts.databases.uri_for(app),
            "PODIUM_LOAD_TIMEOUT": str(parts.settings.load_timeout_s),
        }

    return variables


def _publisher(events: EventLogs, records: Records, background: Background) -> Callable[[Change], None]:
    def take(change: Change) -> None:
        if isinstance(change, FilesChanged):
            data = {"revision": change.revision, "paths": list(change.paths), "origin": change.origin}
            events.of(change.app).publish(AppEventType.FILES, data)
        elif isinstance(change, AppPurged):
            background.start(f"records of {change.app}", records.purge(change.owner, change.app))

    return take


def _host(url: str) -> str:
    return url.partition("://")[2].rstrip("/")
