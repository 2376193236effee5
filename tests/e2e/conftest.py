"""One browser and one Podium for each test worker; a signed-in page, with an eye on its console, for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Response, async_playwright, expect

from podium.tests.e2e.desk import PATIENCE_MS, Desk
from podium.tests.support.browser import OPTIONS, chromium
from podium.tests.support.server import Podium, running
from podium.tests.support.wheels import make_wheel

NETWORK = ("Failed to load resource", "WebSocket connection to")
"""How the browser's own words about the network begin: tests take servers away on purpose."""

expect.set_options(timeout=PATIENCE_MS)
ARTIFACTS = Path(__file__).parents[1] / ".artifacts"


@pytest.fixture(scope="session")
def podium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podium]:
    """A Podium that the tests of this worker share; each works on apps of its own, which may use a package."""
    wheels = tmp_path_factory.mktemp("wheels")
    make_wheel(wheels, "podium_greeting", "1.0", podium_greeting="def greeting() -> str:\n    return 'good evening'\n")
    settings = {"PODIUM_MAX_KERNELS": "30", "PIP_FIND_LINKS": str(wheels)}
    with running(tmp_path_factory.mktemp("podium"), env=settings) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The machine's own Chromium."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser profile of its own at the size of a small laptop."""
    found = await browser.new_context(viewport={"width": 1440, "height": 900})
    await found.grant_permissions(["clipboard-read", "clipboard-write"])
    yield found
    await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page that fails its test when a script fails or the content security policy is broken.

    What the page looked like at the end is kept in ``tests/.artifacts``.
    """
    found = await context.new_page()
    mistakes = watch(found)
    yield found
    ARTIFACTS.mkdir(exist_ok=True)
    await found.screenshot(path=ARTIFACTS / f"{request.node.name}.png")
    assert mistakes == []


@pytest_asyncio.fixture(loop_scope="session")
async def desk(page: Page, podium: Podium) -> Desk:
    """A signed-in page."""
    found = Desk(page, podium)
    await found.sign_in()
    return found


def watch(page: Page) -> list[str]:
    """Collect what a page must not do: uncaught errors, refused resources, answers that are the server's fault."""
    mistakes: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(NETWORK):
            mistakes.append(message.text)

    def on_response(response: Response) -> None:
        if response.status >= 500 and "/api/" in response.url:
            mistakes.append(f"{response.status} {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.on("response", on_response)
    return mistakes
