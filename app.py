"""Plumbline: `create_app` for a web server, `main` for the command line."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from views.commands import cli

if TYPE_CHECKING:
    from flask import Flask

    from config.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The web application; `settings`: those of this installation when None.

    Flask and the frameworks are imported here and not before, so that commands without a web page start at once.
    Raises SettingsError or MetadataError with every finding.
    """
    wiring = import_module("views.wiring")
    return wiring.create_app(settings)  # type: ignore[no-any-return]


def main() -> None:
    """Run the command line; the seeds stand on the same floor as the commands and are handed to them from here."""
    cli(prog_name="app.py", obj=lambda: import_module("seeds"))


if __name__ == "__main__":
    sys.exit(main())
