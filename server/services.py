"""Everything that handlers may call, as one value, and the order in which it is opened and closed."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from podium.server.background import Background
from podium.server.changes import Changes
from podium.server.datadir import DataDir
from podium.server.http.auth import Auth
from podium.server.http.hosts import Hosts
from podium.server.http.sockets import OpenSockets
from podium.server.metrics import Metrics
from podium.server.projects import Projects
from podium.server.settings import Settings
from podium.server.store.apps import Apps
from podium.server.store.client import Store
from podium.server.store.databases import Databases
from podium.server.store.files import Files
from podium.server.store.process import StoreProcess
from podium.server.templates import Templates


@dataclass(frozen=True, slots=True)
class Launch:
    """What is there before the event loop runs.

    ``address`` is the host and port that are really listened on; ``platform`` is missing where a MongoDB server keeps
    the platform's documents.
    """

    settings: Settings
    data: DataDir
    address: tuple[str, int]
    auth: Auth
    platform: StoreProcess | None
    databases: StoreProcess
    browser: bool


@dataclass(frozen=True, slots=True)
class Services:
    """What the server is made of."""

    settings: Settings
    data: DataDir
    address: tuple[str, int]
    auth: Auth
    hosts: Hosts
    sockets: OpenSockets
    background: Background
    changes: Changes
    metrics: Metrics
    store: Store
    databases: Databases
    apps: Apps
    files: Files
    templates: Templates
    projects: Projects

    async def prepare(self) -> None:
        """Make the store ready for queries."""
        await self.apps.prepare()
        await self.files.prepare()

    def app_url(self, name: str) -> str:
        """Where the gateway serves an app: browsers resolve every name under ``localhost`` to this machine."""
        return f"http://{name}.localhost:{self.address[1]}/"


async def open_services(stack: AsyncExitStack, launch: Launch) -> Services:
    """Open all services; ``stack`` closes them in the opposite order."""
    settings = launch.settings
    background = await stack.enter_async_context(Background())
    store = Store(settings.store, launch.platform)
    stack.push_async_callback(store.close)
    apps, files, templates, changes = Apps(store), Files(store), Templates(), Changes()
    return Services(
        settings=settings,
        data=launch.data,
        address=launch.address,
        auth=launch.auth,
        hosts=Hosts.of(settings.server),
        sockets=OpenSockets(),
        background=background,
        changes=changes,
        metrics=Metrics(store),
        store=store,
        databases=Databases(settings.store.apps_uri, launch.databases),
        apps=apps,
        files=files,
        templates=templates,
        projects=Projects(apps, files, templates, changes),
    )
