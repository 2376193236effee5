"""Params of what this server understands beyond LSP."""

from __future__ import annotations

from attrs import field, frozen


@frozen
class Unmet:
    """A requirement that could not be installed: its line (from 0) in the stored requirements.txt, and why."""

    line: int
    message: str


@frozen
class StartOptions:
    """``initializationOptions``: the stored text of every file of the app, and the path of its entry file.

    An editor may have several processes: one of them ``checks`` and publishes diagnostics, and the one that completes
    ``learns`` ahead about the libraries that the app uses. Who ``looks`` answers ``podium/look``.
    """

    files: dict[str, str] = field(factory=dict)
    entry: str = "main.py"
    unmet: list[Unmet] = field(factory=list)
    checks: bool = True
    learns: bool = True
    looks: bool = False


@frozen
class FilesParams:
    """``podium/files``: what other tabs changed in the store, and what of the requirements there is unmet."""

    changed: dict[str, str] = field(factory=dict)
    removed: list[str] = field(factory=list)
    entry: str | None = None
    unmet: list[Unmet] = field(factory=list)


@frozen
class ValidateParams:
    """``podium/validate``: files to check, path to text, that need not be those of the editor.

    ``libraries`` is where the packages of the app's own environment are, if it has one.
    """

    files: dict[str, str]
    entry: str
    libraries: str | None = None


@frozen
class SourceParams:
    """``podium/source``: a library file, by the URI that a definition had."""

    uri: str
