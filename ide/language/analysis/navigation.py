"""Definition, references, highlights and rename: where else a name stands."""

from __future__ import annotations

import keyword

from jedi.api.classes import Name
from lsprotocol import types as lsp

from podium.ide.language.analysis.context import Context, Source, name_range, place
from podium.ide.language.messages import RpcError


def definition(context: Context, params: lsp.DefinitionParams) -> list[lsp.Location]:
    """Where a name is defined, in the app or in a library."""
    source = context.source(params.text_document.uri)
    if source is None:
        return []
    script = context.script(source)
    line, column = place(source, params.position)
    found = script.goto(line, column, follow_imports=True, follow_builtin_imports=True)
    locations: list[lsp.Location] = []
    for name in found:
        location = context.location(name)
        if location is not None and location not in locations:
            locations.append(location)
    return locations


def references(context: Context, params: lsp.ReferenceParams) -> list[lsp.Location]:
    """Every use of a name in the app's files."""
    source = context.source(params.text_document.uri)
    if source is None:
        return []
    found = _uses(context, source, params.position)
    wanted = [name for name in found if params.context.include_declaration or not name.is_definition()]
    return [location for name in wanted if (location := context.location(name)) is not None]


def _uses(context: Context, source: Source, position: lsp.Position) -> list[Name]:
    found = context.script(source).get_references(*place(source, position), include_builtins=False)
    return [name for name in found if context.app_path(name) is not None]


def highlights(context: Context, params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
    """Every use of a name in its own file."""
    source = context.source(params.text_document.uri)
    if source is None:
        return []
    found = context.script(source).get_references(*place(source, params.position), scope="file")
    kinds = {True: lsp.DocumentHighlightKind.Write, False: lsp.DocumentHighlightKind.Read}
    return [lsp.DocumentHighlight(name_range(name, source.text), kinds[name.is_definition()]) for name in found]


def prepare_rename(context: Context, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder | None:
    """The name under the cursor when it can be renamed. Raises :class:`RpcError` when it is a library's."""
    source = context.source(params.text_document.uri)
    if source is None:
        return None
    name = _renamed(context, source, params.position)
    return None if name is None else lsp.PrepareRenamePlaceholder(name_range(name, source.text), name.name)


def rename(context: Context, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    """Rename a name wherever the app uses it. Raises :class:`RpcError` when it cannot be."""
    if not params.new_name.isidentifier() or keyword.iskeyword(params.new_name):
        raise RpcError(lsp.ErrorCodes.InvalidParams, f"'{params.new_name}' is not a name in Python.")
    source = context.source(params.text_document.uri)
    if source is None or _renamed(context, source, params.position) is None:
        return None
    changes: dict[str, list[lsp.TextEdit]] = {}
    for name in _uses(context, source, params.position):
        location = context.location(name)
        if location is not None:
            changes.setdefault(location.uri, []).append(lsp.TextEdit(location.range, params.new_name))
    return lsp.WorkspaceEdit(changes=changes)


def _renamed(context: Context, source: Source, position: lsp.Position) -> Name | None:
    """The name at a position. Raises :class:`RpcError` when what defines it is not in the app."""
    line, column = place(source, position)
    script = context.script(source)
    defined = script.goto(line, column, follow_imports=True)
    if any(name.type == "module" for name in defined):
        raise RpcError(lsp.LSPErrorCodes.RequestFailed, "To rename a module, rename its file.")
    if defined and not any(context.app_path(name) for name in defined):
        name = defined[0].name
        raise RpcError(lsp.LSPErrorCodes.RequestFailed, f"'{name}' is defined in a library and cannot be renamed here.")
    uses = script.get_references(line, column, scope="file", include_builtins=False)
    return next((name for name in uses if name.line == line and 0 <= column - name.column <= len(name.name)), None)
