"""The environment variables of an app."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from podium.server.models.common import Input, Output

MAX_VARIABLES = 100
MAX_VALUE_CHARS = 8_000
RESERVED = "PLATFORM_MONGO_URI"
RESERVED_PREFIX = "PODIUM_"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise PydanticCustomError(
            "variable_name", "Use letters, digits and underscores, with no digit first; at most 100 characters"
        )
    if name == RESERVED or name.startswith(RESERVED_PREFIX):
        raise PydanticCustomError("reserved_variable", "Podium sets this variable itself; choose another name")
    return name


VariableName = Annotated[str, AfterValidator(_check_name)]
VariableValue = Annotated[
    str, Field(max_length=MAX_VALUE_CHARS, pattern=r"^[^\x00]*$", description="Any text without a zero byte.")
]
Variables = Annotated[dict[VariableName, VariableValue], Field(max_length=MAX_VARIABLES)]


class SetVariables(Input):
    """All variables of an app; those that are missing here are removed."""

    variables: Variables


class AppVariables(Output):
    """The variables that an app sees in ``os.environ``, besides those that Podium sets."""

    variables: dict[str, str]
