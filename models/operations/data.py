"""Import of a data workbook into a track: participants, values, ratings, adjustments, linked rates.

Dry run and commit work out the same plan.  Values that come in this way count as approved by who imports them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.bulk import insert_rows, update_rows
from models.cycle import Adjustment, Entry, Form, LinkedRate, Participant, Rating, Track
from models.errors import WrongState
from models.guard import verb
from models.operations.columns import by_column
from models.operations.context import actor_of, find, now_of, registry_of
from models.operations.cycles import make_forms
from models.operations.data_participants import ParticipantPlan, plan_participants
from models.operations.data_plan import (
    DataPlan,
    Stored,
    longest_texts,
    plan_panels,
    plan_values,
    read_stored_rows,
)
from models.operations.form_values import entered_items
from models.operations.import_report import ImportReport, RowProblem
from models.operations.scheme_shape import scheme_of_track
from models.operations.unit_of_work import unit_of_work
from models.scheme import Item
from plugins.engine import check_data
from plugins.engine.data import Data
from plugins.engine.scheme import Finding, Scheme
from plugins.registry import Registry

WRITTEN = frozenset({"participant", "form", "entry", "rating", "adjustment", "linked_rate"})


def import_data(
    session: Session, track_id: int, data: Data, *, commit: bool, registry: Registry | None = None
) -> ImportReport:
    """Import a data workbook's content into a track whose cycle is not closed.

    Participants are units (people, where the scheme is for people) by their codes; unknown ones join a draft cycle
    and are refused in an open one.  Blank cells leave what is there.  Counted are participants, cells' entries,
    ratings, adjustments and linked rates.  With problems nothing is written.
    """
    if commit:
        return _import_committed(session, track_id, data, registry)
    track = find(session, Track, track_id)
    with verb(session, "track.import", track):
        return _plan(session, track, data, registry)[0].report


@unit_of_work
def _import_committed(session: Session, track_id: int, data: Data, registry: Registry | None) -> ImportReport:
    track = find(session, Track, track_id)
    with verb(session, "track.import", track, writes=WRITTEN):
        plan, participants, stored = _plan(session, track, data, registry)
        if plan.report.is_clean:
            _write(session, track, plan, participants, stored)
            plan.report.committed = True
        return plan.report


def _plan(
    session: Session, track: Track, data: Data, registry: Registry | None
) -> tuple[DataPlan, ParticipantPlan, Stored]:
    if track.cycle.state == "closed":
        raise WrongState(text("The cycle is closed.", "考核周期已关闭。"))
    plan = DataPlan()
    stored = read_stored_rows(session, track)
    findings = check_data(_without_gaps(scheme_of_track(track)), data, registry_of(session, registry))
    plan.report.refuse(problem_of(finding) for finding in findings if finding.level == "error")
    plan.report.refuse(longest_texts(data))
    participants = plan_participants(session, track, data, stored.participants, plan)
    if plan.report.is_clean:
        plan_values(plan, stored, data)
        plan_panels(plan, stored, data)
    return plan, participants, stored


def _without_gaps(scheme: Scheme) -> Scheme:
    """A workbook may bring some of the values only: what is missing is for the run to say."""
    items = tuple(replace(item, missing=None) for item in scheme.items)
    return replace(scheme, missing="zero", items=items)


def problem_of(finding: Finding) -> RowProblem:
    """A finding of the engine as a refused cell."""
    place = finding.place
    return RowProblem(place.index or 0, place.column or "", place.key, finding.text, place)


def _write(session: Session, track: Track, plan: DataPlan, people: ParticipantPlan, stored: Stored) -> None:
    people.write(session)
    rows = session.scalars(
        select(Participant)
        .where(Participant.track_id == track.id)
        .order_by(Participant.id)
        .execution_options(skip_scope=True)
    ).all()
    participants = {row.code: row for row in rows}
    touched = [participants[code] for code in dict.fromkeys(who for who, _ in plan.entries)]
    forms = make_forms(session, track, touched)
    _write_entries(session, plan, participants, forms, stored)
    _write_ratings(session, plan, participants, stored.items)
    _write_adjustments(session, plan, participants, stored.items)
    _write_linked(session, plan, participants)
    _settle_forms(session, track, touched)


def _whose(participant: Participant) -> dict[str, Any]:
    return {"unit_id": participant.unit_id, "person_id": participant.person_id}


def _stamp(session: Session) -> tuple[str, datetime]:
    return actor_of(session).username, now_of(session)


def _write_entries(
    session: Session,
    plan: DataPlan,
    participants: Mapping[str, Participant],
    forms: Mapping[int, int],
    stored: Stored,
) -> None:
    name, now = _stamp(session)
    counted = {"raw": None, "entered_by": name, "entered_at": now, "approved_by": name, "approved_at": now}
    blank = dict.fromkeys((*counted, "actual", "choice"))
    added: list[dict[str, Any]] = []
    updates: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for (who, what), (row_id, columns) in plan.entries.items():
        counts = "is_not_applicable" in columns
        values = columns | (counted if counts else {})
        if row_id is not None:
            updates[counts].append({"id": row_id, **values})
            continue
        participant = participants[who]
        base = {"form_id": forms[participant.id], "item_id": stored.items[what].id, **_whose(participant)}
        defaults = {"target": None, "baseline": None, "is_not_applicable": False}
        added.append(base | defaults | blank | values)
    insert_rows(session, Entry, by_column(added), want_ids=False)
    for rows in updates.values():
        _update(session, Entry, rows)


def _update(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        columns: dict[str, Any] = by_column(rows)
        ids: list[int] = columns.pop("id")
        update_rows(session, model, ids, columns)


def _write_ratings(
    session: Session, plan: DataPlan, participants: Mapping[str, Participant], items: Mapping[str, Item]
) -> None:
    added = [
        {
            "participant_id": participants[who].id,
            "item_id": items[what].id,
            "rater": rater,
            "group": group,
            "score": score,
            **_whose(participants[who]),
        }
        for (who, what, rater, group), (row_id, score) in plan.ratings.items()
        if row_id is None
    ]
    insert_rows(session, Rating, by_column(added), want_ids=False)
    _update(session, Rating, [{"id": n, "score": score} for n, score in plan.ratings.values() if n is not None])


def _write_adjustments(
    session: Session, plan: DataPlan, participants: Mapping[str, Participant], items: Mapping[str, Item]
) -> None:
    name, now = _stamp(session)
    added = [
        {
            "participant_id": participants[who].id,
            "item_id": items[what].id,
            "occurrences": occurrences,
            "points": points,
            "reason": reason,
            "approved_by": name,
            "approved_at": now,
            **_whose(participants[who]),
        }
        for who, what, occurrences, points, reason in plan.adjustments
    ]
    insert_rows(session, Adjustment, by_column(added), want_ids=False)


def _write_linked(session: Session, plan: DataPlan, participants: Mapping[str, Participant]) -> None:
    added = [
        {"participant_id": participants[who].id, "source": source, "rate": rate, **_whose(participants[who])}
        for (who, source), (row_id, rate) in plan.linked.items()
        if row_id is None
    ]
    insert_rows(session, LinkedRate, by_column(added), want_ids=False)
    _update(session, LinkedRate, [{"id": n, "rate": rate} for n, rate in plan.linked.values() if n is not None])


def _settle_forms(session: Session, track: Track, touched: Sequence[Participant]) -> None:
    """A form of which every line is approved is approved as a whole."""
    ids = [participant.id for participant in touched]
    if not ids:
        return
    name, now = _stamp(session)
    approved: dict[int, set[int]] = {}
    query = (
        select(Form.participant_id, Entry.item_id)
        .join(Entry, Entry.form_id == Form.id)
        .where(Form.track_id == track.id, Entry.approved_at.is_not(None))
        .execution_options(skip_scope=True)
    )
    for participant_id, item_id in session.execute(query):
        approved.setdefault(participant_id, set()).add(item_id)
    complete = [p.id for p in touched if _is_complete(track, p, approved.get(p.id, set()))]
    forms = _undecided(session, track, set(complete))
    if forms:
        update_rows(session, Form, forms, {"state": "approved", "decided_by": name, "decided_at": now})


def _is_complete(track: Track, participant: Participant, approved: set[int]) -> bool:
    asked = {item.id for item in entered_items(track.scheme_version.items, participant.code)}
    return bool(asked) and asked <= approved


def _undecided(session: Session, track: Track, participant_ids: set[int]) -> list[int]:
    query = select(Form.id, Form.participant_id).where(Form.track_id == track.id, Form.state != "approved")
    rows = session.execute(query.execution_options(skip_scope=True))
    return [form_id for form_id, participant_id in rows if participant_id in participant_ids]
