"""From the click to the painted answer in the browser: an app whose kernel has to start, and one that was edited."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence

from playwright.sync_api import BrowserType, Locator, Page

from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.pages import profile, sign_in
from podium.tests.bench.subject import Subject, unwarmed

TRIES = 30
COLD_TRIES = 10
GOAL = Goal(limit=100)

Try = tuple[float, dict[str, float]]
"""Milliseconds in all, and of each stage."""


def measure(subject: Subject, chrome: BrowserType) -> list[Figure]:
    """Press Send where nothing runs, which starts the app; then Run and Send after each edit."""
    with unwarmed() as unprepared, profile(chrome) as context:
        sign_in(context, unprepared.podium.link)
        page = context.new_page()
        cold = [_new(unprepared, page, f"cold-{attempt}") for attempt in range(COLD_TRIES)]
    with profile(chrome) as context:
        sign_in(context, subject.podium.link)
        page = context.new_page()
        new = [_new(subject, page, f"new-{attempt}") for attempt in range(TRIES)]
        edited = [_edited(subject, page, f"new-{TRIES - 1}", f"edit-{attempt}") for attempt in range(TRIES)]
    return [
        _figure("click to painted answer, cold kernel", cold, None, "Send in an app; nothing is kept warm"),
        _figure("click to painted answer, new app", new, GOAL, "Send in an app that does not run"),
        _figure("click to painted answer, edited app", edited, GOAL, "Run, and Send right behind it"),
    ]


def _figure(name: str, tries: Sequence[Try], goal: Goal | None, note: str) -> Figure:
    stages = {stage: statistics.median(parts[stage] for _, parts in tries) for stage in tries[0][1]}
    return Figure(name, "ms", Samples.of([total for total, _ in tries]), goal=goal, note=note, stages=stages)


def _new(subject: Subject, page: Page, name: str) -> Try:
    subject.create(name, name)
    page.goto(f"{subject.podium.url}/apps/{name}")
    page.get_by_text("No problems").wait_for()
    return _painted(page, [_send(page)], name)


def _edited(subject: Subject, page: Page, name: str, mark: str) -> Try:
    subject.edit(name, mark)
    page.locator(".view-line", has_text=mark).wait_for()
    run = page.get_by_role("banner").get_by_role("button", name=re.compile("^Run"))
    return _painted(page, [run, _send(page)], mark)


def _send(page: Page) -> Locator:
    return page.get_by_role("region", name="Request", exact=True).get_by_role("button", name="Send", exact=True)


def _painted(page: Page, buttons: list[Locator], mark: str) -> Try:
    answer = page.get_by_role("region", name="Answer", exact=True).element_handle()
    pressed = [button.element_handle() for button in buttons]
    total, stages = page.evaluate(
        "([buttons, answer, mark]) => bench.answered(buttons, answer, mark)", [pressed, answer, mark]
    )
    return total, stages
