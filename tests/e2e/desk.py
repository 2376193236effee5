"""What a person does in the browser, in the words of the interface."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from podium.tests.support.apps import make_app
from podium.tests.support.names import unique_name
from podium.tests.support.server import Podium

PATIENCE_MS = 30_000
"""How long a slow machine may take for anything that a person would wait for."""


@dataclass(frozen=True)
class Desk:
    """One page of Podium."""

    page: Page
    podium: Podium

    async def sign_in(self) -> None:
        """Follow the link that ``podium up`` prints."""
        await self.page.goto(self.podium.link)
        await expect(self.page).to_have_url(f"{self.podium.url}/")

    async def open(self, files: dict[str, str], *, run: bool = True) -> str:
        """Make an app of ``files`` over the API and open its workspace; returns its name."""
        name = unique_name("e2e")
        with self.podium.client() as client:
            make_app(client, name, files)
        await self.show(name)
        if run:
            await self.run()
        return name

    async def show(self, name: str) -> None:
        """Open an app's workspace and wait for its editor."""
        await self.page.goto(f"{self.podium.url}/apps/{name}")
        await expect(self.page.locator(".view-lines").first).to_be_visible()

    async def run(self) -> None:
        """Press Run and wait until the app runs."""
        await self.page.get_by_role("banner").get_by_role("button", name=re.compile("^Run")).click()
        await self.status("running")

    async def status(self, word: str) -> None:
        """Wait for the app's status word in the top bar."""
        await expect(self.page.get_by_role("banner").get_by_text(word).first).to_be_visible()

    async def write(self, text: str) -> None:
        """Replace all of the file in the editor."""
        await self.editor.focus()
        await self.page.keyboard.press("ControlOrMeta+A")
        await self.paste(text)

    async def paste(self, text: str) -> None:
        """Paste where the cursor is: typed text would be indented by the editor."""
        await self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        await self.page.keyboard.press("ControlOrMeta+V")

    async def saved(self) -> None:
        """Wait until the status bar says that all is saved."""
        await expect(self.page.get_by_role("contentinfo").get_by_text("Saved", exact=True)).to_be_visible(
            timeout=PATIENCE_MS
        )

    async def send(self, path: str, method: str = "GET") -> None:
        """Fill in the request panel and send."""
        await self.choose(method)
        box = self.request.get_by_role("combobox", name="Path")
        await box.fill(path)
        await box.press("Escape")
        await self.request.get_by_role("button", name="Send", exact=True).click()

    async def choose(self, method: str) -> None:
        """Choose the method."""
        picker = self.request.get_by_role("combobox", name="Method")
        if (await picker.inner_text()).strip() != method:
            await picker.click()
            await self.page.get_by_role("option", name=method, exact=True).click()

    async def answered(self, words: str) -> None:
        """Wait for ``words`` in the answer."""
        await expect(self.answer.get_by_text(words).first).to_be_visible()

    async def output(self, tab: str) -> None:
        """Turn to a tab of the bottom area."""
        await self.page.get_by_role("tablist", name="Output").get_by_role("tab", name=re.compile(f"^{tab}")).click()

    @property
    def editor(self) -> Locator:
        """The text box of the open file."""
        return self.page.get_by_role("textbox", name=re.compile("^Code of "))

    @property
    def request(self) -> Locator:
        """The upper half of the panel."""
        return self.page.get_by_role("region", name="Request", exact=True)

    @property
    def answer(self) -> Locator:
        """The lower half of the panel."""
        return self.page.get_by_role("region", name="Answer", exact=True)
