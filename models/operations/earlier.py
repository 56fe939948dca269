"""What was entered for the same participant and indicator in the cycle before: last period's values and targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cycle import Cycle, Entry, Form, Participant, Track
from models.scheme import Item, SchemeVersion


@dataclass(frozen=True, slots=True)
class Earlier:
    """Approved numbers of an earlier cycle."""

    actual: float | None
    target: float | None
    baseline: float | None
    choice: str | None


def earlier_values(
    session: Session,
    cycle: Cycle,
    scheme_id: int,
    participant_codes: Iterable[str] | None = None,
    *,
    past_scope: bool = False,
) -> dict[tuple[str, str], Earlier]:
    """(participant code, item code) → what the cycle before `cycle` says, by the same scheme in any version.

    Empty when there is no cycle before.  An actual value counts only when it was approved; a target always.
    `past_scope`: of every participant, for what is computed over all of them.
    """
    if cycle.previous_id is None:
        return {}
    query = (
        select(
            Participant.code,
            Item.code,
            Entry.actual,
            Entry.target,
            Entry.baseline,
            Entry.choice,
            Entry.approved_at,
        )
        .select_from(Entry)
        .join(Form, Form.id == Entry.form_id)
        .join(Participant, Participant.id == Form.participant_id)
        .join(Track, Track.id == Participant.track_id)
        .join(SchemeVersion, SchemeVersion.id == Track.scheme_version_id)
        .join(Item, Item.id == Entry.item_id)
        .where(Track.cycle_id == cycle.previous_id, SchemeVersion.scheme_id == scheme_id)
    )
    if participant_codes is not None:
        query = query.where(Participant.code.in_(list(participant_codes)))
    found: dict[tuple[str, str], Earlier] = {}
    for who, what, actual, target, baseline, choice, approved_at in session.execute(query.execution_options(skip_scope=past_scope)):
        counts = approved_at is not None
        found[who, what] = Earlier(actual if counts else None, target, baseline, choice if counts else None)
    return found
