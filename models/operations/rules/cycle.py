"""Cycles, tracks and participants: dates in order, structure only while the cycle is a draft."""

from __future__ import annotations

from typing import Any

from models.operations.context import today_of
from models.operations.rules.change import Change, Rule
from models.ownership import REGION_KINDS

FIXED_ONCE_OPEN = ("code", "kind", "start_on", "end_on", "structure_on", "previous", "is_trial")


def check_cycle(change: Change) -> None:
    """The period and the window run forward; what forms were made from stays once the cycle is open."""
    change.in_order("start_on", "end_on")
    opens, due = change.values.get("opens_at"), change.values.get("due_at")
    if opens is not None and due is not None and due <= opens:
        change.refuse("due_at", "Entries must end after they begin.", "填报截止时间应晚于开始时间。")
    if change.record_id is not None and change.values.get("previous") == change.record_id:
        change.refuse("previous", "A cycle cannot follow itself.", "考核周期不能以自身为上一周期。")
    if change.before.get("state", "draft") == "draft":
        return
    for name in FIXED_ONCE_OPEN:
        if change.changes(name):
            change.refuse(name, "This is fixed once the cycle is open.", "考核周期开放后不能再修改此项。")


def _cycle_of_track(change: Change, track: Any) -> Any:
    return change.lookup.row("cycle", track.cycle_id) if track is not None else None


def _refuse_open(change: Change, name: str, cycle: Any) -> None:
    if cycle is not None and cycle.state != "draft":
        change.refuse(
            name,
            "Cycle {cycle} is open; its tracks and participants are fixed.",
            "考核周期 {cycle} 已开放，其考核组别和考核对象不能再变动。",
            cycle=cycle.code,
        )


def prepare_track(change: Change) -> None:
    """A track is called like its scheme when nothing else is said."""
    version = change.lookup.row("scheme_version", change.values.get("scheme_version"))
    if version is not None:
        scheme = change.lookup.row("scheme", version.scheme_id)
        change.fill("name", scheme.name if scheme is not None else None)


def check_track(change: Change) -> None:
    """Tracks belong to draft cycles."""
    _refuse_open(change, "cycle", change.lookup.row("cycle", change.values.get("cycle")))


def prepare_participant(change: Change) -> None:
    """Code, name and parent of the unit or person when they are not given."""
    person = change.lookup.row("person", change.values.get("person"))
    if person is not None:
        change.fill("unit", person.unit_id)
    unit = change.lookup.row("unit", change.values.get("unit"))
    if unit is None:
        return
    if person is not None:
        change.fill("code", person.code)
        change.fill("name", person.name)
        change.fill("parent_code", unit.code)
        return
    parent = change.lookup.row("unit", unit.parent_id)
    change.fill("code", unit.code)
    change.fill("name", unit.name)
    change.fill("name_en", unit.name_en)
    change.fill("parent_code", parent.code if parent is not None else None)


def check_participant(change: Change) -> None:
    """Participants join draft cycles, and are what the scheme applies to."""
    track = change.lookup.row("track", change.values.get("track"))
    _refuse_open(change, "track", _cycle_of_track(change, track))
    if track is None:
        return
    version = change.lookup.row("scheme_version", track.scheme_version_id)
    scheme = change.lookup.row("scheme", version.scheme_id)
    unit = change.lookup.row("unit", change.values.get("unit"))
    has_person = change.values.get("person") is not None
    if scheme.applies_to == "person" and not has_person:
        change.refuse("person", "This scheme evaluates people; say whom.", "此方案考核人员，请选择人员。")
    if scheme.applies_to != "person" and has_person:
        change.refuse("person", "This scheme does not evaluate people.", "此方案不考核人员。")
    if scheme.applies_to == "region" and unit is not None and unit.kind not in REGION_KINDS:
        change.refuse("unit", "This scheme evaluates cities and counties only.", "此方案仅考核市、县。")
    if unit is not None and change.is_new and unit.closed_on is not None and unit.closed_on <= today_of(change.session):
        change.refuse("unit", "Unit {unit} is closed.", "单位 {unit} 已撤销。", unit=unit.code)


RULES = {
    "cycle": Rule(check_cycle),
    "track": Rule(check_track, prepare=prepare_track),
    "participant": Rule(check_participant, prepare=prepare_participant),
}
