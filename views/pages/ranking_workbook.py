"""A ranking in the words and columns of its workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from models.result import Run
from views.pages.ranking import Line, RankingPage
from views.shell.formats import moment
from views.shell.i18n import language, say
from views.shell.naming import name_of
from views.workbooks.outcolumns import OutColumn
from views.workbooks.rankings import RankingSheet


def ranking_title(run: Run) -> str:
    """`Ranking, Q4 2025, Divisions`."""
    return _("Ranking, %(cycle)s, %(track)s", cycle=name_of(run.track.cycle), track=name_of(run.track))


def ranking_sheet(
    page: RankingPage,
    run: Run,
    generated_at: datetime,
    *,
    state: str | None = None,
    about: Mapping[str, Any] | None = None,
) -> RankingSheet:
    """The ranking for `views.workbooks.rankings`: those scored best first, then the others with reasons.

    `state`: the run's at the time it is written, when that was not now; `about`: see `RankingSheet`.
    """
    grades = [name_of(band) for band in run.track.scheme_version.grade_bands]
    table = _table(page)
    return RankingSheet(
        title=ranking_title(run),
        columns=[column for column, _cell in table],
        rows=[[cell(line) for _column, cell in table] for line in (*page.lines, *page.unscored)],
        generated_at=generated_at,
        grades=grades,
        grade="grade" if grades else None,
        lines=_notes(run, state or run.state),
        chart_title=ranking_title(run),
        language=language(),
        about=about or {},
    )


def _notes(run: Run, state: str) -> tuple[str, ...]:
    """What stands below the title: which run, in which state, of which scheme, from which inputs."""
    states = {
        "published": _("published %(moment)s", moment=moment(run.published_at)),
        "superseded": _("superseded"),
        "proposed": _("proposed, not published"),
    }
    said = states.get(state, _("draft, not published"))
    scheme = str(run.track.scheme_version)
    lines = [_("Run %(number)s, %(state)s; scheme %(scheme)s", number=run.number, state=said, scheme=scheme)]
    if run.is_trial:
        lines.append(_("Trial: these are not results."))
    if run.reason and state in {"published", "superseded"}:
        lines.append(_("Reason: %(reason)s", reason=run.reason))
    return (*lines, _("Inputs %(hash)s", hash=run.input_hash))


Cells = Callable[[Line], Any]


def _table(page: RankingPage) -> list[tuple[OutColumn, Cells]]:
    """Each column with what stands in it; narrow, so that a page of A4 holds them in a size that can be read."""
    places = page.ranking.decimals
    decimals = f"0.{'0' * places}" if places > 0 else "0"
    groups: list[tuple[OutColumn, Cells]] = [
        (OutColumn("group", _("Group")), lambda line: line.row.group),
        (OutColumn("group_rank", _("Rank in group"), "integer", width=9.0), lambda line: line.row.group_rank),
    ]
    reason = (OutColumn("reason", _("Not scored because"), wrap=True, width=36.0), _reason)
    return [
        (OutColumn("rank", _("Rank"), "integer", width=7.0), lambda line: line.row.rank),
        *(groups if page.has_groups else []),
        (OutColumn("participant", _("Code"), "code"), lambda line: line.row.code),
        (OutColumn("name", _("Name")), lambda line: line.name),
        (OutColumn("total", _("Total"), "number", number_format=decimals, width=9.0), lambda line: line.row.total),
        (OutColumn("grade", _("Grade")), lambda line: line.grade),
        (OutColumn("change", _("Places won"), "integer", width=9.0), lambda line: line.row.change),
        *(_points(at, top.code, top.name) for at, top in enumerate(page.columns)),
        (_marks("bonus", _("Bonus")), lambda line: line.row.bonus),
        (_marks("deduction", _("Deduction")), lambda line: line.row.deduction),
        (OutColumn("vetoes", _("Vetoes"), "integer", width=8.0), lambda line: line.row.vetoes),
        *([reason] if page.unscored else []),
    ]


def _points(at: int, code: str, name: str) -> tuple[OutColumn, Cells]:
    return _marks(f"item:{code}", name, 15.0), lambda line: line.cells[at].points


def _marks(code: str, label: str, width: float = 10.0) -> OutColumn:
    return OutColumn(code, label, "number", number_format="0.00", width=width)


def _reason(line: Line) -> str:
    return say(line.row.reason) if line.row.reason else ""
