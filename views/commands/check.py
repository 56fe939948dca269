"""`check`: every finding about settings, metadata, plugins and migrations, each with its id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from config.metadata import check_metadata
from config.metadata.finding import MetadataFinding
from config.settings import Settings, SettingsError, load_settings
from config.text import text
from models import migrate
from models.spec_checks import check_stored
from plugins.registry import build_registry
from views.commands.trouble import refuse, sentence


@click.command("check", help="Check settings, metadata, plugins and migrations; 1 when something is wrong.")
@click.option(
    "--metadata",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Check the metadata in this folder instead of the installation's own.",
)
def command(folder: Path | None) -> None:
    """Print everything that is found, one line a finding."""
    findings = [*_metadata(folder), *_installation()]
    if findings:
        refuse(findings)
    click.echo(sentence(text("Nothing to report.", "没有发现问题。")))


def metadata_findings(folder: Path | None = None) -> list[MetadataFinding]:
    """Everything that is wrong with the metadata, in itself and against what is stored."""
    metadata, findings = check_metadata(folder)
    return findings if metadata is None or findings else check_stored(metadata, folder)


def _metadata(folder: Path | None) -> Iterator[str]:
    for found in metadata_findings(folder):
        yield f"{found.id} {found.file}:{found.line}: {sentence(found.text)} {sentence(found.hint)}"


def _installation() -> Iterator[str]:
    try:
        settings = load_settings()
    except SettingsError as error:
        yield from (f"SET-001 {sentence(found)}" for found in error.findings)
        return
    yield from _database(settings)
    for problem in build_registry(settings.plugin_dir).problems:
        yield f"PLUG-001 {problem.plugin}: {sentence(problem.text)}"


def _database(settings: Settings) -> Iterator[str]:
    try:
        current = migrate.check(settings.database_url)
    except (SQLAlchemyError, OSError):
        yield "MIG-002 " + sentence(text("The database cannot be reached.", "无法连接数据库。"))
        return
    if not current:
        behind = text("The database is not up to date; run `init`.", "数据库尚未升级，请运行 init。")
        yield "MIG-001 " + sentence(behind)
