"""Whole apps: what has to happen to an app's document, its files and everything that depends on them, together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from podium.server.changes import AppDeleted, AppPurged, AppRenamed, Changes, VariablesChanged
from podium.server.http.problem import Invalid
from podium.server.models.apps import CreateApp, UpdateApp
from podium.server.models.common import AppId, UserId
from podium.server.store.apps import Apps, NameTaken, StoredApp
from podium.server.store.files import Files
from podium.server.store.paths import clean
from podium.server.templates import Templates

MAX_NAME_CHARS = 40


class TwoOrigins(Invalid):
    type = "two-origins"
    title = "An app begins as one thing"


class NoSuchEntry(Invalid):
    type = "no-such-entry"
    title = "The entry point is not a Python file of the app"


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What a new app is made of; ``name`` is what it is called unless somebody chooses."""

    name: str
    entry: str
    template: str | None
    texts: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)


class Projects:
    """Creates, copies, renames, deletes and restores apps."""

    def __init__(self, apps: Apps, files: Files, templates: Templates, changes: Changes) -> None:
        self._apps = apps
        self._files = files
        self._templates = templates
        self._changes = changes

    async def create(self, owner: UserId, wish: CreateApp) -> StoredApp:
        """Make an app; its files are stored before it can be seen."""
        beginning = await self._beginning(owner, wish)
        app = await self._apps.begin(owner)
        await self._files.create(owner, app, beginning.texts)
        return await self._publish(owner, app, wish.name, beginning)

    async def set_variables(self, owner: UserId, ref: str, variables: Mapping[str, str]) -> StoredApp:
        """Replace an app's environment variables; what runs sees them after its restart."""
        app = await self._apps.get(owner, ref)
        changed = await self._apps.set_variables(owner, app.id, variables)
        self._changes.publish(VariablesChanged(owner, app.id, changed.variables))
        return changed

    async def update(self, owner: UserId, ref: str, wish: UpdateApp) -> StoredApp:
        """Rename, or choose another entry point."""
        app = await self._apps.get(owner, ref)
        entry = None if wish.entry is None else await self._entry(owner, app.id, wish.entry)
        if (wish.name in (None, app.name)) and (entry in (None, app.entry)):
            return app
        changed = await self._apps.update(owner, app.id, name=wish.name, entry=entry)
        if changed.name != app.name:
            self._changes.publish(AppRenamed(owner, app.id, changed.name))
        return changed

    async def delete(self, owner: UserId, ref: str) -> None:
        """Delete for now: it can be restored until the sweep comes by."""
        app = await self._apps.get(owner, ref)
        await self._apps.delete(owner, app.id)
        self._changes.publish(AppDeleted(owner, app.id))

    async def restore(self, owner: UserId, ref: str) -> StoredApp:
        """Bring a deleted app back, under another name when its own was taken meanwhile."""
        app = await self._apps.deleted(owner, ref)
        taken = {other.name for other in await self._apps.all(owner)}
        name = app.name if app.name not in taken else _free_name(app.name, taken)
        return await self._apps.restore(owner, app.id, name)

    async def purge(self, app: StoredApp) -> None:
        """Forget a deleted app for good."""
        await self._files.purge(app.owner, app.id)
        await self._apps.purge(app.owner, app.id)
        self._changes.publish(AppPurged(app.owner, app.id))

    async def _beginning(self, owner: UserId, wish: CreateApp) -> _Beginning:
        if wish.template is not None and wish.copy_of is not None:
            raise TwoOrigins("Give either template or copy_of, not both.")
        if wish.template is not None:
            template = await self._templates.get(wish.template)
            return _Beginning(template.id, template.entry, template.id, template.files)
        if wish.copy_of is not None:
            app = await self._apps.get(owner, wish.copy_of)
            tree = await self._files.tree(owner, app.id)
            return _Beginning(f"{app.name}-copy", app.entry, app.template, tree.texts(), app.variables)
        empty = await self._templates.empty()
        return _Beginning("app", empty.entry, None, empty.files)

    async def _publish(self, owner: UserId, app: AppId, chosen: str | None, beginning: _Beginning) -> StoredApp:
        taken: set[str] = set()
        while True:
            name = chosen or _free_name(beginning.name, taken)
            try:
                return await self._apps.publish(
                    owner,
                    app,
                    name=name,
                    entry=beginning.entry,
                    template=beginning.template,
                    variables=beginning.variables,
                )
            except NameTaken:
                if chosen is not None:
                    raise
                taken = {name} | {other.name for other in await self._apps.all(owner)}

    async def _entry(self, owner: UserId, app: AppId, path: str) -> str:
        entry = clean(path)
        tree = await self._files.tree(owner, app)
        if not entry.endswith(".py") or entry not in tree.files:
            raise NoSuchEntry(f"Choose one of the app's Python files; {path!r} is none of them.")
        return entry


def _free_name(wanted: str, taken: set[str]) -> str:
    base = wanted[:MAX_NAME_CHARS].strip("-")
    name, number = base, 1
    while name in taken:
        number += 1
        suffix = f"-{number}"
        name = base[: MAX_NAME_CHARS - len(suffix)].rstrip("-") + suffix
    return name
