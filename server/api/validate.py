"""The check of an app's stored files: the one that guards Run."""

from __future__ import annotations

from podium.kernels.environments.python import OWN
from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.http.problem import StoreUnavailable
from podium.server.live.language.pool import LanguageUnavailable
from podium.server.models.apps import Diagnostics
from podium.server.store.apps import NoSuchApp


async def validate(call: Call) -> Reply:
    app = await call.services.apps.get(call.user, call.path["app"])
    tree = await call.services.files.tree(call.user, app.id)
    files = tree.texts()
    python = call.services.live.environments.known(files) or OWN
    found = await call.services.live.validator.validate(files, app.entry, python)
    return Reply(body=Diagnostics(diagnostics=found))


OPERATIONS = (
    Operation(
        "POST",
        "/api/v1/apps/{app}/validate",
        Access.USER,
        "Check the stored files",
        validate,
        answer=Diagnostics,
        problems=(NoSuchApp, LanguageUnavailable, StoreUnavailable),
    ),
)
