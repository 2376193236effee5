"""Language help in the browser: what is offered, and what changes other files than the one on the screen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from podium.tests.e2e.desk import PATIENCE_MS, Desk
from podium.tests.support.apps import make_app
from podium.tests.support.names import unique_name

pytestmark = pytest.mark.asyncio(loop_scope="session")

MAIN = """import shapes

from fastapi import FastAPI

app = FastAPI(title=missing)


@app.get("/")
def root() -> float:
    return shapes.area(2)
"""
SHAPES = "def area(side: float) -> float:\n    return side * side\n"


def offered(desk: Desk, name: str) -> Locator:
    """A line of the list of completions."""
    return desk.page.locator(".suggest-widget").get_by_label(re.compile(f"^{name}"))


async def is_ready(desk: Desk) -> None:
    """Wait until the name that is not defined is underlined."""
    await expect(desk.page.locator(".squiggly-warning").first).to_be_attached(timeout=PATIENCE_MS)


async def test_names_are_offered_while_typing(desk: Desk) -> None:
    await desk.open({"main.py": MAIN, "shapes.py": SHAPES}, run=False)
    await is_ready(desk)
    await desk.write(MAIN + "\n\napp")
    await desk.page.keyboard.type(".include_")
    await expect(offered(desk, "include_router")).to_be_visible(timeout=PATIENCE_MS)


async def test_a_name_is_renamed_in_files_that_are_not_open(desk: Desk) -> None:
    name = unique_name("e2e")
    with desk.podium.client() as client:
        make_app(client, name, {"main.py": MAIN, "shapes.py": SHAPES})
        await desk.show(name)
        await is_ready(desk)
        await desk.editor.focus()
        for key in ("ControlOrMeta+End", "ArrowUp", "End", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
            await desk.page.keyboard.press(key)
        box = desk.page.get_by_role("textbox", name=re.compile("Rename input"))
        await desk.page.keyboard.press("F2")
        await box.fill("square")
        await box.press("Enter")
        await expect(desk.page.locator(".view-lines")).to_contain_text("shapes.square(2)")
        await desk.saved()
        stored = client.get(f"/api/v1/apps/{name}/files/shapes.py").text
    assert stored == SHAPES.replace("area", "square")


async def test_an_undefined_name_is_imported_by_a_quick_fix(desk: Desk) -> None:
    await desk.open({"main.py": MAIN}, run=False)
    await desk.write("import re\n\nprint(re, Path)\n")
    await desk.page.get_by_text("Path", exact=True).first.click()
    await is_ready(desk)
    await desk.page.keyboard.press("ControlOrMeta+.")
    await desk.page.get_by_text("Add: from pathlib import Path").click()
    await expect(desk.page.locator(".view-lines")).to_contain_text("from pathlib import Path")
