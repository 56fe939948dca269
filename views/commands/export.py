"""`export`: a register, ranking, roster, scheme or form as a file, in someone's name and reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.access import require
from models.cycle import Cycle, Form, Track
from models.errors import Invalid, NotFound
from models.operations.context import find
from models.operations.events import note_export
from models.operations.exports import export_rows
from models.operations.form_sheet import form_sheet
from models.operations.reports import roster
from models.operations.schemes import engine_scheme
from models.result import Run
from models.scheme import Scheme, SchemeVersion
from views.commands.evaluate import written_whole
from views.commands.session import installation, request_as
from views.commands.trouble import language
from views.context import Platform
from views.pages.form_workbook import offline_form
from views.pages.forms import form_title
from views.pages.ranking import read_page
from views.pages.ranking_workbook import ranking_sheet
from views.pages.roster_workbook import roster_sheet
from views.pages.run_workbooks import issue_now, ranking_writer, results_writer
from views.records.export import write_records
from views.workbooks.form_writing import write_form
from views.workbooks.registers import write_csv
from views.workbooks.rosters import write_roster
from views.workbooks.scheme_writing import write_scheme

Write = Callable[[BinaryIO], object]
Filters = dict[str, str]


@click.command("export", help="Write WHAT: an entity's code, roster, ranking, results, scheme:CODE or form:ID, to a file.")
@click.argument("what")
@click.option("--as", "username", required=True, metavar="USER", help="The sign-in in whose name it is done.")
@click.option(
    "--out", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file: .xlsx or .csv."
)
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Only rows that have it; for ranking and results: cycle, scheme or run; for roster: on.",
)
def command(what: str, username: str, file: Path, filters: tuple[str, ...]) -> None:
    """Write the file; what was there before is replaced only when it is complete."""
    kind = file.suffix.lower().removeprefix(".")
    if kind not in {"xlsx", "csv"}:
        raise click.BadParameter("the file must end in .xlsx or .csv", param_hint="--out")
    if not file.parent.is_dir():
        raise click.BadParameter(f"the folder {file.parent} does not exist", param_hint="--out")
    given = dict(_pair(one) for one in filters)
    with installation() as platform, request_as(platform, username) as session:
        write = _writer(platform, session, what, kind, given)
        with written_whole(file, language()) as opened:
            write(opened)
        click.echo(f"{file}: written")


def _pair(written: str) -> tuple[str, str]:
    field, equals, value = written.partition("=")
    if not equals:
        raise click.BadParameter(f"{written}: write FIELD=VALUE", param_hint="--filter")
    return field.strip(), value.strip()


def _writer(platform: Platform, session: Session, what: str, kind: str, filters: Filters) -> Write:
    name, _, which = what.partition(":")
    if name == "scheme" and which:
        return _scheme(session, which, kind)
    if name == "form" and which:
        return _form(platform, session, which, kind)
    if what == "ranking":
        return _ranking(platform, session, kind, filters)
    if what == "results":
        return _results(platform, session, kind, filters)
    if what == "roster":
        return _roster(platform, session, kind, filters)
    if what not in platform.specs:
        raise NotFound(text("There is nothing called “{what}” to export.", "没有名为“{what}”的可导出内容。", what=what))
    names, rows = export_rows(session, what, filters)
    words = "; ".join(f"{field} = {value}" for field, value in filters.items())
    return lambda file: write_records(file, kind, platform.specs[what], names, rows, words)


def _scheme(session: Session, code: str, kind: str) -> Write:
    _only_workbook(kind)
    query = select(SchemeVersion).join(Scheme).where(Scheme.code == code).order_by(SchemeVersion.number.desc())
    version = session.scalars(query.limit(1)).first()
    if version is None:
        raise NotFound(text("There is no scheme “{code}”.", "没有考核方案“{code}”。", code=code))
    require(session, "scheme", "export", version.scheme)
    scheme = engine_scheme(session, version.id)
    note_export(session, "scheme", version.scheme)
    return lambda file: write_scheme(scheme, file)


def _form(platform: Platform, session: Session, number: str, kind: str) -> Write:
    _only_workbook(kind)
    form = find(session, Form, int(number) if number.isdecimal() and len(number) < 10 else None)
    sheet = form_sheet(session, form.id, platform.registry)
    offline = offline_form(sheet, form_title(sheet), platform.clock.now(), platform.clock.zone)
    note_export(session, "form", form)
    return lambda file: write_form(offline, file, language=language())


def _ranking(platform: Platform, session: Session, kind: str, filters: Filters) -> Write:
    require(session, "total", "export")
    run = _run(session, filters)
    note_export(session, "run", run)
    if kind == "csv":
        sheet = ranking_sheet(read_page(session, run), run, platform.clock.now())
        return lambda file: write_csv(sheet.columns, sheet.rows, file, language=language())
    return ranking_writer(session, run, issue_now(run, platform.clock.now()))


def _results(platform: Platform, session: Session, kind: str, filters: Filters) -> Write:
    _only_workbook(kind)
    run = _run(session, filters)
    write = results_writer(session, run, issue_now(run, platform.clock.now()), platform.registry)
    note_export(session, "run", run)
    return write


def _run(session: Session, filters: Filters) -> Run:
    """The newest published run, of the cycle and scheme that the filters name; or the very run."""
    _only(filters, {"cycle", "scheme", "run"})
    query = select(Run).join(Track, Track.id == Run.track_id).join(Cycle, Cycle.id == Track.cycle_id)
    query = query.join(SchemeVersion, SchemeVersion.id == Track.scheme_version_id).join(Scheme)
    if number := filters.get("run"):
        return find(session, Run, int(number) if number.isdecimal() and len(number) < 10 else None)
    query = query.where(Run.state == "published")
    if "cycle" in filters:
        query = query.where(Cycle.code == filters["cycle"])
    if "scheme" in filters:
        query = query.where(Scheme.code == filters["scheme"])
    run = session.scalars(query.order_by(Run.published_at.desc(), Run.id.desc()).limit(1)).first()
    if run is None:
        raise NotFound(text("Nothing is published yet.", "尚无已发布的结果。"))
    return run


def _roster(platform: Platform, session: Session, kind: str, filters: Filters) -> Write:
    require(session, "appointment", "export")
    _only(filters, {"on"})
    on = _day(filters["on"]) if "on" in filters else platform.clock.today()
    sheet = roster_sheet(roster(session, on), on, platform.clock.now())
    note_export(session, "appointment", None, {"on": on.isoformat()})
    if kind == "csv":
        rows = [row for section in sheet.sections for row in section.rows]
        return lambda file: write_csv(sheet.columns, rows, file, language=language())
    return lambda file: write_roster(sheet, file)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        wrong = text("“{value}” is no day; write 2026-12-31.", "“{value}”不是日期，请写作 2026-12-31。", value=written)
        raise Invalid(wrong) from None


def _only(filters: Filters, known: set[str]) -> None:
    if unknown := sorted(set(filters) - known):
        raise Invalid(
            text(
                "There is no filter “{unknown}” here; known are: {known}.",
                "此处没有筛选条件“{unknown}”；可用的有：{known}。",
                unknown=unknown[0],
                known=", ".join(sorted(known)),
            )
        )


def _only_workbook(kind: str) -> None:
    if kind != "xlsx":
        raise Invalid(text("This can only be written as .xlsx.", "此内容只能导出为 .xlsx 文件。"))
