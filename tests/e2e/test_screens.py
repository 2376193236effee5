"""Each screen at each size, light and dark: nothing is cut off sideways and axe finds nothing serious."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from podium.tests.e2e.desk import Desk
from podium.tests.support.names import unique_name

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[2]
AXE = ROOT / "ide" / "web" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = [(1280, 720), (1440, 900), (820, 1180), (390, 844)]


async def serious(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it is."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


async def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    wide: bool = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


@pytest.fixture
async def notes(desk: Desk) -> str:
    """An app from the notes template, running, with an answer on the screen."""
    name = unique_name("notes")
    with desk.podium.client() as client:
        client.post("/api/v1/apps", json={"name": name, "template": "crud-api"}).raise_for_status()
    return name


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_workspace(desk: Desk, notes: str, scheme: Literal["light", "dark"]) -> None:
    page = desk.page
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await desk.show(notes)
    await desk.run()
    await desk.send("/books")
    await desk.answered("200")
    assert await serious(page) == []
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        await expect(page.get_by_role("banner")).to_be_visible()
        assert not await scrolls_sideways(page), f"{width}x{height}"


async def test_a_body_can_be_written_in_a_low_window(desk: Desk, notes: str) -> None:
    """Half of a small laptop's pixels, as at a zoom of 200 %."""
    page = desk.page
    await page.set_viewport_size({"width": 720, "height": 450})
    await page.goto(f"{desk.podium.url}/apps/{notes}")
    await page.get_by_role("navigation", name="Columns").get_by_role("button", name="Request").click()
    await desk.choose("POST")
    await desk.request.get_by_role("tab", name="Body").click()
    await desk.request.get_by_role("combobox", name="Form of the body").click()
    await page.get_by_role("option", name="JSON", exact=True).click()
    box = await desk.request.get_by_role("textbox", name="JSON body").bounding_box()
    assert box is not None
    assert box["height"] > 120
    assert not await scrolls_sideways(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_list_of_apps(desk: Desk, notes: str, scheme: Literal["light", "dark"]) -> None:
    page = desk.page
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.goto(f"{desk.podium.url}/")
    await expect(page.get_by_role("row", name=re.compile(notes))).to_be_visible()
    assert await serious(page) == []
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        assert not await scrolls_sideways(page), f"{width}x{height}"


async def test_signing_in(desk: Desk) -> None:
    await desk.page.goto(f"{desk.podium.url}/signin")
    await expect(desk.page.get_by_role("textbox").first).to_be_visible()
    assert await serious(desk.page) == []
    assert not await scrolls_sideways(desk.page)
