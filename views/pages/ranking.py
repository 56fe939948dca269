"""What the ranking page adds to a ranking: meters and tones, which scores may be opened, the key figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.operations.reports import Ranking, RankingRow, TopItem, ranking
from models.result import Run, Score
from models.scheme import SchemeVersion
from views.pages.grading import grade_name, tone_among, tone_of_share
from views.pages.marks import marks_by_code
from views.shell.naming import name_of, pick_name


@dataclass(frozen=True, slots=True)
class Column:
    """A top-level item: what its column is called and how many marks it can bring."""

    code: str
    name: str
    marks: float | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A participant's points in a top-level item; `share` of its marks, None when it has none."""

    points: float | None
    share: float | None
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """One participant with what is drawn of it.  `grade`: its name; `opens`: the actor may see the arithmetic."""

    row: RankingRow
    name: str
    cells: tuple[Cell, ...]
    grade: str
    tone: str
    opens: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A number above the table and what it counts."""

    count: int
    label: str
    quota: float | None = None


@dataclass(frozen=True, slots=True)
class RankingPage:
    """A run's ranking as drawn: those scored best first, those not scored, the figures."""

    ranking: Ranking
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    unscored: tuple[Line, ...]
    figures: tuple[Figure, ...]
    median: float | None
    median_change: float | None

    @property
    def has_groups(self) -> bool:
        """Whether participants are ranked in several groups."""
        return len({line.row.group for line in self.lines}) > 1

    @property
    def has_bonus(self) -> bool:
        """Whether anyone has a bonus."""
        return any(line.row.bonus for line in self.lines)

    @property
    def has_deduction(self) -> bool:
        """Whether anyone has a deduction."""
        return any(line.row.deduction for line in self.lines)

    def line_of(self, participant_id: str) -> Line | None:
        """The line that an address names, when it may be opened."""
        found = (line for line in (*self.lines, *self.unscored) if str(line.row.participant_id) == participant_id)
        return next((line for line in found if line.opens), None)


def read_page(session: Session, run: Run) -> RankingPage:
    """The ranking of `run` as far as the actor sees it."""
    found = ranking(session, run.id)
    version = run.track.scheme_version
    marks = marks_by_code(version)
    columns = tuple(_column(top, marks) for top in found.top)
    opens = set(session.scalars(select(Score.participant_id).where(Score.run_id == run.id)))
    lines = [_line(row, found, columns, version, row.participant_id in opens) for row in found.rows]
    scored = tuple(line for line in lines if line.row.total is not None)
    now = [line.row.total for line in scored if line.row.total is not None]
    then = [row.previous_total for row in found.rows if row.previous_total is not None]
    return RankingPage(
        ranking=found,
        columns=columns,
        lines=scored,
        unscored=tuple(line for line in lines if line.row.total is None),
        figures=_figures(found, version),
        median=median(now) if now else None,
        median_change=median(now) - median(then) if now and then else None,
    )


def _column(top: TopItem, marks: dict[str, float]) -> Column:
    return Column(top.code, pick_name(top.name, top.name_en), marks.get(top.code))


def _line(row: RankingRow, found: Ranking, columns: tuple[Column, ...], version: SchemeVersion, opens: bool) -> Line:
    return Line(
        row=row,
        name=pick_name(row.name, row.name_en),
        cells=tuple(_cell(row.top.get(column.code), column, version) for column in columns),
        grade=grade_name(version, row.grade) if row.grade else "",
        tone=tone_among([code for code, _name in found.grades], row.grade),
        opens=opens,
    )


def _cell(points: float | None, column: Column, version: SchemeVersion) -> Cell:
    if points is None or not column.marks:
        return Cell(points, None, "")
    share = points / column.marks
    return Cell(points, share, tone_of_share(version, share))


def _figures(found: Ranking, version: SchemeVersion) -> tuple[Figure, ...]:
    """How many earned the best and the last grade."""
    bands = list(version.grade_bands)
    counts = Counter(row.grade for row in found.rows)
    shown = [bands[0], bands[-1]] if len(bands) > 1 else []
    return tuple(Figure(counts[band.code], name_of(band), band.quota) for band in shown)
