"""`check`: every finding about the metadata, with its id."""

from __future__ import annotations

import click

from config.metadata import check_metadata
from views.commands.trouble import refuse, sentence


@click.command("check", help="Check the metadata; 1 when something is wrong.")
def command() -> None:
    """Print what is found."""
    _metadata, findings = check_metadata(None)
    if findings:
        refuse(f"{found.id} {found.file}:{found.line}: {sentence(found.text)} {sentence(found.hint)}" for found in findings)
    click.echo("Nothing to report.")
