"""`import`: any workbook from the shell, a dry run unless it is told to commit."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from config.text import text
from views.commands.evaluate import written_whole
from views.commands.session import installation, request_as, tracks_of
from views.commands.trouble import language, refuse, sentence
from views.context import Platform
from views.imports.outcome import Outcome
from views.imports.recognize import recognize
from views.imports.targets import find_target
from views.workbooks.annotate import annotate
from views.workbooks.archive import Limits
from views.workbooks.book import open_workbook

MEGABYTE = 1024 * 1024


@click.command("import", help="Import FILE, a register, scheme, data or form workbook; a dry run unless --commit.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "username", required=True, metavar="USER", help="The sign-in in whose name it is done.")
@click.option("--commit", is_flag=True, help="Write it: all of it, or nothing when a cell is in error.")
@click.option("--into", metavar="CYCLE[/SCHEME]", help="The track that data belongs to, when several would fit.")
@click.option(
    "--out",
    "marked",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="ANNOTATED",
    help="Where to write the workbook again with its bad cells marked.",
)
def command(file: Path, username: str, commit: bool, into: str | None, marked: Path | None) -> None:
    """Recognize, check and, if asked to, import; every bad cell on standard error, one a line."""
    with installation() as platform, request_as(platform, username) as session:
        limits = _limits(platform)
        content = file.read_bytes()
        book = open_workbook(content, limits)
        what = f"track-{_track_id(session, into)}" if into else recognize(session, platform.specs, book)
        target = find_target(session, platform.specs, platform.registry, what)
        outcome = target.run(book, commit)
        click.echo(f"{sentence(target.title)}: {_counts(outcome)}")
        for note in outcome.notes:
            click.echo(sentence(note))
        if marked is not None:
            with written_whole(marked, language()) as opened:
                annotate(content, outcome.problems, opened, language=language(), limits=limits)
        if outcome.problems:
            refuse(problem.line(language()) for problem in outcome.problems)
        click.echo("Imported." if outcome.done else "Nothing was written; add --commit to import.")


def _track_id(session: Session, name: str) -> int:
    tracks = tracks_of(session, name)
    if len(tracks) > 1:
        codes = [f"{name}/{track.scheme_version.scheme.code}" for track in tracks]
        refuse([text("Say which track: {codes}.", "请指明考核组别：{codes}。", codes=", ".join(codes))])
    return tracks[0].id


def _limits(platform: Platform) -> Limits:
    settings = platform.settings
    return Limits(file_bytes=settings.max_upload_mb * MEGABYTE, rows=settings.max_import_rows)


def _counts(outcome: Outcome) -> str:
    return f"{outcome.added} added, {outcome.changed} changed, {outcome.same} as they were, {outcome.refused} refused"
