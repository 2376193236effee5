"""From what an app asks for to a lock: every package in one exact version, with the hashes of its files."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from podium.kernels.environments.basis import COMMON, Wishes, fingerprint, runner_requirements, versions
from podium.kernels.environments.failure import EnvironmentFailed, explain, not_with_runner
from podium.kernels.environments.uv import Tell, UvError, run_uv

_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:==\s*([^\s;\\]+)|@)", re.MULTILINE)
_UNSOLVED = "No solution found"


@dataclass(frozen=True, slots=True)
class Lock:
    """``text`` is a requirements file of exact versions and hashes, ``pins`` the versions by name (``""`` for URLs)."""

    text: str
    pins: Mapping[str, str]

    @classmethod
    def of(cls, text: str) -> Lock:
        """Read a lock that uv has written."""
        return cls(text, {canonicalize_name(found[1]): found[2] or "" for found in _PIN.finditer(text)})

    def without(self, names: Collection[str]) -> Lock:
        """The lock of the other packages. What belongs to a package begins at the start of a line."""
        entries = re.split(r"^(?=\S)", self.text, flags=re.MULTILINE)
        kept = [entry for entry in entries if Lock.of(entry).pins.keys().isdisjoint(names)]
        return Lock.of("".join(kept))

    @property
    def key(self) -> str:
        """What an environment made from this is called."""
        return fingerprint([self.text])

    def is_own(self, installed: Mapping[str, str]) -> bool:
        """Whether Podium's own environment has all of this."""
        return all(installed.get(name) == version for name, version in self.pins.items())


class Resolver:
    """Resolves the requirements of one app; ``folder`` is a place to write to, ``tell`` takes the progress."""

    def __init__(self, wishes: Wishes, folder: Path, tell: Tell) -> None:
        self._wishes = wishes
        self._folder = folder
        self._tell = tell

    async def lock(self) -> tuple[Lock, Mapping[str, str]]:
        """The lock, and what Podium's own environment has, whose versions are preferred.

        What is common to all apps is left out where no version of it goes with the app's requirements. Raises
        :class:`EnvironmentFailed` and :class:`OSError`.
        """
        installed = await asyncio.to_thread(versions)
        preferred = "".join(f"{name}=={version}\n" for name, version in installed.items())
        runner = runner_requirements()
        try:
            return await self._compile([*runner, *COMMON], preferred), installed
        except UvError as error:
            if _UNSOLVED not in error.output:
                raise explain(error.output, self._wishes) from error
        try:
            lock = await self._compile(runner, preferred)
        except UvError as error:
            raise await self._why(error, runner, preferred) from error
        self._tell(f"Left out, since no version goes with these requirements: {_left_out(lock)}")
        return lock, installed

    async def _compile(self, besides: Sequence[str], preferred: str) -> Lock:
        asked, lock = self._folder / "requirements.in", self._folder / "requirements.lock"
        lines = [*(str(wish.requirement) for wish in self._wishes), *besides]
        asked.write_text("\n".join(lines) + "\n")
        lock.write_text(preferred)
        quiet = ("--quiet", "--no-header", "--no-annotate", "--no-emit-index-url", "--generate-hashes")
        options = ("--output-file", lock.name, "--python", sys.executable, "--no-build", *quiet)
        await run_uv("pip", "compile", asked.name, *options, folder=self._folder)
        return Lock.of(lock.read_text())

    async def _why(self, error: UvError, runner: Sequence[str], preferred: str) -> EnvironmentFailed:
        """Tell requirements that cannot be met at all from those that the runner cannot live with."""
        names = [Requirement(text).name for text in runner]
        if _UNSOLVED in error.output and any(name in error.output for name in names):
            try:
                lock = await self._compile((), preferred)
            except UvError as alone:
                return explain(alone.output, self._wishes)
            for text in runner:
                needed = Requirement(text)
                chosen = lock.pins.get(canonicalize_name(needed.name))
                wish = next((wish for wish in self._wishes if wish.requirement.name == needed.name), None)
                if wish and chosen and not needed.specifier.contains(chosen, prereleases=True):
                    return not_with_runner(wish, text)
        return explain(error.output, self._wishes)


def _left_out(lock: Lock) -> str:
    return ", ".join(name for name in COMMON if canonicalize_name(name) not in lock.pins) or "nothing"
