"""An app's environment variables."""

from __future__ import annotations

from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.models.variables import AppVariables, SetVariables
from podium.server.store.apps import NoSuchApp


async def get_variables(call: Call) -> Reply:
    app = await call.services.apps.get(call.user, call.path["app"])
    return Reply(body=AppVariables(variables=dict(app.variables)))


async def set_variables(call: Call[SetVariables]) -> Reply:
    app = await call.services.projects.set_variables(call.user, call.path["app"], call.body.variables)
    return Reply(body=AppVariables(variables=dict(app.variables)))


_VARIABLES = "/api/v1/apps/{app}/env"

OPERATIONS = (
    Operation(
        "GET",
        _VARIABLES,
        Access.USER,
        "Get the environment variables of an app",
        get_variables,
        answer=AppVariables,
        problems=(NoSuchApp,),
    ),
    Operation(
        "PUT",
        _VARIABLES,
        Access.USER,
        "Replace the environment variables of an app; a kernel that runs has to be restarted to see them",
        set_variables,
        body=SetVariables,
        answer=AppVariables,
        problems=(NoSuchApp,),
    ),
)
