"""What a person does to use a package that Podium does not bring."""

from __future__ import annotations

import asyncio
import contextlib
import re

import pytest
from playwright.async_api import Page, expect

from podium.tests.e2e.desk import PATIENCE_MS, Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

APP = """from fastapi import FastAPI
import podium_greeting

app = FastAPI()


@app.get("/")
def read() -> str:
    return podium_greeting.greeting()
"""


async def test_a_requirement_is_typed_installed_imported_and_known(desk: Desk, page: Page) -> None:
    await desk.open({"main.py": APP, "requirements.txt": ""}, run=False)
    await page.get_by_role("treeitem", name="requirements.txt").click()
    await desk.write("podium_greeting==9")
    problems = page.get_by_role("region", name="requirements.txt")
    await expect(problems.get_by_text("podium_greeting has no version ==9.")).to_be_visible(timeout=PATIENCE_MS)
    await desk.write("podium_greeting")
    await page.keyboard.press("ControlOrMeta+Enter")
    await expect(page.get_by_text("Installing what requirements.txt asks for.")).to_be_visible()
    await expect(page.get_by_role("banner").get_by_text("running").first).to_be_visible(timeout=2 * PATIENCE_MS)
    await expect(page.get_by_role("contentinfo").get_by_text("requirements")).to_be_visible()
    await desk.send("/")
    await desk.answered("good evening")
    await page.get_by_role("treeitem", name="main.py").click()
    await expect(page.get_by_role("region", name="main.py")).to_have_count(0, timeout=PATIENCE_MS)
    await desk.write(f"{APP}\npodium_greeting.")
    # Until the editor has moved to the environment there is nothing to offer.
    known = page.locator(".suggest-widget").get_by_label(re.compile("^greeting"))
    async with asyncio.timeout(2 * PATIENCE_MS / 1000):
        while not await known.count():
            await page.keyboard.press("Escape")
            await page.keyboard.press("ControlOrMeta+Space")
            with contextlib.suppress(AssertionError):
                await expect(known).to_be_visible(timeout=1_000)
