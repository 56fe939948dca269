"""Adjustments: an adjustment item of the participant's own scheme, with what it is worth; approved by who enters it."""

from __future__ import annotations

from models.operations.context import actor_of, now_of
from models.operations.rules.change import Change, Rule

ADJUSTMENT_KINDS = ("bonus", "deduction", "veto")


def check_adjustment(change: Change) -> None:
    """The item is a bonus, deduction or veto of the participant's scheme version."""
    participant = change.lookup.row("participant", change.values.get("participant"))
    item = change.lookup.row("item", change.values.get("item"))
    if item is None or participant is None:
        return
    track = change.lookup.row("track", participant.track_id)
    if item.scheme_version_id != track.scheme_version_id:
        change.refuse(
            "item", "This item is not of the participant's scheme.", "该事项不属于考核对象所用的方案版本。"
        )
    if item.kind not in ADJUSTMENT_KINDS:
        change.refuse(
            "item", "Choose a bonus, a deduction or a veto; {item} is none.", "请选择加分、扣分或否决项。", item=item.code
        )
    if change.values.get("occurrences") is not None and change.values.get("points") is not None:
        change.refuse("points", "Give occurrences or marks, not both.", "次数和分值只填其一。")


def approve_adjustment(change: Change) -> None:
    """Who may enter an adjustment answers for it; a change withdraws what was approved before."""
    if change.changes("participant", "item", "occurrences", "points", "reason"):
        change.columns |= {"approved_by": actor_of(change.session).username, "approved_at": now_of(change.session)}


RULES = {"adjustment": Rule(check_adjustment, complete=approve_adjustment)}
