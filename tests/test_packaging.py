"""The wheel has every package of the checkout, with the data that they need, and nothing else."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("runner", "kernels", "ide", "server")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that was built from a copy of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns("node_modules", ".*", "__pycache__", "*.egg-info", "build")
    for room in (*ROOMS, "tests"):
        shutil.copytree(ROOT / room, source / room, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "__init__.py"):
        shutil.copy(ROOT / name, source / name)
    uv = Path(sys.executable).with_name("uv")
    build = [str(uv), "build", "--quiet", "--wheel", "--python", sys.executable, "--out-dir", str(folder), str(source)]
    subprocess.run(build, check=True, timeout=110)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        return set(archive.namelist())


def packages_on_disk() -> set[str]:
    """Every package of the rooms, by its folder."""
    found = {
        path.parent for room in ROOMS for path in (ROOT / room).rglob("__init__.py") if "node_modules" not in path.parts
    }
    return {path.relative_to(ROOT).as_posix() for path in found}


def test_every_package_is_declared() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    declared = config["options"]["packages"].split()
    assert len(declared) == len(set(declared))
    assert set(declared) - {"podium"} == {f"podium.{path.replace('/', '.')}" for path in packages_on_disk()}


def test_every_module_is_in_the_wheel(wheel: set[str]) -> None:
    modules = {
        f"podium/{path.relative_to(ROOT).as_posix()}"
        for package in packages_on_disk()
        for path in (ROOT / package).glob("*.py")
    }
    assert modules | {"podium/__init__.py"} == {name for name in wheel if name.endswith(".py")}


def test_every_template_and_the_built_front_end_are_in_the_wheel(wheel: set[str]) -> None:
    templates = {f"podium/ide/templates/{path.name}" for path in (ROOT / "ide" / "templates").glob("*.yaml")}
    assert templates
    assert templates <= wheel
    dist = ROOT / "ide" / "web" / "dist"
    built = {f"podium/ide/web/dist/{path.relative_to(dist).as_posix()}" for path in dist.rglob("*") if path.is_file()}
    assert built <= wheel


def test_no_sources_of_the_front_end_and_no_tests_are_in_the_wheel(wheel: set[str]) -> None:
    assert not [
        name for name in wheel if name.startswith(("podium/tests/", "podium/ide/web/src/", "podium/ide/web/node"))
    ]
