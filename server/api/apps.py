"""Apps: list, create, rename, delete, restore."""

from __future__ import annotations

from podium.server.http.operation import Access, Call, Operation, Reply
from podium.server.models.apps import App, AppList, CreateApp, UpdateApp
from podium.server.projects import NoSuchEntry, TwoOrigins
from podium.server.services import Services
from podium.server.store.apps import NameTaken, NoSuchApp, StoredApp
from podium.server.store.paths import InvalidPath
from podium.server.templates import NoSuchTemplate


async def list_apps(call: Call) -> Reply:
    apps = await call.services.apps.all(call.user)
    revisions = await call.services.files.revisions(call.user)
    return Reply(body=AppList(apps=[view(call.services, app, revisions.get(app.id, 1)) for app in apps]))


async def create_app(call: Call[CreateApp]) -> Reply:
    app = await call.services.projects.create(call.user, call.body)
    return Reply(201, view(call.services, app, 1), {"Location": f"/api/v1/apps/{app.id}"})


async def get_app(call: Call) -> Reply:
    return await _answer(call, await call.services.apps.get(call.user, call.path["app"]))


async def update_app(call: Call[UpdateApp]) -> Reply:
    return await _answer(call, await call.services.projects.update(call.user, call.path["app"], call.body))


async def delete_app(call: Call) -> Reply:
    await call.services.projects.delete(call.user, call.path["app"])
    return Reply(204)


async def restore_app(call: Call) -> Reply:
    return await _answer(call, await call.services.projects.restore(call.user, call.path["app"]))


def view(services: Services, app: StoredApp, revision: int) -> App:
    """An app as the API shows it, with the state of its session."""
    run = services.live.runs.current(app)
    return App(
        id=app.id,
        name=app.name,
        entry=app.entry,
        template=app.template,
        url=services.app_url(app.name),
        state=run.state,
        routes=len(run.routes) if run.version is not None else None,
        revision=revision,
        created_at=app.created_at,
        updated_at=app.updated_at,
        last_run_at=app.last_run_at,
        last_request_at=app.last_request_at,
    )


async def _answer(call: Call[UpdateApp] | Call, app: StoredApp) -> Reply:
    tree = await call.services.files.tree(call.user, app.id)
    return Reply(body=view(call.services, app, tree.revision))


_APPS = "/api/v1/apps"
_APP = f"{_APPS}/{{app}}"

OPERATIONS = (
    Operation("GET", _APPS, Access.USER, "List all apps, newest change first", list_apps, answer=AppList),
    Operation(
        "POST",
        _APPS,
        Access.USER,
        "Create an app: empty, from a template, or as a copy",
        create_app,
        body=CreateApp,
        answer=App,
        status=201,
        problems=(NameTaken, TwoOrigins, NoSuchTemplate, NoSuchApp),
    ),
    Operation("GET", _APP, Access.USER, "Get one app, by id or name", get_app, answer=App, problems=(NoSuchApp,)),
    Operation(
        "PATCH",
        _APP,
        Access.USER,
        "Rename an app, or choose its entry point",
        update_app,
        body=UpdateApp,
        answer=App,
        problems=(NoSuchApp, NameTaken, NoSuchEntry, InvalidPath),
    ),
    Operation(
        "DELETE",
        _APP,
        Access.USER,
        "Delete an app; for some minutes it can be restored by its id",
        delete_app,
        status=204,
        problems=(NoSuchApp,),
    ),
    Operation(
        "POST",
        f"{_APP}/restore",
        Access.USER,
        "Bring back a deleted app",
        restore_app,
        answer=App,
        problems=(NoSuchApp, NameTaken),
    ),
)
