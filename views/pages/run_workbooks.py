"""The workbooks of a run that carry a verification code: its results and its ranking, written and written again.

Written again for the same moment, state and language, a workbook is the same cell by cell; that is how one is checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, BinaryIO

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.operations.explanations import explainer_of, open_results
from models.operations.run_changes import run_changes
from models.operations.run_notes import without_raters
from models.operations.run_seals import participant_count, run_code
from models.result import Run
from plugins.engine.scheme import Place
from plugins.registry import Registry
from views.pages.ranking import Line, RankingPage, read_page
from views.pages.ranking_workbook import ranking_sheet
from views.pages.run_differences import changes_sheet
from views.shell.i18n import language, say
from views.shell.naming import name_of
from views.workbooks.claims import STATES, TRIAL
from views.workbooks.rankings import write_ranking
from views.workbooks.results import Changes, write_results
from views.workbooks.results_format import About

Write = Callable[[BinaryIO], None]


@dataclass(frozen=True, slots=True)
class Issue:
    """When a workbook is written, and in which state the run was then."""

    state: str
    generated_at: datetime


def issue_now(run: Run, now: datetime) -> Issue:
    """A workbook that is written now: to the second, as a spreadsheet keeps it."""
    return Issue(run.state, now.replace(microsecond=0, tzinfo=None))


def results_title(run: Run) -> str:
    """`Results, Q4 2025, Divisions`."""
    return _("Results, %(cycle)s, %(track)s", cycle=name_of(run.track.cycle), track=name_of(run.track))


def results_writer(session: Session, run: Run, issue: Issue, registry: Registry, *, naming: bool = True) -> Write:
    """What writes the results workbook of the whole run in the page's language.

    Needs `score.export` over all its participants; raises NotAllowed.  `naming` False: as for those to whom raters
    are not named.
    """
    results = open_results(session, run.id, registry)
    if not naming:
        results = replace(results, notes=without_raters(results.notes))
    explainer = explainer_of(results, registry)
    about = _about(session, run, issue)
    words = language()
    changes = _changes(session, run, issue)

    def write(file: BinaryIO) -> None:
        write_results(results, explainer.item, about, file, words, locate=_locate, changes=changes)

    return write


def _changes(session: Session, run: Run, issue: Issue) -> Changes | None:
    """What a run that took the place of another changed; a run not published yet may still take another's place."""
    if run.supersedes_id is None or issue.state not in {"published", "superseded"}:
        return None
    changes = run_changes(session, run)
    return changes_sheet(changes, run.track.scheme_version) if changes is not None else None


def _locate(place: Place) -> tuple[str, str]:
    return place.sheet, place.key or ""


def _about(session: Session, run: Run, issue: Issue) -> About:
    return About(
        input_hash=run.input_hash,
        generated_at=issue.generated_at,
        cycle=f"{name_of(run.track.cycle)} · {name_of(run.track)}",
        run=_("Run %(number)s", number=run.number),
        state=_state(run, issue),
        result_hash=run.result_hash,
        code=run_code(session, run),
    )


def _state(run: Run, issue: Issue) -> str:
    """The state in words, and that it is a trial."""
    said = say(STATES[issue.state])
    return f"{said} · {say(TRIAL)}" if run.is_trial else said


def ranking_writer(session: Session, run: Run, issue: Issue, only: frozenset[str] | None = None) -> Write:
    """What writes the ranking workbook as far as the actor sees the run; `only`: of these participants alone."""
    page = read_page(session, run)
    if only is not None:
        page = replace(page, lines=_among(page.lines, only), unscored=_among(page.unscored, only))
    sheet = ranking_sheet(page, run, issue.generated_at, state=issue.state, about=_facts(session, run, issue, page))
    return lambda file: write_ranking(sheet, file)


def _among(lines: tuple[Line, ...], codes: frozenset[str]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.row.code in codes)


def _facts(session: Session, run: Run, issue: Issue, page: RankingPage) -> dict[str, Any]:
    """The facts of the ranking workbook's sheet `about`."""
    about, version = _about(session, run, issue), run.track.scheme_version
    shown, whole = len(page.lines) + len(page.unscored), participant_count(session, run)
    return {
        "scheme": version.scheme.code,
        "version": str(version.number),
        "cycle": about.cycle,
        "run": about.run,
        "state": about.state,
        "part": _("%(shown)s of %(total)s", shown=shown, total=whole) if shown < whole else "",
        "input_hash": about.input_hash,
        "result_hash": about.result_hash,
        "code": about.code,
        "time": about.generated_at,
    }
