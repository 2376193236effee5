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
from podium.server.settings import Settings
from podium.server.store.apps import Apps
from podium.server.store.client import Store
from podium.server.store.databases import Databases
from podium.server.store.process import StoreProcess


@dataclass(frozen=True, slots=True)
class Children:
    """The store processes, which are started before anything else; ``platform`` is missing where MongoDB serves."""

    platform: StoreProcess | None
    apps: StoreProcess


@dataclass(frozen=True, slots=True)
class Services:
    """What the server is made of. ``address`` is the host and port that it really listens on."""

    settings: Settings
    data: DataDir
    address: tuple[str, int]
    auth: Auth
    hosts: Hosts
    sockets: OpenSockets
    background: Background
    changes: Changes
    store: Store
    databases: Databases
    apps: Apps


async def open_services(
    stack: AsyncExitStack, settings: Settings, data: DataDir, children: Children, address: tuple[str, int]
) -> Services:
    """Open all services; ``stack`` closes them in the opposite order."""
    background = await stack.enter_async_context(Background())
    store = Store(settings.store.uri or _uri(children), settings.store.database, children.platform)
    stack.push_async_callback(store.close)
    return Services(
        settings=settings,
        data=data,
        address=address,
        auth=Auth(data.key(), settings.server.token, address[1], data.remember_ended),
        hosts=Hosts.of(settings.server),
        sockets=OpenSockets(),
        background=background,
        changes=Changes(),
        store=store,
        databases=Databases(settings.store.apps_uri, children.apps),
        apps=Apps(store),
    )


def _uri(children: Children) -> str:
    assert children.platform is not None  # noqa: S101 - without a MongoDB server there is always the child
    return children.platform.uri
