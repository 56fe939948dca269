"""Schemes, their versions and items: only drafts change, and what is saved can be read by the engine."""

from __future__ import annotations

from sqlalchemy import func, select

from models.operations.context import registry_of
from models.operations.rules.change import Change, Rule
from models.operations.scheme_checks import findings_of_item
from models.scheme import SchemeVersion


def check_scheme(change: Change) -> None:
    """What a scheme applies to is fixed by its first published version."""
    if change.is_new or not change.changes("applies_to"):
        return
    query = select(SchemeVersion.id).where(SchemeVersion.scheme_id == change.record_id, SchemeVersion.state != "draft")
    if change.session.execute(query.limit(1).execution_options(skip_scope=True)).first():
        change.refuse(
            "applies_to", "A version of it is published; make another scheme.", "已有发布的版本；请另建考核方案。"
        )


def prepare_version(change: Change) -> None:
    """A new version takes the next number."""
    if change.is_new and change.values.get("scheme") is not None:
        newest = change.session.scalar(
            select(func.max(SchemeVersion.number))
            .where(SchemeVersion.scheme_id == change.values["scheme"])
            .execution_options(skip_scope=True)
        )
        change.fill("number", (newest or 0) + 1)


def refuse_published(change: Change) -> None:
    """A part of a scheme version changes only while that version is a draft."""
    version = change.lookup.row("scheme_version", change.values.get("scheme_version"))
    if version is not None and version.state != "draft":
        change.refuse(
            "scheme_version",
            "Version {number} is published and frozen; make a new version.",
            "第 {number} 版已发布并冻结；请建立新版本。",
            number=version.number,
        )


def check_item(change: Change) -> None:
    """The engine can read the item: its method exists, its parameters and table make sense, its parent is a dimension."""
    refuse_published(change)
    if change.problems or change.values.get("scheme_version") is None:
        return
    for name, found in findings_of_item(
        change.session, change.values, change.record_id, registry_of(change.session)
    ).items():
        change.problems.setdefault(name, found)
    low, high = change.values.get("min_value"), change.values.get("max_value")
    if low is not None and high is not None and high < low:
        change.refuse("max_value", "This must not be less than {low}.", "不能小于 {low}。", low=low)


RULES = {
    "scheme": Rule(check_scheme),
    "scheme_version": Rule(prepare=prepare_version),
    "item": Rule(check_item),
    "rater_group": Rule(refuse_published),
    "grade_band": Rule(refuse_published),
}
