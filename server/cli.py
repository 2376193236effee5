"""The command ``podium``. It imports little before the stores are starting, so that the rest loads meanwhile."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        from podium.server.version import version

        typer.echo(f"podium {version()}")
        raise typer.Exit


@cli.callback()
def podium(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Write a Python web API in the browser, run it at once, and keep it running."""


@cli.command()
def up(
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[str | None, typer.Option(help="The port; 0 takes a free one.", show_default="8000")] = None,
    data_dir: Annotated[str | None, typer.Option(help="The folder that holds everything Podium keeps.")] = None,
    token: Annotated[str | None, typer.Option(help="The sign-in token.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """Start Podium on this machine."""
    from podium.server.start import start

    options = {"HOST": host, "PORT": port, "DATA_DIR": data_dir, "TOKEN": token}
    given = {f"PODIUM_{name}": value for name, value in options.items() if value is not None}
    sys.exit(start(os.environ, given, browser=not no_browser))


def main() -> None:
    """Entry point of the installed command."""
    cli()
