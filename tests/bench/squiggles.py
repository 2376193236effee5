"""From a keystroke that makes a mistake to its painted underline, in a file of 300 lines."""

from __future__ import annotations

from playwright.sync_api import BrowserType, Page

from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.language import APP
from podium.tests.bench.pages import profile, sign_in
from podium.tests.bench.subject import Subject
from podium.tests.support.apps import make_app

TRIES = 30
REHEARSALS = 3
MISTAKE = "q"
"""A name that is not defined as soon as its only character is typed."""


def measure(subject: Subject, chrome: BrowserType) -> list[Figure]:
    """Type a name that is not defined at the end of the file, and delete it again."""
    make_app(subject.http, "underlined", APP)
    with profile(chrome) as context:
        sign_in(context, subject.podium.link)
        page = context.new_page()
        page.goto(f"{subject.podium.url}/apps/underlined")
        page.get_by_text("No problems").wait_for()
        page.locator(".monaco-editor [role=textbox]").first.focus()
        page.keyboard.press("ControlOrMeta+End")
        samples = [_try(page) for _ in range(REHEARSALS + TRIES)][REHEARSALS:]
    note = "from the key event, the pause before anything is underlined included"
    return [
        Figure("keystroke to painted underline", "ms", Samples.of(samples), goal=Goal(p95=200), note=note),
    ]


def _try(page: Page) -> float:
    page.evaluate("() => bench.underlined()")
    page.keyboard.press(MISTAKE)
    milliseconds: float = page.evaluate("() => bench.delay")
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    page.evaluate("() => bench.vanished()")
    return milliseconds
