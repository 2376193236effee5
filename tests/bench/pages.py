"""Pages of a real browser that look at themselves (``page.js``): times are what the page's own clock says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, Page, Request, sync_playwright

from podium.tests.support.browser import OPTIONS, chromium

SCRIPT = Path(__file__).with_name("page.js").read_text()
PATIENCE_MS = 60_000


@contextmanager
def browsers() -> Iterator[BrowserType]:
    """What starts browsers."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@contextmanager
def profile(chrome: BrowserType) -> Iterator[BrowserContext]:
    """The machine's Chromium with a new profile on the disk, as a person has one; each of its pages has the script."""
    with (
        tempfile.TemporaryDirectory(prefix="podium-bench-") as folder,
        chrome.launch_persistent_context(
            folder, executable_path=chromium(), args=OPTIONS, viewport={"width": 1440, "height": 900}
        ) as context,
    ):
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
