"""Which modules an edit concerns, read from source."""

from __future__ import annotations

import pytest

from podium.runner.importgraph import ModuleUse, affected, module_name, orphans, read_use


def uses_of(**sources: str) -> dict[str, ModuleUse]:
    """Read modules; ``pkg__mod`` stands for ``pkg.mod``."""
    names = {name: name.replace("__", ".") for name in sources}
    packages = {name.rpartition(".")[0] for name in names.values()}
    return {names[key]: read_use(text, names[key], names[key] in packages) for key, text in sources.items()}


@pytest.mark.parametrize(
    ("source", "imports"),
    [
        ("import a.b.c as d", {"a", "a.b", "a.b.c"}),
        ("from a.b import c", {"a", "a.b", "a.b.c"}),
        ("def f():\n    import late", {"late"}),
        ("if True:\n    from a import *", {"a"}),
        ("from . import sibling", {"pack", "pack.sibling"}),
        ("from .sibling import x", {"pack", "pack.sibling", "pack.sibling.x"}),
        ("from .. import up", {"up"}),
        ("broken(", set()),
    ],
)
def test_imports_are_found_wherever_they_are(source: str, imports: set[str]) -> None:
    found = read_use(source, "pack.module", is_package=False).imports
    assert found - {"pack", ""} == imports - {"pack"}


@pytest.mark.parametrize(
    "line",
    [
        "@u.route('/')\ndef f(): pass",
        "@u\nclass C: pass",
        "class C(u.Base): pass",
        "u.setup()",
        "x = u.make().more()",
        "u.flag = 1",
        "u.table['x'] = 1",
        "u.count += 1",
        "del u.table['x']",
        "def f(x=u.make()): pass",
        "x = [u.make() for _ in range(2)]",
        "def setup():\n    u.make()\nsetup()",
    ],
)
def test_what_is_acted_on_while_importing(line: str) -> None:
    assert "u" in read_use(f"import u\n{line}\n", "m", is_package=False).acts_on
    assert "u" in read_use(f"from u import u\n{line}\n", "m", is_package=False).acts_on


@pytest.mark.parametrize(
    "line",
    [
        "def f():\n    u.make()",
        "x = u.value",
        "print(u.value)",
        "class C:\n    def f(self):\n        u.make()",
        "f = lambda: u.x()",
    ],
)
def test_what_is_only_read_is_not_acted_on(line: str) -> None:
    assert "u" not in read_use(f"import u\n{line}\n", "m", is_package=False).acts_on


def test_a_star_cannot_be_followed() -> None:
    assert "u" in read_use("from u import *", "m", is_package=False).acts_on


@pytest.mark.parametrize("source", ["import importlib", "from pkgutil import iter_modules", "m = __import__('x')"])
def test_computed_names_make_a_module_depend_on_everything(source: str) -> None:
    uses = uses_of(main=source, other="")
    assert affected(uses, {"other"}) == {"main", "other"}


def test_importers_follow_and_others_stay() -> None:
    uses = uses_of(main="import middle, store", middle="import leaf", leaf="", store="")
    assert affected(uses, {"leaf"}) == {"leaf", "middle", "main"}
    assert affected(uses, {"store"}) == {"store", "main"}
    assert affected(uses, set()) == set()


def test_submodules_follow_their_package_but_not_each_other() -> None:
    uses = uses_of(pack="", pack__one="", pack__two="", main="from pack import one")
    assert affected(uses, {"pack"}) == {"pack", "pack.one", "pack.two", "main"}
    assert affected(uses, {"pack.one"}) == {"pack.one", "main"}


def test_a_new_module_concerns_who_looked_for_it() -> None:
    uses = uses_of(main="try:\n    import extra\nexcept ImportError:\n    extra = None")
    assert affected(uses, {"extra"}) == {"extra", "main"}


def test_circles_come_to_an_end() -> None:
    uses = uses_of(one="import two", two="import one")
    assert affected(uses, {"one"}) == {"one", "two"}


def test_what_nothing_imports_any_more_is_an_orphan() -> None:
    uses = uses_of(main="import kept", kept="", left="import lower", lower="")
    assert orphans(uses, "main", {"main", "kept", "left", "lower"}) == {"left", "lower"}
    dynamic = uses_of(main="import importlib", left="")
    assert orphans(dynamic, "main", {"main", "left"}) == set()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("main.py", "main"),
        ("a/b.py", "a.b"),
        ("a/__init__.py", "a"),
        ("__init__.py", None),
        ("a-b.py", None),
        ("2.py", None),
        ("a.txt", None),
        ("a.b.py", None),
    ],
)
def test_module_names(path: str, name: str | None) -> None:
    assert module_name(path) == name
