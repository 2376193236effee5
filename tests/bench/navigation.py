"""From the navigation to the first typed character in the editor: Podium, marimo and JupyterLab in turn."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, Error

from podium.tests.bench import peers
from podium.tests.bench.commands import free_port, running, until_answer
from podium.tests.bench.figures import Figure, Goal, Samples
from podium.tests.bench.pages import Received, profile, sign_in
from podium.tests.bench.subject import APP, Subject

TRIES = 7
APP_NAME = "typed"
CHARACTER = "Q"
WORDS = "A small API"
NOTEBOOK = f'''import marimo

app = marimo.App()


@app.cell
def _():
    words = "{WORDS}"
    return


if __name__ == "__main__":
    app.run()
'''


@dataclass(frozen=True)
class Editor:
    """A page with an editor. ``box`` is what the keys go to, ``text`` what shows the lines (CSS selectors)."""

    url: str
    box: str = ".cm-content"
    text: str = ".cm-content"
    whole: str = ".cm-content"
    """What shows the lines when the editor is whole, with colours and help, if that is not there from the start."""
    link: str | None = None
    """Where to sign in before."""

    @property
    def look(self) -> dict[str, str]:
        """What the script in the page has to know."""
        return {"box": self.box, "text": self.text, "whole": self.whole, "words": WORDS}


@dataclass(frozen=True)
class Visit:
    """Milliseconds until a typed character is painted, and in the whole editor; megabytes until the network is idle."""

    first: float
    whole: float
    received: float
    reached: dict[str, float]
    """When it came how far on the way to the first character."""


@dataclass
class Tries:
    """Visits with an empty and with a filled cache."""

    cold: list[Visit] = field(default_factory=list)
    warm: list[Visit] = field(default_factory=list)


def measure(subject: Subject, chrome: BrowserType) -> list[Figure]:
    """Open each editor in new profiles, three times in each."""
    subject.create(APP_NAME, "typed")
    with _editors(subject) as editors:
        tries = {name: Tries() for name in editors}
        for _ in range(TRIES):
            for name, editor in editors.items():
                _try(chrome, editor, tries[name])
    ours = tries.pop("podium")

    def figure(name: str, which: str, what: str, limit: float | None, note: str) -> Figure:
        beside = {peer: _samples(getattr(found, which), what) for peer, found in tries.items()}
        goal = None if limit is None else Goal(limit=limit)
        visits: list[Visit] = getattr(ours, which)
        unit, stages = ("MB", {}) if what == "received" else ("ms", _reached(visits))
        return Figure(name, unit, _samples(visits, what), beside, goal, note, stages=stages)

    return [
        figure("navigation to first character, cold", "cold", "first", 1500, "new profile, until it is painted"),
        figure("navigation to first character, warm", "warm", "first", 700, "same profile, third visit"),
        figure("navigation to the whole editor, cold", "cold", "whole", None, "Monaco is there"),
        figure("navigation to the whole editor, warm", "warm", "whole", None, "same profile, third visit"),
        figure("received by a new profile", "cold", "received", 3, "compressed, until the network is idle"),
    ]


def _samples(visits: Sequence[Visit], what: str) -> Samples:
    return Samples.of([getattr(visit, what) for visit in visits])


def _reached(visits: Sequence[Visit]) -> dict[str, float]:
    return {f"until {what}": statistics.median(visit.reached[what] for visit in visits) for what in visits[0].reached}


@contextmanager
def _editors(subject: Subject) -> Iterator[dict[str, Editor]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="podium-bench-")))
        (folder / "main.py").write_text(APP.format(mark="typed"))
        (folder / "notebook.py").write_text(NOTEBOOK)
        marimo, jupyterlab = free_port(), free_port()
        stack.enter_context(running(peers.marimo(marimo, folder / "notebook.py"), cwd=folder))
        stack.enter_context(running(peers.jupyterlab(jupyterlab, folder), cwd=folder))
        until_answer(marimo, "/")
        until_answer(jupyterlab, "/lab")
        podium = subject.podium
        yield {
            "podium": Editor(
                f"{podium.url}/apps/{APP_NAME}",
                "[role=textbox][aria-label^='Code of'], textarea[aria-label^='Code of']",
                ".monaco-editor .view-lines, textarea[aria-label^='Code of']",
                ".monaco-editor .view-lines",
                podium.link,
            ),
            "marimo": Editor(f"http://127.0.0.1:{marimo}/"),
            "jupyterlab": Editor(f"http://127.0.0.1:{jupyterlab}/lab/tree/main.py"),
        }


def _try(chrome: BrowserType, editor: Editor, tries: Tries) -> None:
    with profile(chrome) as context:
        if editor.link is not None:
            sign_in(context, editor.link)
        tries.cold.append(_visit(context, editor))
        _visit(context, editor)  # a browser keeps compiled scripts from the second visit on
        tries.warm.append(_visit(context, editor))


def _visit(context: BrowserContext, editor: Editor) -> Visit:
    with context.new_page() as page:
        received = Received(page)
        page.goto(editor.url, wait_until="commit")
        editable: float = page.evaluate("look => bench.editable(look)", editor.look)
        page.keyboard.press(CHARACTER)
        first: float = page.evaluate("([look, key]) => bench.typed(look, key)", [editor.look, CHARACTER])
        whole: float = page.evaluate("([look, key]) => bench.whole(look, key)", [editor.look, CHARACTER])
        reached = page.evaluate("() => bench.reached()") | {"text can be typed into it": editable}
        # A page that keeps on asking is counted as far as it came.
        with suppress(Error):
            page.wait_for_load_state("networkidle", timeout=5_000)
        return Visit(first, whole, received.bytes / 1_000_000, reached)
