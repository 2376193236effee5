"""Apps, their files and the templates they start from."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from podium.server.models.common import AppId, Diagnostic, Input, Output
from podium.server.models.runs import RunState, SendRequest

MAX_FILES = 50
MAX_FILE_BYTES = 100_000
MAX_APP_BYTES = 500_000
MAX_PATH_CHARS = 200

APP_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


def _check_name(name: str) -> str:
    if not APP_NAME.fullmatch(name):
        raise PydanticCustomError(
            "app_name", "Use lower-case letters, digits and, between them, hyphens; at most 40 characters"
        )
    return name


AppName = Annotated[
    str,
    AfterValidator(_check_name),
    Field(
        description="A DNS label: lower-case letters, digits and inner hyphens, at most 40 characters.",
        examples=["notes-api"],
        json_schema_extra={"pattern": f"^{APP_NAME.pattern}$"},
    ),
]


class App(Output):
    """One app; ``revision`` counts every change of its files."""

    id: AppId
    name: str
    entry: str
    template: str | None
    url: str
    state: RunState
    routes: int | None
    revision: int
    created_at: datetime
    updated_at: datetime
    last_run_at: datetime | None
    last_request_at: datetime | None


class AppList(Output):
    """All apps of the caller, newest change first."""

    apps: list[App]


class CreateApp(Input):
    """A new app: empty (one ``main.py`` with a hello route), from a template, or a copy of another app's files."""

    name: AppName | None = Field(default=None, description="Chosen by Podium when missing.")
    template: str | None = None
    copy_of: str | None = Field(default=None, description="Id or name of the app to copy.")


class UpdateApp(Input):
    """What can be changed of an app."""

    name: AppName | None = None
    entry: str | None = None


class File(Output):
    """One file without its text; ``etag`` is what ``If-Match`` takes, quotes included."""

    path: str
    size: int
    etag: str
    updated_at: datetime


class FileText(File):
    """One file with its text."""

    text: str


class FileList(Output):
    """All files of an app, sorted by path; texts only when asked for with ``?text=true``."""

    revision: int
    files: list[File | FileText]


class RenameFile(Input):
    """The new path of a file."""

    path: str


class Diagnostics(Output):
    """What the checkers found in an app's files as they are stored."""

    diagnostics: list[Diagnostic]


class Template(Output):
    """A starter app; ``first_request`` is what the panel is filled with when it opens."""

    id: str
    title: str
    summary: str
    framework: str
    files: list[str]
    first_request: SendRequest


class TemplateList(Output):
    """The starter apps in the order in which they are offered."""

    templates: list[Template]
