"""Typing: mistakes are underlined, errors are found by their line, and no tab loses what another wrote."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import BrowserContext, Route, expect

from podium.tests.e2e.conftest import watch
from podium.tests.e2e.desk import Desk
from podium.tests.support.apps import make_app
from podium.tests.support.names import unique_name
from podium.tests.support.server import Podium

pytestmark = pytest.mark.asyncio(loop_scope="session")

GOOD = """from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def root() -> dict[str, str]:
    return {"say": "good"}
"""
STORED = re.compile("/files/main.py$")
CHANGED = re.compile("changed in another tab")
BROKEN = GOOD.replace('"good"}', '"good"')
RAISING = GOOD.replace('return {"say": "good"}', 'shelf: list[int] = []\n    return {"say": str(shelf[3])}')


async def test_a_syntax_error_is_underlined_and_goes_when_it_is_fixed(desk: Desk) -> None:
    await desk.open({"main.py": GOOD}, run=False)
    await desk.write(BROKEN)
    await expect(desk.page.locator(".squiggly-error").first).to_be_attached()
    await desk.output("Problems")
    problem = desk.page.get_by_role("tabpanel", name=re.compile("Problems")).get_by_role("button").first
    await expect(problem).to_contain_text(re.compile("never closed|syntax|expected", re.I))
    await problem.click()
    await expect(desk.page.get_by_role("contentinfo")).to_contain_text("Ln 8")
    await desk.write(GOOD)
    await expect(desk.page.locator(".squiggly-error")).to_have_count(0)
    await desk.saved()


async def test_a_failed_run_keeps_the_version_before_and_points_at_the_line(desk: Desk) -> None:
    await desk.open({"main.py": GOOD})
    await desk.write(GOOD.replace("app = FastAPI()", "app = FastAPI()\nraise RuntimeError('not today')"))
    await desk.page.keyboard.press("ControlOrMeta+Enter")
    await expect(desk.page.get_by_text("not today").first).to_be_visible()
    await expect(desk.page.get_by_role("banner")).to_contain_text("still serving")
    await desk.send("/")
    await desk.answered("good")


async def test_a_frame_of_a_traceback_leads_to_its_line(desk: Desk) -> None:
    await desk.open({"main.py": RAISING})
    await desk.send("/")
    await desk.answered("500")
    await desk.answer.get_by_role("tab", name=re.compile("^Trace")).click()
    await desk.answered("IndexError")
    await desk.answer.get_by_role("button", name=re.compile("main.py")).last.click()
    await expect(desk.page.get_by_role("contentinfo")).to_contain_text("Ln 9")


async def test_two_tabs_on_one_file(desk: Desk, context: BrowserContext, podium: Podium) -> None:
    name = await desk.open({"main.py": GOOD}, run=False)
    second = Desk(await context.new_page(), podium)
    mistakes = watch(second.page)
    await second.show(name)
    await second.write("first = 1\n")
    await second.saved()
    await expect(desk.page.locator(".view-lines").first).to_contain_text("first")

    await desk.page.route(STORED, lambda route: route.abort())
    await desk.write("mine = 1\n")
    await second.write("theirs = 2\n")
    await second.saved()
    await desk.page.unroute(STORED)
    await expect(desk.page.get_by_text(CHANGED)).to_be_visible()
    await expect(desk.page.locator(".view-lines").first).to_contain_text("mine")
    await expect(second.page.locator(".view-lines").first).to_contain_text("theirs")

    await desk.page.get_by_role("button", name="Keep mine").click()
    await expect(desk.page.get_by_text(CHANGED)).to_have_count(0)
    await expect(second.page.locator(".view-lines").first).to_contain_text("mine")
    assert mistakes == []


async def test_what_is_typed_before_the_code_editor_is_there_is_kept_and_can_be_undone(desk: Desk) -> None:
    arrived = asyncio.Event()

    async def wait(route: Route) -> None:
        await arrived.wait()
        await route.continue_()

    with desk.podium.client() as client:
        name = unique_name("early")
        make_app(client, name, {"main.py": "one = 1\n"})
    await desk.page.route(re.compile("/assets/mount-.*js$"), wait)
    await desk.page.goto(f"{desk.podium.url}/apps/{name}")
    await desk.editor.press("ControlOrMeta+End")
    await desk.page.keyboard.type("two = 2")
    await expect(desk.editor).to_have_value("one = 1\ntwo = 2")
    await desk.saved()
    arrived.set()
    code = desk.page.locator(".view-lines").first
    await expect(code).to_contain_text("two")
    await expect(desk.editor).to_be_focused()
    await desk.page.keyboard.type("1")
    await expect(code).to_contain_text("two\u00a0=\u00a021")
    await desk.page.keyboard.press("ControlOrMeta+Z")
    await desk.page.keyboard.press("ControlOrMeta+Z")
    await expect(code).not_to_contain_text("two")
    await desk.saved()
