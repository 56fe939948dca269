"""Units, posts, people and appointments: trees without cycles, closed units at rest, dates in order."""

from __future__ import annotations

from models.operations.context import today_of
from models.operations.rules.change import Change, Rule
from models.organization import Unit


def check_unit(change: Change) -> None:
    """No cycle above, no new life below a closed unit, closing after opening."""
    change.in_order("opened_on", "closed_on")
    if not change.changes("parent"):
        return
    parent = change.lookup.row("unit", change.values.get("parent"))
    if parent is None:
        return
    own = change.lookup.row("unit", change.record_id)
    if own is not None and (parent.id == own.id or parent.path.startswith(own.path)):
        change.refuse(
            "parent",
            "A unit cannot hang below itself; {parent} belongs to it.",
            "单位不能隶属于自身；{parent} 是其下级。",
            parent=parent.code,
        )
    _refuse_closed(change, "parent", parent)


def check_post(change: Change) -> None:
    """A closed unit takes no new posts."""
    if change.changes("unit"):
        _refuse_closed(change, "unit", change.lookup.row("unit", change.values.get("unit")))


def check_person(change: Change) -> None:
    """A closed unit takes no new people; nobody leaves before joining."""
    change.in_order("joined_on", "left_on")
    if change.changes("unit"):
        _refuse_closed(change, "unit", change.lookup.row("unit", change.values.get("unit")))


def _refuse_closed(change: Change, name: str, unit: Unit | None) -> None:
    if unit is not None and unit.closed_on is not None and unit.closed_on <= today_of(change.session):
        change.refuse(
            name,
            "Unit {unit} was closed on {day}.",
            "单位 {unit} 已于 {day} 撤销。",
            unit=unit.code,
            day=unit.closed_on,
        )


def check_appointment(change: Change) -> None:
    """The end is not before the start, and one person holds one post once at a time."""
    change.in_order("start_on", "end_on")
    post = change.lookup.row("post", change.values.get("post"))
    if post is not None and change.changes("post"):
        _refuse_closed(change, "post", change.lookup.row("unit", post.unit_id))
    if change.changes("person", "post", "start_on", "end_on") and not change.problems:
        _refuse_overlap(change)


def _refuse_overlap(change: Change) -> None:
    values = change.values
    start, end = values["start_on"], values.get("end_on")
    for other in change.lookup.related("appointment", "person_id", values["person"]):
        if other.post_id != values["post"] or (change.record_id is not None and other.id == change.record_id):
            continue
        if other.start_on == start:
            continue  # the very same appointment: the check of uniqueness names it better
        if (other.end_on is None or other.end_on >= start) and (end is None or other.start_on <= end):
            change.refuse(
                "start_on",
                "The person holds this post already, from {day} on; end that appointment first.",
                "该人员自 {day} 起已任此岗位，请先结束原任职。",
                day=other.start_on,
            )


RULES = {
    "unit": Rule(check_unit),
    "post": Rule(check_post),
    "person": Rule(check_person),
    "appointment": Rule(check_appointment, siblings=("person",)),
}
