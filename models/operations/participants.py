"""Binding who is evaluated: a scheme version to a cycle as a track, and participants to the track."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.cycle import Cycle, Participant, Track
from models.errors import Invalid, WrongState
from models.operations.context import find, today_of
from models.operations.records import save_record
from models.operations.structure import UnitThen, structure_on
from models.operations.unit_of_work import unit_of_work
from models.organization import Person
from models.scheme import SchemeVersion


@unit_of_work
def create_track(
    session: Session,
    cycle_id: int,
    scheme_version_id: int,
    *,
    name: str | None = None,
    name_en: str | None = None,
) -> Track:
    """Bind a scheme version to a draft cycle.  Without a `name` the track is called like the scheme."""
    version = find(session, SchemeVersion, scheme_version_id)
    values: dict[str, Any] = {
        "cycle": cycle_id,
        "scheme_version": scheme_version_id,
        "name": name or version.scheme.name,
        "name_en": name_en,
    }
    track: Track = save_record(session, "track", None, values, None)
    return track


@unit_of_work
def add_participants(
    session: Session,
    track_id: int,
    *,
    unit_kinds: Collection[str] | None = None,
    unit_ids: Iterable[int] | None = None,
    person_ids: Iterable[int] | None = None,
    group: str | None = None,
) -> list[Participant]:
    """Add units (all of some kinds, or by id) or people to a track of a draft cycle; those already in are left.

    Names and parents are those of the day that the cycle pins.  `group`: the ranking group; None: the kind of the
    unit when several kinds are asked for, else blank.  Raises Invalid (a closed unit, an unknown id), WrongState.
    """
    track = find(session, Track, track_id)
    require_draft(track.cycle)
    units = structure_on(session, pinned_day(session, track.cycle))
    chosen = _chosen_units(units, unit_kinds, unit_ids)
    grouped = group if group is not None else None if unit_kinds and len(set(unit_kinds)) > 1 else ""
    rows = [participant_of_unit(track, unit, units, unit.kind if grouped is None else grouped) for unit in chosen]
    rows += [participant_of_person(track, person, units, group or "") for person in _people(session, person_ids)]
    return _add_missing(session, track, rows)


def require_draft(cycle: Cycle) -> None:
    """WrongState unless participants can still be changed."""
    if cycle.state != "draft":
        raise WrongState(
            text("The cycle is open; its participants are fixed.", "考核周期已开放，考核对象不能再变动。")
        )


def pinned_day(session: Session, cycle: Cycle) -> Any:
    """The day whose organization counts for the cycle: the one it pins, else today."""
    return cycle.structure_on or today_of(session)


def _chosen_units(
    units: dict[int, UnitThen], kinds: Collection[str] | None, ids: Iterable[int] | None
) -> list[UnitThen]:
    chosen = [unit for unit in units.values() if kinds and unit.kind in kinds and unit.existed]
    problems: dict[str, Text] = {}
    for unit_id in ids or ():
        unit = units.get(unit_id)
        if unit is None or not unit.existed:
            problems["unit"] = text(
                "Unit {unit} does not exist on the day that the cycle pins.",
                "单位 {unit} 在考核周期所定日期不存在。",
                unit=unit.code if unit else unit_id,
            )
        elif unit not in chosen:
            chosen.append(unit)
    if problems:
        raise Invalid(text("Some participants cannot be added.", "部分考核对象无法添加。"), problems)
    return sorted(chosen, key=lambda unit: (unit.path.count("/"), unit.position, unit.code))


def _people(session: Session, ids: Iterable[int] | None) -> Sequence[Person]:
    return [find(session, Person, person_id) for person_id in ids or ()]


def participant_of_unit(track: Track, unit: UnitThen, units: dict[int, UnitThen], group: str) -> Participant:
    """A unit as it is on the cycle's day."""
    parent = units.get(unit.parent_id) if unit.parent_id is not None else None
    return Participant(
        track_id=track.id,
        unit_id=unit.id,
        code=unit.code,
        name=unit.name,
        name_en=unit.name_en,
        group=group,
        parent_code=parent.code if parent else "",
        parent_grade="",
    )


def participant_of_person(track: Track, person: Any, units: dict[int, UnitThen], group: str) -> Participant:
    """A person, counted in the unit of the roster."""
    unit = units.get(person.unit_id)
    return Participant(
        track_id=track.id,
        unit_id=person.unit_id,
        person_id=person.id,
        code=person.code,
        name=person.name,
        group=group,
        parent_code=unit.code if unit else "",
        parent_grade="",
    )


def _add_missing(session: Session, track: Track, rows: Sequence[Participant]) -> list[Participant]:
    present = set(session.scalars(select(Participant.code).where(Participant.track_id == track.id)))
    added = [row for row in rows if row.code not in present]
    session.add_all(added)
    session.flush()
    return added
