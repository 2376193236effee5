"""Everything that handlers may call, as one value, and the order in which it is opened and closed."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from podium.kernels.box.coverage import Coverage
from podium.server.background import Background
from podium.server.boxing import plan
from podium.server.changes import Changes
from podium.server.datadir import DataDir
from podium.server.http.auth import Auth
from podium.server.http.hosts import Hosts
from podium.server.http.sockets import OpenSockets
from podium.server.live.service import Live, Parts, open_live
from podium.server.metrics import Metrics
from podium.server.projects import Projects
from podium.server.settings import Settings
from podium.server.store.apps import Apps
from podium.server.store.client import Store
from podium.server.store.databases import Databases
from podium.server.store.files import Files
from podium.server.store.process import StoreProcess
from podium.server.store.records import Records
from podium.server.templates import Templates


@dataclass(frozen=True, slots=True)
class Launch:
    """What is there before the event loop runs.

    ``address`` is the host and port that are really listened on; ``platform`` is missing where a MongoDB server keeps
    the platform's documents. ``box`` says what apps are kept from.
    """

    settings: Settings
    data: DataDir
    address: tuple[str, int]
    auth: Auth
    platform: StoreProcess | None
    databases: StoreProcess
    box: Coverage
    browser: bool

    @property
    def own_ports(self) -> tuple[int, ...]:
        """Where only the platform is to be reached: the server's port, and that of its store."""
        return (self.address[1], *([self.platform.port] if self.platform else []))


@dataclass(frozen=True, slots=True)
class Services:
    """What the server is made of."""

    settings: Settings
    data: DataDir
    address: tuple[str, int]
    box: Coverage
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
    records: Records
    live: Live

    async def prepare(self) -> None:
        """Make the store ready for queries."""
        await self.apps.prepare()
        await self.files.prepare()
        await self.records.prepare()

    def app_url(self, name: str) -> str:
        """Where the gateway serves an app."""
        return app_url(name, self.address[1])


async def open_services(stack: AsyncExitStack, launch: Launch) -> Services:
    """Open all services; ``stack`` closes them in the opposite order."""
    settings = launch.settings
    background = await stack.enter_async_context(Background())
    store = Store(settings.store, launch.platform)
    stack.push_async_callback(store.close)
    apps, files, templates, changes = Apps(store), Files(store), Templates(), Changes()
    hosts, records = Hosts.of(settings.server), Records(store)
    databases = Databases(settings.store.apps_uri, launch.databases)
    live = await open_live(
        stack,
        Parts(
            settings=settings.kernels,
            data=launch.data,
            box=plan(launch.box, launch.data, launch.own_ports),
            auth=launch.auth,
            changes=changes,
            apps=apps,
            files=files,
            records=records,
            databases=databases,
            url=lambda name: app_url(name, launch.address[1]),
            app_of=hosts.app_of,
        ),
    )
    return Services(
        settings=settings,
        data=launch.data,
        address=launch.address,
        box=launch.box,
        auth=launch.auth,
        hosts=hosts,
        sockets=OpenSockets(),
        background=background,
        changes=changes,
        metrics=Metrics(store),
        store=store,
        databases=databases,
        apps=apps,
        files=files,
        templates=templates,
        projects=Projects(apps, files, templates, changes),
        records=records,
        live=live,
    )


def app_url(name: str, port: int) -> str:
    """Where an app is served: browsers resolve every name under ``localhost`` to this machine."""
    return f"http://{name}.localhost:{port}/"
