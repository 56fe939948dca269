"""The participants of a data workbook: found in the track, or joining it while its cycle is a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.bulk import insert_rows
from models.cycle import Participant, Track
from models.operations.columns import by_column
from models.operations.data_plan import DataPlan
from models.operations.import_report import RowProblem
from models.operations.keys import CHUNK
from models.operations.participants import participant_of_person, participant_of_unit, pinned_day
from models.operations.structure import structure_on
from models.organization import Person
from plugins.engine.data import Data
from plugins.engine.scheme import Place

COLUMNS = {"name": "name", "group": "group", "parent_code": "parent", "parent_grade": "parent_grade"}
"""Stored column → the sheet's column."""
ROW = ("track_id", "unit_id", "person_id", "code", "name", "name_en", "group", "parent_code", "parent_grade")
LENGTHS = {"name": 120, "group": 200, "parent_code": 40, "parent_grade": 40}


@dataclass(slots=True)
class ParticipantPlan:
    """Participants to add, and columns to change of those that are there."""

    added: list[Participant] = field(default_factory=list)
    changed: list[tuple[Participant, dict[str, str]]] = field(default_factory=list)

    def write(self, session: Session) -> None:
        """Add and change them, in the order of the workbook."""
        for participant, columns in self.changed:
            for name, value in columns.items():
                setattr(participant, name, value)
        session.flush()
        rows = [{name: getattr(made, name) for name in ROW} for made in self.added]
        insert_rows(session, Participant, by_column(rows), want_ids=False)


def plan_participants(
    session: Session, track: Track, data: Data, present: Mapping[str, Participant], plan: DataPlan
) -> ParticipantPlan:
    """Match the workbook's participants by code; those that cannot join are refused."""
    made = ParticipantPlan()
    newcomers = _newcomers(session, track, [code for code in data.participants.codes if code not in present])
    is_draft = track.cycle.state == "draft"
    has_parents = any(data.participants.parents)
    for at, code in enumerate(data.participants.codes):
        given = _given(data, at)
        problems = [*_too_long(given, code, at)]
        known = present.get(code)
        if known is not None:
            differing = {name: value for name, value in given.items() if value and getattr(known, name) != value}
            if differing and not is_draft:
                problems += [_problem(at, code, name, value, FIXED) for name, value in differing.items()]
            elif plan.count(known.id, not differing):
                made.changed.append((known, differing))
        elif not is_draft:
            problems.append(_problem(at, code, "code", code, NOT_IN))
        elif code not in newcomers:
            problems.append(_problem(at, code, "code", code, _unknown(track)))
        else:
            made.added.append(_filled(newcomers[code], given, has_parents))
            plan.count(None, False)
        plan.report.refuse(problems)
    return made


FIXED = text("The cycle is open; its participants are fixed.", "考核周期已开放，考核对象信息不能再变动。")
NOT_IN = text(
    "The participant is not in this track, and the cycle is open already.", "该考核对象不在此考核组别中，且考核周期已开放。"
)


def _unknown(track: Track) -> Text:
    if track.scheme_version.scheme.applies_to == "person":
        return text("There is no person with this staff number.", "没有此工号的人员。")
    return text("There is no unit with this code on the cycle's day.", "在考核周期所定日期没有此编码的单位。")


def _problem(at: int, code: str, column: str, value: Any, said: Text) -> RowProblem:
    sheet_column = COLUMNS.get(column, column)
    return RowProblem(at, sheet_column, value, said, Place("participants", code, sheet_column, at))


def _given(data: Data, at: int) -> dict[str, str]:
    people = data.participants
    return {
        "name": people.names[at],
        "group": people.groups[at],
        "parent_code": people.parents[at],
        "parent_grade": people.parent_grades[at],
    }


def _too_long(given: Mapping[str, str], code: str, at: int) -> list[RowProblem]:
    return [
        _problem(
            at,
            code,
            name,
            given[name],
            text("At most {length} characters fit here.", "此处最多填写 {length} 个字符。", length=length),
        )
        for name, length in LENGTHS.items()
        if len(given[name]) > length
    ]


def _newcomers(session: Session, track: Track, codes: list[str]) -> dict[str, Participant]:
    """Code → a participant made of the unit or person that has it."""
    if not codes:
        return {}
    units = structure_on(session, pinned_day(session, track.cycle))
    if track.scheme_version.scheme.applies_to == "person":
        return {p.code: participant_of_person(track, p, units, "") for p in _people(session, codes)}
    by_code = {unit.code: unit for unit in units.values() if unit.existed}
    return {c: participant_of_unit(track, by_code[c], units, "") for c in codes if c in by_code}


def _people(session: Session, codes: list[str]) -> Iterator[Any]:
    """Their columns, past row scope: who may import into a track may name whom it evaluates, and learns no more."""
    columns = (Person.id, Person.code, Person.name, Person.unit_id)
    for start in range(0, len(codes), CHUNK):
        query = select(*columns).where(Person.code.in_(codes[start : start + CHUNK]))
        yield from session.execute(query.execution_options(skip_scope=True))


def _filled(participant: Participant, given: Mapping[str, str], has_parents: bool) -> Participant:
    """What the workbook says goes before what the organization says; parents are all from one of them."""
    participant.name = given["name"] or participant.name
    participant.group = given["group"]
    participant.parent_grade = given["parent_grade"]
    if has_parents:
        participant.parent_code = given["parent_code"]
    return participant
