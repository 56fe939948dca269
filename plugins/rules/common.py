"""What several rules need: results by year, the best of a share, whom a rule is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from plugins.contract import Facts, Frame, ResultRow, figure

Subjects = Literal["both", "unit", "person"]
Who = tuple[str, str]
"""`unit` or `person`, and its code."""


@dataclass(frozen=True, slots=True)
class Year:
    """What one subject achieved in a year.  `percent`: mean of its totals in per cent of full marks, None = none;
    `held`, `scored`: how many results there are, and how many with a total; `unit`: where it was counted last."""

    year: int
    percent: float | None
    held: int
    scored: int
    vetoes: int
    unit: str
    group: str
    runs: tuple[int, ...]
    current: bool


def years(facts: Facts) -> dict[Who, dict[int, Year]]:
    """Who → year → its result: of the annual cycle where there is one, else over the shorter cycles of the year."""
    found: dict[Who, dict[int, Year]] = {}
    for (subject, code, year), rows in sorted(
        facts.results.by(lambda row: (row.subject, row.code, row.year)).items(), key=lambda item: item[0]
    ):
        annual = rows.where(lambda row: row.kind == "year")
        found.setdefault((subject, code), {})[year] = _year(year, annual or rows)
    return found


def _year(year: int, rows: Frame[ResultRow]) -> Year:
    ordered = sorted(rows, key=lambda row: (row.end_on, row.run))
    percents = [row.percent for row in ordered if row.percent is not None]
    last = ordered[-1]
    return Year(
        year=year,
        percent=round(sum(percents) / len(percents), 9) if percents else None,
        held=len(ordered),
        scored=len(percents),
        vetoes=sum(row.vetoes for row in ordered),
        unit=last.unit,
        group=last.group,
        runs=tuple(row.run for row in ordered),
        current=any(row.current for row in ordered),
    )


def places_of(count: int, share: float) -> int:
    """How many of `count` a share in per cent is, rounded down: a quota is never exceeded."""
    return int(count * share / 100.0 + 1e-9)


def best(scores: Mapping[str, float], places: int) -> list[str]:
    """The codes of the best `places` scores, best first.  Those level where the places run out are all left out."""
    ordered = sorted(scores, key=lambda code: (-scores[code], code))
    if places >= len(ordered):
        return ordered
    edge = scores[ordered[places]]
    return [code for code in ordered[:places] if scores[code] > edge]


def wanted(rows: Iterable[ResultRow], subjects: Subjects) -> list[ResultRow]:
    """The rows of the subjects that a rule is bound for, in a fixed order."""
    chosen = [row for row in rows if subjects in ("both", row.subject)]
    return sorted(chosen, key=lambda row: (row.subject, row.code, row.track, row.run))


def leaders(facts: Facts) -> dict[str, str]:
    """Unit code → code of the person who leads it, where that person is known."""
    known = set(facts.people.column("code"))
    return {unit.code: unit.leader for unit in facts.units if unit.leader in known}


def shown(value: float) -> str:
    """A number in a reason, with at most two decimals."""
    return figure(value, most=2)
