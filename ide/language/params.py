"""Params of what this server understands beyond LSP."""

from __future__ import annotations

from attrs import field, frozen


@frozen
class StartOptions:
    """``initializationOptions``: the stored text of every file of the app, and the path of its entry file.

    An editor may have several processes: one of them ``checks`` and publishes diagnostics, and the one that completes
    ``learns`` ahead about the libraries that the app uses. Who ``looks`` answers ``podium/look``.
    """

    files: dict[str, str] = field(factory=dict)
    entry: str = "main.py"
    checks: bool = True
    learns: bool = True
    looks: bool = False


@frozen
class FilesParams:
    """``podium/files``: what other tabs changed in the store."""

    changed: dict[str, str] = field(factory=dict)
    removed: list[str] = field(factory=list)
    entry: str | None = None


@frozen
class ValidateParams:
    """``podium/validate``: files to check, path to text, that need not be those of the editor."""

    files: dict[str, str]
    entry: str


@frozen
class SourceParams:
    """``podium/source``: a library file, by the URI that a definition had."""

    uri: str
