"""The starter apps, read when they are first asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from podium.server.http.problem import Invalid

if TYPE_CHECKING:
    from podium.ide.templates import Template


class NoSuchTemplate(Invalid):
    type = "no-such-template"
    title = "There is no such template"


class Templates:
    """All starter apps, in the order in which they are offered."""

    def __init__(self) -> None:
        self._reading: asyncio.Task[tuple[Template, ...]] | None = None

    async def all(self) -> tuple[Template, ...]:
        """Read them once, beside the event loop."""
        if self._reading is None:
            self._reading = asyncio.create_task(asyncio.to_thread(_read), name="read templates")
        return await asyncio.shield(self._reading)

    async def empty(self) -> Template:
        """What an app begins with that was started from nothing."""
        return await asyncio.to_thread(_read_empty)

    async def get(self, id: str) -> Template:
        """One template; raises :class:`NoSuchTemplate`."""
        templates = await self.all()
        for template in templates:
            if template.id == id:
                return template
        known = ", ".join(template.id for template in templates)
        raise NoSuchTemplate(f"Choose one of: {known}.")


def _read() -> tuple[Template, ...]:
    from podium.ide.templates import load_templates

    return load_templates()


def _read_empty() -> Template:
    from podium.ide.templates import empty_template

    return empty_template()
