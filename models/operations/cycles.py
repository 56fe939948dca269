"""Cycles: open one with every reason that keeps it from opening, close it.

Opening pins the organization of its day and makes the forms, with targets and baselines carried from the cycle before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.bulk import insert_rows
from models.cycle import Cycle, Entry, Form, Participant, Track
from models.errors import Refused, WrongState
from models.guard import verb
from models.operations.columns import by_column
from models.operations.context import find, require_version, today_of
from models.operations.earlier import Earlier, earlier_values
from models.operations.form_values import entered_items
from models.operations.participants import add_participants, create_track
from models.operations.structure import Known, structure_on, unit_history
from models.operations.unit_of_work import unit_of_work
from models.scheme import Item, SchemeVersion
from plugins.engine.scheme import Finding, Place

OPENING = frozenset({"cycle", "participant", "form", "entry"})
NONE_BEFORE = Earlier(None, None, None, None)


def opening_findings(session: Session, cycle: Cycle) -> list[Finding]:
    """Every reason that keeps a cycle from opening; `place` is the cycle's field or the track's id."""
    found: list[Finding] = []

    def say(column: str, reason: Text, key: str | None = None) -> None:
        found.append(Finding(Place("cycle" if key is None else "track", key, column), reason))

    if cycle.opens_at is None:
        say("opens_at", text("Say from when on forms can be filled in.", "请设定填报开始时间。"))
    if cycle.due_at is None:
        say("due_at", text("Say until when forms can be filled in.", "请设定填报截止时间。"))
    elif cycle.opens_at is not None and cycle.due_at <= cycle.opens_at:
        say("due_at", text("Entries must end after they begin.", "填报截止时间应晚于开始时间。"))
    if cycle.end_on < cycle.start_on:
        say("end_on", text("The period must not end before it begins.", "考核期间的截止日期不能早于起始日期。"))
    if not cycle.tracks:
        say("tracks", text("Bind a scheme version to the cycle first.", "请先为考核周期绑定考核方案版本。"))
    counts = _participant_counts(session, cycle)
    for track in cycle.tracks:
        name = {"track": track.name}
        if track.scheme_version.state != "published":
            reason = "Track {track}: version {version} of its scheme is a draft; publish it first."
            reason_zh = "考核组别“{track}”：方案第 {version} 版仍是草稿，请先发布。"
            say("scheme_version", text(reason, reason_zh, version=track.scheme_version.number, **name), str(track.id))
        if not counts.get(track.id):
            reason = "Track {track} has no participants."
            say("participants", text(reason, "考核组别“{track}”没有考核对象。", **name), str(track.id))
    return found


def _participant_counts(session: Session, cycle: Cycle) -> dict[int, int]:
    query = (
        select(Participant.track_id, func.count())
        .join(Track, Track.id == Participant.track_id)
        .where(Track.cycle_id == cycle.id)
        .group_by(Participant.track_id)
    )
    return dict(session.execute(query).all())


@unit_of_work
def open_cycle(session: Session, cycle_id: int, version: int | None) -> Cycle:
    """Open a draft cycle: pin its organization, make every participant's form.

    Raises Refused with every reason at once, WrongState when it is open already, Stale, NotAllowed.
    """
    cycle = find(session, Cycle, cycle_id)
    with verb(session, "cycle.open", cycle, writes=OPENING):
        require_version(cycle, version)
        if cycle.state != "draft":
            raise WrongState(text("The cycle has been opened already.", "考核周期已经开放。"))
        if findings := opening_findings(session, cycle):
            raise Refused(text("The cycle cannot be opened yet.", "考核周期尚不能开放。"), findings)
        cycle.structure_on = cycle.structure_on or today_of(session)
        for track in cycle.tracks:
            participants = _participants(session, track)
            _pin(session, cycle, participants)
            _make_forms(session, cycle, track, participants)
        cycle.state = "open"
        session.flush()
    return cycle


def _participants(session: Session, track: Track) -> Sequence[Participant]:
    query = select(Participant).where(Participant.track_id == track.id).order_by(Participant.id)
    return session.scalars(query).all()


def _pin(session: Session, cycle: Cycle, participants: Sequence[Participant]) -> None:
    """Names and parents as they are on the pinned day, unless a data workbook gave the participant others."""
    units = structure_on(session, cycle.structure_on or today_of(session))
    history = unit_history(session, {participant.unit_id for participant in participants})
    for participant in participants:
        unit = units.get(participant.unit_id)
        if participant.person_id is not None or unit is None or unit.code != participant.code:
            continue
        known = history.get(unit.id, Known(frozenset(), frozenset()))
        parent = units.get(unit.parent_id) if unit.parent_id is not None else None
        if participant.name in known.names:
            participant.name, participant.name_en = unit.name, unit.name_en
        if participant.parent_code in known.parents:
            participant.parent_code = parent.code if parent is not None else ""
    session.flush()


def _make_forms(session: Session, cycle: Cycle, track: Track, participants: Sequence[Participant]) -> None:
    """One form a participant with one entry for each of its indicators; those that an import made stay."""
    version: SchemeVersion = track.scheme_version
    forms = make_forms(session, track, participants)
    present = set(
        session.execute(select(Entry.form_id, Entry.item_id).join(Form).where(Form.track_id == track.id))
    )
    earlier = earlier_values(session, cycle, version.scheme_id)
    rows = [
        _blank_entry(participant, forms[participant.id], item, earlier.get((participant.code, item.code), NONE_BEFORE))
        for participant in participants
        for item in entered_items(version.items, participant.code)
        if (forms[participant.id], item.id) not in present
    ]
    insert_rows(session, Entry, by_column(rows), want_ids=False)
    _carry(session, track, earlier)


def make_forms(session: Session, track: Track, participants: Sequence[Participant]) -> dict[int, int]:
    """Participant id → the id of its form, which is made where there is none."""
    query = select(Form.participant_id, Form.id).where(Form.track_id == track.id)
    present = dict(session.execute(query).all())
    rows = [
        {"participant_id": p.id, "track_id": track.id, "unit_id": p.unit_id, "person_id": p.person_id, "state": "draft"}
        for p in participants
        if p.id not in present
    ]
    insert_rows(session, Form, by_column(rows))
    return dict(session.execute(query).all())


def _blank_entry(participant: Participant, form_id: int, item: Item, before: Earlier) -> dict[str, Any]:
    return {
        "form_id": form_id,
        "item_id": item.id,
        "unit_id": participant.unit_id,
        "person_id": participant.person_id,
        "target": before.target,
        "baseline": before.baseline,
        "is_not_applicable": False,
    }


def _carry(session: Session, track: Track, earlier: dict[tuple[str, str], Earlier]) -> None:
    """Targets of entries that were there before, where none was given; there are few, so one by one."""
    if not earlier:
        return
    query = (
        select(Entry, Participant.code, Item.code)
        .join(Form, Form.id == Entry.form_id)
        .join(Participant, Participant.id == Form.participant_id)
        .join(Item, Item.id == Entry.item_id)
        .where(Form.track_id == track.id, Entry.target.is_(None) | Entry.baseline.is_(None))
    )
    for entry, who, what in session.execute(query):
        before = earlier.get((who, what), NONE_BEFORE)
        if entry.target is None and before.target is not None:
            entry.target = before.target
        if entry.baseline is None and before.baseline is not None:
            entry.baseline = before.baseline
    session.flush()


@unit_of_work
def close_cycle(session: Session, cycle_id: int, version: int | None) -> Cycle:
    """Close an open cycle: nothing below it can change any more, except that its proposed runs can be published."""
    cycle = find(session, Cycle, cycle_id)
    with verb(session, "cycle.close", cycle, writes={"cycle"}):
        require_version(cycle, version)
        if cycle.state != "open":
            raise WrongState(text("Only an open cycle can be closed.", "只有已开放的考核周期才能关闭。"))
        cycle.state = "closed"
        session.flush()
    return cycle


__all__ = ["add_participants", "close_cycle", "create_track", "open_cycle", "opening_findings"]
