"""`init`: the database, brought to today's tables, with the baseline and, if wanted, the demo organization.

Views do not know the seeds; whoever runs the command line hands them in (`app.main`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from config.metadata import MetadataError
from config.settings import Settings, SettingsError, load_settings
from models import migrate
from models.actor import SYSTEM
from views.commands.trouble import refuse
from views.context import Platform
from views.security.passwords import new_password
from views.wiring import make_platform

DEMO_PASSWORD = "demo-password"  # noqa: S105  # the name of the file it is kept in


@click.command("init", help="Create or upgrade the database; safe to repeat.")
@click.option("--demo", is_flag=True, help="Make the demo organization, with a sign-in a role, unless it is there.")
@click.option("--scale", type=click.Choice(["demo", "province"]), default="demo", show_default=True, help="How large a demo.")
@click.pass_obj
def command(load_seeds: Callable[[], Any], demo: bool, scale: str) -> None:
    """Migrate, seed, and say who can sign in to the demo."""
    try:
        settings = load_settings()
        migrate.upgrade(settings.database_url)
        platform = make_platform(settings)
    except (SettingsError, MetadataError) as error:
        refuse(error.findings)
    try:
        _seed(platform, load_seeds(), scale if demo else None)
    finally:
        platform.database.dispose()


def _seed(platform: Platform, seeds: Any, scale: str | None) -> None:
    with platform.database.session(SYSTEM) as session:
        seeds.seed_baseline(session, platform.metadata)
    click.echo("The database is up to date.")
    if scale is None:
        return
    password = _demo_password(platform.settings)
    report = seeds.seed_demo(platform.database, password=password, scale=scale, registry=platform.registry)
    click.echo(f"Demo organization: {report.units} units, {report.people} people, {report.cycles} cycles.")
    click.echo(f"Sign in as one of {', '.join(report.sign_ins)}")
    click.echo(f"with the password {password}")


def _demo_password(settings: Settings) -> str:
    """The one that the settings give, else one made at random and kept, so that it can be shown again."""
    if settings.demo_password:
        return settings.demo_password
    kept: Path = settings.instance_dir / DEMO_PASSWORD
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(new_password())
    return kept.read_text(encoding="utf-8").strip()
