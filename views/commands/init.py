"""`init`: the database, brought to today's tables."""

from __future__ import annotations

import click

from config.settings import SettingsError, load_settings
from models import migrate
from views.commands.trouble import refuse


@click.command("init", help="Create or upgrade the database; safe to repeat.")
def command() -> None:
    """Create or upgrade."""
    try:
        settings = load_settings()
    except SettingsError as error:
        refuse(error.findings)
    migrate.upgrade(settings.database_url)
    click.echo("The database is up to date.")
