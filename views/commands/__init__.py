"""The command line.  A command's module is imported only when that command is wanted.

`evaluate` and `--help` thereby start without Flask or the database.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click

COMMANDS = {
    "init": "Create or upgrade the database, with the baseline and, if wanted, the demo organization.",
    "serve": "Serve the web pages and the API.",
    "worker": "Run a job worker alone.",
    "check": "Check metadata, plugins, settings and migrations.",
    "evaluate": "Score workbooks without a database.",
    "import": "Import a workbook: a register, scheme, data or form.",
    "export": "Write a register, ranking, roster, scheme or form to a workbook.",
    "score": "Score a cycle and propose the result.",
    "publish": "Publish what was proposed.",
    "user": "Manage sign-ins.",
    "audit": "Check the audit trail.",
    "verify": "Check a results workbook against its run.",
    "backup": "Write a consistent copy of the database.",
    "restore": "Put a backup in place.",
    "openapi": "Print the OpenAPI document.",
}
"""Command → its line in the help.  The module `views.commands.NAME` holds it as `command`."""


def module_of(name: str) -> str:
    """The module that holds the command `name`."""
    return f"{__name__}.{name}_command" if name == "import" else f"{__name__}.{name}"


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if find_spec(module_of(name)) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(module_of(cmd_name)).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Plumbline: standardized performance management for a public body."""
