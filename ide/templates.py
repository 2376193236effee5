"""Starter apps: one YAML file each in ``templates/``, checked when they are read."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

EMPTY = "empty"
"""The id of the template behind *Start with an empty file*, which is not offered among the others."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FirstRequest(_Model):
    """The request that the panel is filled with when an app of this template opens."""

    method: Annotated[str, Field(pattern=r"^[A-Z]+$")] = "GET"
    path: Annotated[str, Field(pattern=r"^/[^\s#]*$")] = "/"
    headers: list[tuple[str, str]] = Field(default_factory=list)
    body: str | None = None


class Template(_Model):
    """A starter app. ``files`` maps paths to texts; ``order`` is its place among the others."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=32)]
    title: Annotated[str, Field(min_length=1, max_length=40)]
    summary: Annotated[str, Field(min_length=1, max_length=120)]
    framework: str
    order: int
    entry: str = "main.py"
    files: Annotated[dict[str, str], Field(min_length=1)]
    first_request: FirstRequest

    @model_validator(mode="after")
    def _has_entry(self) -> Template:
        if self.entry not in self.files:
            raise ValueError(f"the entry file {self.entry} is not among the files")
        return self


def load_templates() -> tuple[Template, ...]:
    """The starter apps in the order in which they are offered."""
    return tuple(template for template in _all() if template.id != EMPTY)


def empty_template() -> Template:
    """What an app begins with that was started from nothing."""
    return next(template for template in _all() if template.id == EMPTY)


@cache
def _all() -> tuple[Template, ...]:
    folder = files("podium.ide") / "templates"
    texts = [file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".yaml")]
    found = [Template.model_validate(yaml.safe_load(text)) for text in texts]
    return tuple(sorted(found, key=lambda template: template.order))
