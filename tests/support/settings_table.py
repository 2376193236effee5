"""The configuration table of the README. ``python -m podium.tests.support.settings_table`` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from podium.server.settings import Variable, variables

README = Path(__file__).parents[2] / "README.md"
_BETWEEN = re.compile(r"(?<=<!-- settings -->\n).*(?=<!-- /settings -->)", re.DOTALL)


def markdown_table() -> str:
    """Return one row for each setting."""
    rows = [
        f"| `{variable.name}` | {_shown(variable, default)} | {variable.help} |" for variable, default in variables()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _shown(variable: Variable, default: Any) -> str:
    if variable.name == "PODIUM_DATA_DIR":
        return "`~/.local/share/podium`"
    if variable.name.endswith("_MB"):
        return f"`{default // 1024 // 1024}`"
    if default in (None, ()):
        return ""
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


if __name__ == "__main__":
    README.write_text(_BETWEEN.sub(f"{markdown_table()}\n", README.read_text()))
