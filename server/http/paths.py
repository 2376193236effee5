"""Path templates: ``{app}`` is one segment of an address, ``{path:path}`` takes slashes too."""

from __future__ import annotations

import re

_PARAMETER = re.compile(r"\{([a-z_]+)(:path)?\}")


def pattern(template: str) -> str:
    """The regular expression that Tornado matches addresses with."""
    parts: list[str] = []
    end = 0
    for match in _PARAMETER.finditer(template):
        parts.append(re.escape(template[end : match.start()]))
        parts.append(f"(?P<{match[1]}>{'.+' if match[2] else '[^/]+'})")
        end = match.end()
    return "".join([*parts, re.escape(template[end:]), "$"])


def parameters(template: str) -> list[str]:
    """The names of the parameters, in order."""
    return [match[1] for match in _PARAMETER.finditer(template)]


def plain(template: str) -> str:
    """The template as OpenAPI writes it."""
    return _PARAMETER.sub(r"{\1}", template)
