"""A ranking in the words and columns of its workbook."""

from __future__ import annotations

from collections.abc import Mapping
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
    return RankingSheet(
        title=ranking_title(run),
        columns=_columns(page),
        rows=[_values(page, line) for line in (*page.lines, *page.unscored)],
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


def _columns(page: RankingPage) -> list[OutColumn]:
    places = page.ranking.decimals
    decimals = f"0.{'0' * places}" if places > 0 else "0"
    groups = [OutColumn("group", _("Group")), OutColumn("group_rank", _("Rank in group"), "integer")]
    return [
        OutColumn("rank", _("Rank"), "integer"),
        *(groups if page.has_groups else []),
        OutColumn("participant", _("Code"), "code"),
        OutColumn("name", _("Name")),
        OutColumn("total", _("Total"), "number", number_format=decimals),
        OutColumn("grade", _("Grade")),
        OutColumn("change", _("Places won"), "integer"),
        *(OutColumn(f"item:{top.code}", top.name, "number", number_format="0.00") for top in page.columns),
        OutColumn("bonus", _("Bonus"), "number", number_format="0.00"),
        OutColumn("deduction", _("Deduction"), "number", number_format="0.00"),
        OutColumn("vetoes", _("Vetoes"), "integer"),
        OutColumn("reason", _("Not scored because"), wrap=True, width=36.0),
    ]


def _values(page: RankingPage, line: Line) -> list[Any]:
    row = line.row
    return [
        row.rank,
        *([row.group, row.group_rank] if page.has_groups else []),
        row.code,
        line.name,
        row.total,
        line.grade,
        row.change,
        *(cell.points for cell in line.cells),
        row.bonus,
        row.deduction,
        row.vetoes,
        say(row.reason) if row.reason else "",
    ]
