"""`audit`: prove that the audit trail is whole."""

from __future__ import annotations

import click

from models.audit_chain import head, seal, verify
from views.commands.session import installation
from views.commands.trouble import refuse


@click.group("audit", help="Check the audit trail.")
def command() -> None:
    """The commands about the audit trail."""


@command.command("verify", help="Check the chain of audit entries; 1 when an entry was altered, removed or made up.")
@click.option("--head", "known_head", metavar="NUMBER:MAC", help="An end of the chain that was noted down earlier.")
def verify_trail(known_head: str | None) -> None:
    """Verify what is sealed, seal the rest, and print the new end of the chain to be kept elsewhere."""
    with installation() as platform:
        if findings := verify(platform.database, known_head):
            refuse(findings)
        seal(platform.database, everything=True)
        click.echo(f"The audit trail is whole. Its end is {head(platform.database)}")


@command.command("head", help="Print the end of the chain; keep it where the database's keepers cannot reach it.")
def show_head() -> None:
    """Seal what is not sealed yet and print the end."""
    with installation() as platform:
        seal(platform.database, everything=True)
        click.echo(head(platform.database))
