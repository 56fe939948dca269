"""Tells what a workbook is by its sheets, for whoever hands one in without saying: form, scheme, data or register."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.access import covers
from models.cycle import Cycle, Track
from models.errors import Invalid
from models.operations.schemes import engine_scheme
from models.specs import MergedSpec
from views.workbooks.book import Book
from views.workbooks.data_reading import read_data
from views.workbooks.form_reading import read_form
from views.workbooks.form_sheet import IDENTITY_SHEET
from views.workbooks.problems import WorkbookError


def recognize(session: Session, specs: dict[str, MergedSpec], book: Book) -> str:
    """The import target of a workbook (see `views.imports.targets`).

    Raises WorkbookError when it is none of the known kinds, Invalid when data would fit no open track or several.
    """
    if book.find(IDENTITY_SHEET):
        return f"form-{read_form(book).form_id}"
    if book.find("items"):
        return "scheme"
    if book.find("participants"):
        return f"track-{_only_track(session, book).id}"
    for entity in specs:
        if book.find(entity):
            return entity
    raise WorkbookError(
        text(
            "No sheet tells what this workbook is: a form, a scheme (items), data (participants) or a register.",
            "无法识别该工作簿：应为填报表、考核方案（items）、数据（participants）或登记册。",
        )
    )


def _only_track(session: Session, book: Book) -> Track:
    """The one track of a cycle that is not closed whose scheme has every column of the data."""
    actor, metadata = session.info["actor"], session.info["metadata"]
    query = select(Track).join(Cycle, Track.cycle_id == Cycle.id).where(Cycle.state != "closed").order_by(Track.id)
    tracks = [track for track in session.scalars(query) if covers(session, actor, metadata, track, "import")]
    fitting = [track for track in tracks if not _misses_columns(session, book, track)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"{track.cycle.code}/{track.scheme_version.scheme.code}" for track in fitting or tracks) or "–"
    if fitting:
        raise Invalid(
            text(
                "The data would fit several tracks; say which one: {names}.",
                "该数据适用于多个考核组别，请指明其中之一：{names}。",
                names=names,
            )
        )
    raise Invalid(
        text(
            "The data fits no track of an open cycle that you may import into; those are: {names}.",
            "没有可导入该数据的考核组别；您可导入的有：{names}。",
            names=names,
        )
    )


def _misses_columns(session: Session, book: Book, track: Track) -> bool:
    """Whether a heading of the data is no item of the track's scheme."""
    reading = read_data(book, engine_scheme(session, track.scheme_version_id))
    headings = {name: sheet.table.heading_row for name, sheet in reading.locator.sheets.items()}
    return any(problem.row == headings.get(problem.sheet) for problem in reading.errors)
