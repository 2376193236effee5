"""Pages of a real browser that look at themselves (``page.js``): times are what the page's own clock says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from podium.tests.support.browser import OPTIONS, chromium

SCRIPT = Path(__file__).with_name("page.js").read_text()
PATIENCE_MS = 60_000


@contextmanager
def browser() -> Iterator[Browser]:
    """The machine's Chromium, started once for all measurements."""
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium(), args=OPTIONS) as found:
        yield found


@contextmanager
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A profile with nothing in its cache; each of its pages has the script."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(SCRIPT)
        yield context


def sign_in(context: BrowserContext, link: str) -> None:
    """Follow the link without a page, so that nothing of the interface is cached by it."""
    answer = context.request.get(link)
    if not answer.ok:
        raise RuntimeError(f"signing in answered {answer.status}")


class Received:
    """Counts what a page's requests bring over the wire."""

    def __init__(self, page: Page) -> None:
        self._requests: list[Request] = []
        page.on("requestfinished", self._add)

    def _add(self, request: Request) -> None:
        self._requests.append(request)

    @property
    def bytes(self) -> int:
        """Headers and bodies as they were transferred, so compressed bodies count compressed; 0 for what was cached."""
        sizes = [request.sizes() for request in self._requests]
        return sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)
