"""The front end's types are made from the API as it is now."""

from __future__ import annotations

import runpy
from pathlib import Path

import podium.ide

WEB = Path(next(iter(podium.ide.__path__))) / "web"


def test_the_document_that_types_are_made_from_is_current() -> None:
    script = runpy.run_path(str(WEB / "scripts" / "openapi.py"))
    current: str = script["text"]()
    assert (WEB / "openapi.json").read_text(encoding="utf-8") == current, (
        "The API has changed. Run `python ide/web/scripts/openapi.py`, then `npm run check` in ide/web."
    )
