"""Any sequence of edits answers like a fresh start, whatever the modules import from one another."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium.tests.runner.driver import Runner, RunnerProcess

NAMES = ("alpha", "beta", "pack.gamma", "pack.delta", "epsilon")
TOPS = ("pack.delta", "epsilon")
"""Modules that the entry imports; the others are reached through them."""
BROKEN = "1 / 0\n"


@dataclass(frozen=True)
class Module:
    """One small module: a value of its own, and modules before it in NAMES that it uses, each in some way."""

    value: int
    uses: dict[str, str] = field(default_factory=dict)
    registers: bool = False

    def source(self, name: str) -> str:
        """Return its text; importing it registers ``name``, and ``total()`` adds up the values below it."""
        lines = [f"VALUE = {self.value}"]
        terms = ["VALUE"]
        for other, style in sorted(self.uses.items()):
            alias = other.replace(".", "_")
            if style == "lazy":
                terms.append(f"lazy_{alias}()")
                lines.append(f"def lazy_{alias}():\n    from {other} import total\n    return total()")
                continue
            package, _, last = other.rpartition(".")
            lines.append(
                {
                    "import": f"import {other}\n{alias} = {other}.total",
                    "name": f"from {other} import total as {alias}",
                    "module": f"from {package} import {last} as {alias}_m\n{alias} = {alias}_m.total"
                    if package
                    else f"import {last} as {alias}_m\n{alias} = {alias}_m.total",
                }[style]
            )
            terms.append(f"{alias}()")
        if self.registers:
            lines.append(f"from registry import register\nregister({name!r})")
        lines.append(f"def total():\n    return {' + '.join(terms)}")
        return "\n".join(lines) + "\n"


@st.composite
def modules(draw: st.DrawFn, index: int) -> Module:
    """A module that may use any of those before it in NAMES, so that imports make no circle."""
    styles = st.sampled_from(["import", "name", "module", "lazy"])
    uses = draw(st.dictionaries(st.sampled_from(NAMES[:index]), styles, max_size=2)) if index else {}
    return Module(draw(st.integers(0, 9)), uses, draw(st.booleans()))


Edit = tuple[int, Module | str]
edits = st.integers(0, len(NAMES) - 1).flatmap(
    lambda index: st.tuples(st.just(index), modules(index) | st.just("broken"))
)
starts = st.tuples(*(modules(index) for index in range(len(NAMES))))

MAIN = """
import json
from registry import registered
{imports}

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    answer = [sum(total() for total in totals), sorted(registered)]
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    await send({{"type": "http.response.body", "body": json.dumps(answer).encode()}})
"""
REGISTRY = "registered = []\ndef register(name):\n    registered.append(name)\n"


State = dict[str, Module | str]


def files_of(state: State) -> dict[str, str]:
    """Return the app's files; the entry asks the modules in TOPS."""
    imports = "\n".join(f"from {name} import total as {name.replace('.', '_')}" for name in TOPS)
    imports += f"\ntotals = [{', '.join(name.replace('.', '_') for name in TOPS)}]"
    files = {"main.py": MAIN.format(imports=imports), "registry.py": REGISTRY}
    for name, module in state.items():
        files[name.replace(".", "/") + ".py"] = BROKEN if isinstance(module, str) else module.source(name)
    return files


def reached(state: State, *, lazily: bool) -> set[str]:
    """Names of the modules that importing the app imports, or that calling it reaches too."""
    found: set[str] = set()
    waiting = set(TOPS)
    while waiting:
        found |= waiting
        waiting = {
            other
            for name in waiting
            if isinstance(module := state[name], Module)
            for other, style in module.uses.items()
            if lazily or style != "lazy"
        } - found
    return found


def answer_of(state: State) -> list[object]:
    """What a fresh start would answer when all that is called works."""

    def total(name: str) -> int:
        module = state[name]
        assert isinstance(module, Module)
        return module.value + sum(total(other) for other in module.uses)

    called = reached(state, lazily=True)
    registered = sorted(name for name in called if isinstance(module := state[name], Module) and module.registers)
    return [sum(total(top) for top in TOPS), registered]


def breaks(state: State, *, lazily: bool) -> bool:
    """Tell whether a broken module is imported by the load, or by a request too."""
    return any(isinstance(state[name], str) for name in reached(state, lazily=lazily))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=starts, sequence=st.lists(edits, min_size=1, max_size=6))
async def test_edits_answer_like_a_fresh_start(
    shared_process: RunnerProcess, start: tuple[Module, ...], sequence: list[Edit]
) -> None:
    async with Runner(shared_process) as runner:
        # A start that shares nothing with the example before.
        await runner.loaded({"main.py": MAIN.format(imports="totals = []"), "registry.py": REGISTRY}, version="empty")
        state: State = dict(zip(NAMES, start, strict=True))
        served: list[object] = [0, []]
        for change in [{}, *({NAMES[index]: edit} for index, edit in sequence)]:
            state |= change
            if breaks(state, lazily=False):
                await runner.refused(files_of(state))
            else:
                await runner.loaded(files_of(state))
                if breaks(state, lazily=True):
                    return  # requests fail now, as they would after a fresh start
                served = answer_of(state)
            assert (await runner.app.get("/")).json() == served
