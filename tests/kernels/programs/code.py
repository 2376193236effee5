"""A module that can be forked from a template, and does what its first argument says."""

from __future__ import annotations

import sys


def main(argv: list[str]) -> int:
    """Execute Python code."""
    exec(argv[0], {"__name__": "__code__"})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
