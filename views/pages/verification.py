"""Whether a workbook is genuine and says what its run says: looked up by its code, written again, compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from config.text import Text, text
from models.operations.context import find
from models.operations.explanations import is_intact
from models.operations.run_notes import may_name_raters
from models.operations.run_seals import is_genuine, run_id_of
from models.result import Run
from plugins.registry import Registry
from views.pages.run_workbooks import Issue, Write, ranking_writer, results_writer
from views.shell.i18n import LOCALES
from views.workbooks.archive import Limits
from views.workbooks.book import Book, open_workbook
from views.workbooks.claims import STATES, Claim, read_claim
from views.workbooks.comparing import Difference, differences
from views.workbooks.headings import find_headings
from views.workbooks.sheetxml import MAX_ROWS
from views.workbooks.table import Column

FORGED = text(
    "The verification code is not one that this installation gave out for this run.",
    "验证码并非本系统为该批次签发。",
)
ALTERED = text(
    "The results stored for this run are no longer those that it found.",
    "该批次已存储的结果与其计算结果不一致。",
)

LARGEST = Limits(rows=MAX_ROWS)
"""A results workbook may fill its sheets to the last row."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`wrong`: why the workbook cannot be trusted at all; `differences`: the cells that are not the run's."""

    run: Run | None
    kind: str
    code: str
    wrong: Text | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def holds(self) -> bool:
        """Genuine, and equal to its run."""
        return self.wrong is None and not self.differences


def verify_workbook(session: Session, book: Book, registry: Registry) -> Verdict:
    """The verdict on `book`, as far as the actor may see its run.

    Raises WorkbookError when it carries no code, NotFound when its run is out of reach, NotAllowed when some of the
    participants of a results workbook are.
    """
    claim = read_claim(book)
    run_id = run_id_of(claim.code)
    if run_id is None:
        return Verdict(None, claim.kind, claim.code, FORGED)
    run = find(session, Run, run_id)
    if not is_genuine(session, run, claim.code):
        return Verdict(run, claim.kind, claim.code, FORGED)
    if not is_intact(session, run):
        return Verdict(run, claim.kind, claim.code, ALTERED)
    with force_locale(LOCALES[claim.language]):
        ignored = {"ranking": _("Places won")}
        found = min(
            (
                tuple(differences(book, expected, ignored))
                for expected in _expected(session, run, book, claim, registry)
            ),
            key=len,
        )
    return Verdict(run, claim.kind, claim.code, None, found)


def _expected(session: Session, run: Run, book: Book, claim: Claim, registry: Registry) -> Iterator[Book]:
    """What the workbook may rightly be: as of the state it names, with and without the names of raters."""
    issue = Issue(_state(run, claim), claim.generated_at)
    if claim.kind == "ranking":
        yield _written(ranking_writer(session, run, issue, _participants(book, claim) if claim.part else None))
        return
    yield _written(results_writer(session, run, issue, registry, naming=False))
    if may_name_raters(session, run.track):
        yield _written(results_writer(session, run, issue, registry))


def _state(run: Run, claim: Claim) -> str:
    """The state that the workbook names, if the run has been in it; else the one it is in."""
    course = list(STATES)
    reached = course[: course.index(run.state) + 1]
    return claim.state if claim.state in reached else run.state


def _participants(book: Book, claim: Claim) -> frozenset[str]:
    """The codes of the participants in a workbook that holds only some of them."""
    sheet = book.find("ranking")
    if sheet is None:
        return frozenset()
    column = Column("participant", "code", labels=(_("Code"),))
    headings, rows = find_headings(book, sheet, [column], "participant")
    position = headings.columns.get("participant", 1) - headings.first_column
    return frozenset(str(values[position]) for _number, _first, values in rows if position < len(values))


def _written(write: Write) -> Book:
    file = BytesIO()
    write(file)
    return open_workbook(file.getvalue(), LARGEST)
