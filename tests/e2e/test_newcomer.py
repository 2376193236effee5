"""Someone who has never seen Podium: from the link to an answer of their own code."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from podium.tests.e2e.conftest import ARTIFACTS
from podium.tests.e2e.desk import Desk
from podium.tests.support.server import Podium, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEW_ROUTE = '''

@app.get("/double/{number}")
def double(number: int) -> dict[str, int]:
    """Twice the number."""
    return {"doubled": number * 2}
'''


async def test_from_the_link_to_an_answer(
    page: Page, context: BrowserContext, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running(tmp_path_factory.mktemp("first-visit")) as podium:
        desk = Desk(page, podium)
        await desk.sign_in()
        assert "token" not in page.url
        await expect(page.get_by_role("heading", name="What would you like to build?")).to_be_visible()
        await page.get_by_role("button", name=re.compile("Hello API")).click()
        await desk.status("running")
        await expect(desk.request.get_by_role("combobox", name="Value of query parameter name")).to_have_value("Ada")
        path = desk.request.get_by_role("combobox", name="Path")
        await path.press("Escape")
        await expect(path).to_have_value("/hello?name=Ada")
        await page.get_by_role("button", name="Send", exact=True).click()
        await desk.answered("200")
        await desk.answered("Hello")

        await desk.editor.focus()
        await page.keyboard.press("ControlOrMeta+End")
        await desk.paste(NEW_ROUTE)
        await page.keyboard.press("ControlOrMeta+Enter")
        await page.get_by_role("button", name=re.compile("double")).first.click()
        await page.get_by_role("textbox", name=re.compile("number")).first.fill("21")
        await page.keyboard.press("ControlOrMeta+Shift+Enter")
        await desk.answered("42")
        ARTIFACTS.mkdir(exist_ok=True)
        await page.mouse.move(0, 0)
        await page.screenshot(path=ARTIFACTS / "workspace.png")  # the picture in the README

        await page.get_by_role("link", name="All apps").click()
        row = page.get_by_role("row", name=re.compile("hello-api"))
        await expect(row).to_contain_text("running")
        assert not any("token" in cookie["name"].lower() for cookie in await context.cookies())


async def test_a_wrong_token_says_what_to_do(page: Page, podium: Podium) -> None:
    await page.goto(f"{podium.url}/?token=not-the-token-at-all")
    await expect(page.get_by_role("alert").first).to_contain_text("token", ignore_case=True)
    assert "not-the-token-at-all" not in page.url

    box = page.get_by_role("textbox").first
    await box.fill("neither-is-this-one")
    await box.press("Enter")
    await expect(page.get_by_role("alert").filter(has_text=re.compile("token", re.I)).first).to_be_visible()
    await box.fill(podium.token)
    await box.press("Enter")
    await expect(page).to_have_url(f"{podium.url}/")


async def test_signing_out_needs_the_token_again(page: Page, podium: Podium) -> None:
    await page.goto(f"{podium.url}/apps/anything")
    await expect(page).to_have_url(re.compile("/signin"))
