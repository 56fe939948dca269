"""What a results rule reads and what it proposes: plain tables of published results, people, posts and appointments.

Nothing here knows a database.  Every table is the same whoever asks, and its rows come in no order that matters.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from config.text import Text
from plugins.arrays import Floats

R = TypeVar("R")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Frame(Generic[R]):
    """A table: rows of one kind, whose fields are its columns."""

    rows: tuple[R, ...] = ()

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> tuple[Any, ...]:
        """The values of the field `name`, in the order of the rows."""
        return tuple(getattr(row, name) for row in self.rows)

    def where(self, wanted: Callable[[R], bool]) -> Frame[R]:
        """The rows that are wanted."""
        return Frame(tuple(row for row in self.rows if wanted(row)))

    def by(self, key: Callable[[R], K]) -> dict[K, Frame[R]]:
        """The rows by a key."""
        found: dict[K, list[R]] = {}
        for row in self.rows:
            found.setdefault(key(row), []).append(row)
        return {value: Frame(tuple(rows)) for value, rows in found.items()}


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """The cycle that a rule is applied to.  `kind`: month, quarter, half_year or year."""

    code: str
    kind: str
    start_on: date
    end_on: date


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A published total.  `subject`: `unit` or `person`; `code`: of that unit or person; `unit`: code of the unit it is
    counted in (a unit is counted in itself); `total`, `rank` None = not scored; `vetoes`: how many were found;
    `grade_place`: 0 for the best grade of the scheme, None without grades; `grades`: how many the scheme has;
    `full_marks` > 0; `run`: number by which the run is found again; `current`: of the cycle the rule is applied to.
    """

    subject: str
    code: str
    unit: str
    cycle: str
    kind: str
    end_on: date
    track: str
    total: float | None
    rank: int | None
    run: int
    full_marks: float = 100.0
    grade: str = ""
    grade_place: int | None = None
    grades: int = 0
    vetoes: int = 0
    group: str = ""
    current: bool = True

    @property
    def year(self) -> int:
        """The year that the result counts in."""
        return self.end_on.year

    @property
    def percent(self) -> float | None:
        """The total in per cent of full marks."""
        return None if self.total is None else 100.0 * self.total / self.full_marks


@dataclass(frozen=True, slots=True)
class Indicators:
    """The rates of one track of the cycle: `rates` float64 [subjects, items], 1 = full marks, NaN = missing."""

    subject: str
    run: int
    codes: tuple[str, ...]
    items: tuple[str, ...]
    names: tuple[Text, ...]
    rates: Floats


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit.  `parent`: code of the unit above, `leader`: code of the person who leads it; blank = none."""

    code: str
    name: str
    kind: str
    parent: str = ""
    leader: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person and the unit (code) whose roster the person is on."""

    code: str
    name: str
    unit: str
    joined_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post of a unit."""

    code: str
    name: str
    unit: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """A person (code) holds a post (code) from `start_on` until `end_on`, inclusive; None = still."""

    person: str
    post: str
    unit: str
    start_on: date
    end_on: date | None = None
    is_primary: bool = True


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """An outcome that stands: approved before, or proposed by a rule applied earlier in the same cycle."""

    subject: str
    code: str
    kind: str
    value: str
    cycle: str
    end_on: date
    runs: tuple[int, ...] = ()

    @property
    def year(self) -> int:
        """The year that the outcome counts in."""
        return self.end_on.year


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a rule may look at.  `results`: published totals of the cycle and of the years before it."""

    cycle: CycleFacts
    results: Frame[ResultRow] = field(default_factory=Frame)
    indicators: tuple[Indicators, ...] = ()
    units: Frame[UnitRow] = field(default_factory=Frame)
    people: Frame[PersonRow] = field(default_factory=Frame)
    posts: Frame[PostRow] = field(default_factory=Frame)
    appointments: Frame[AppointmentRow] = field(default_factory=Frame)
    outcomes: Frame[OutcomeRow] = field(default_factory=Frame)

    @property
    def current(self) -> Frame[ResultRow]:
        """The results of the cycle itself."""
        return self.results.where(lambda row: row.current)


@dataclass(frozen=True, slots=True)
class OutcomeKind:
    """A kind of outcome: its code and name, and the values it may have; none = a number."""

    code: str
    labels: Text
    values: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed outcome: whom (`subject` unit or person, by its code), what (`kind`, `value`), and why.

    `runs`: the runs it rests on; `group`: code of the unit, or name of the group, in whose quota it counts.
    """

    subject: str
    code: str
    kind: str
    value: str
    reason: Text
    runs: tuple[int, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `places` of the `of` subjects of `group` may have `value` of `kind`."""

    kind: str
    value: str
    group: str
    places: int
    of: int
