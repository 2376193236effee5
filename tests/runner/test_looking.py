"""Looking into the running app runs nothing of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette

from podium.runner.looking import look
from podium.runner.protocol import Sight
from podium.tests.runner.driver import Runner

RAN: list[str] = []


def _hostile() -> Any:
    """A class that runs code at every turn; made here, since pytest asks whatever stands in a test's module."""

    class Trap(type):
        """A class of classes that notes whatever is asked of its classes."""

        def __getattribute__(cls, name: str) -> Any:
            RAN.append(f"metaclass {name}")
            return super().__getattribute__(name)

        def __instancecheck__(cls, value: object) -> bool:
            RAN.append("instancecheck")
            return True

        def __eq__(cls, other: object) -> bool:
            RAN.append("class eq")
            return True

        __hash__ = type.__hash__

    class Descriptor:
        def __get__(self, value: object, kind: object = None) -> Any:
            RAN.append("descriptor")
            time.sleep(60)

    class Hostile(metaclass=Trap):
        """Runs code at every turn."""

        slow = Descriptor()

        def __init__(self) -> None:
            vars(self)["plain"] = [1]

        def __getattribute__(self, name: str) -> Any:
            RAN.append(f"getattribute {name}")
            return object.__getattribute__(self, name)

        def __getattr__(self, name: str) -> Any:
            RAN.append(f"getattr {name}")
            raise RuntimeError

        def __dir__(self) -> Iterator[str]:
            RAN.append("dir")
            while True:
                yield "x"

        def __repr__(self) -> str:
            RAN.append("repr")
            raise RuntimeError

        @property
        def asked(self) -> int:
            RAN.append("property")
            return 1

        @property  # type: ignore[misc] # what hostile code may do
        def __class__(self) -> Any:
            RAN.append("class")
            return int

    return Hostile


class _OwnDict:
    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override] # what hostile code may do
        RAN.append("__dict__")
        return {"made": 1}


class _Key(str):
    """Equal to everything of its hash, which it says."""

    def __eq__(self, other: object) -> bool:
        RAN.append(f"key {other}")
        return True

    __hash__ = str.__hash__


class _Dictionary(dict[str, Any]):
    def items(self) -> Any:
        RAN.append("items")
        return super().items()

    def __iter__(self) -> Iterator[str]:
        RAN.append("iter")
        return super().__iter__()

    def keys(self) -> Any:
        RAN.append("keys")
        return super().keys()


class _Slots:
    __slots__ = ("filled", "unfilled")

    def __init__(self) -> None:
        self.filled = SimpleNamespace(inside=1)


def _see(names: dict[str, Any], path: str) -> Sight:
    module = ModuleType("main")
    vars(module).update(names, __file__="/app/main.py")
    RAN.clear()
    seen = look([ModuleType("other"), module], "/app/main.py", tuple(path.split(".")))
    assert RAN == []
    return seen


def _names(seen: Sight) -> dict[str, tuple[str, str | None]]:
    return {name.name: (name.kind, name.type) for name in seen.names}


@pytest.mark.parametrize(
    "make",
    [
        lambda: _hostile()(),
        _hostile,
        _OwnDict,
        lambda: SimpleNamespace(**{_Key("x"): 1}),
    ],
)
def test_hostile_objects_are_looked_at_from_outside(make: Callable[[], Any]) -> None:
    hostile, beside = make(), _hostile()()
    for path in ("it", "it.plain", "it.slow", "it.asked", "it.missing", "it.x", "it.__class__"):
        _see({"it": hostile, "beside": beside}, path)


def test_what_an_instance_has_is_seen_with_what_its_class_has() -> None:
    seen = _names(_see({"it": _hostile()()}, "it"))
    assert seen["plain"] == ("value", "list")
    assert seen["asked"] == ("property", "property")
    assert seen["slow"][0] == "property"
    assert "append" in _names(_see({"it": _hostile()()}, "it.plain"))


def test_a_dictionary_of_another_class_is_read_without_its_methods() -> None:
    value = type("Plain", (), {})()
    value.__dict__ = _Dictionary(inside=1.5)
    assert _names(_see({"it": value}, "it"))["inside"] == ("value", "float")


def test_slots_are_values() -> None:
    assert "inside" in _names(_see({"it": _Slots()}, "it.filled"))
    assert _see({"it": _Slots()}, "it.unfilled") == Sight(None)


def test_the_state_of_an_app_is_seen_although_it_is_behind_a_getattr() -> None:
    app = Starlette()
    app.state.started = 1.0
    assert _names(_see({"app": app}, "app.state"))["started"] == ("value", "float")
    assert "as_integer_ratio" in _names(_see({"app": app}, "app.state.started"))


async def test_a_running_app_tells_what_stands_in_its_modules(runner: Runner) -> None:
    source = (
        "from types import SimpleNamespace\n"
        "made = SimpleNamespace(**{f'name_{n}': n for n in range(3)})\n"
        "async def app(scope, receive, send): ...\n"
    )
    await runner.load({"main.py": source})
    body = {"file": "main.py", "path": ["made"]}
    answer = (await runner.control.post("/look", json=body)).raise_for_status().json()
    assert answer["type"] == "SimpleNamespace"
    assert {"name_0", "name_1", "name_2"} <= {name["name"] for name in answer["names"]}
    unknown = await runner.control.post("/look", json={"file": "other.py", "path": ["made"]})
    assert unknown.json() == {"type": None, "names": []}
