"""What happens from time to time.

Apps whose deletion can no longer be undone are forgotten with all they stored, and environments that no app asks for
are removed.
"""

from __future__ import annotations

import asyncio

import structlog
from pymongo.errors import PyMongoError

from podium.server.http.problem import StoreUnavailable
from podium.server.services import Services

log = structlog.get_logger("podium.sweep")
EVERY_S = 60.0


async def sweep_for_ever(services: Services, every_s: float = EVERY_S) -> None:
    """Sweep now and then; while the store is away, later."""
    while True:
        try:
            await sweep(services)
        except (StoreUnavailable, PyMongoError) as error:
            log.info("swept later", reason=str(error))
        await asyncio.sleep(every_s)


async def sweep(services: Services) -> int:
    """Forget what was deleted long enough ago; returns how many apps that were."""
    expired = await services.apps.expired(services.settings.store.undo_s)
    for app in expired:
        await services.databases.drop(app.id)
        await services.projects.purge(app)
    await services.records.sweep(services.live.runs.started())
    await services.live.collect()
    return len(expired)
