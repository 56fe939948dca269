"""Checks of a run's data against its scheme (scoring.md 2, 3, 5)."""

from __future__ import annotations

from collections.abc import Iterator

from config.text import text
from plugins.engine.checking.rows import check_adjustments, check_linked, check_ratings
from plugins.engine.checking.values import check_values
from plugins.engine.checking.words import error, note, repeated, unknown
from plugins.engine.compiling import compile_scheme
from plugins.engine.data import Data
from plugins.engine.errors import EngineError
from plugins.engine.indicators import rate_indicator
from plugins.engine.prepared import Prepared
from plugins.engine.quotas import parse_quota_if_parent
from plugins.engine.reasons import blocked_cells
from plugins.engine.scheme import Finding, Scheme
from plugins.registry import Registry


def check_data(scheme: Scheme, data: Data, registry: Registry) -> list[Finding]:
    """Every finding about the data.  Values missing under the policy `block` are among them as soon as nothing else
    is wrong with scheme or data."""
    findings = [
        *_participants(scheme, data), *check_values(scheme, data, registry), *check_ratings(scheme, data, registry),
        *check_adjustments(scheme, data), *check_linked(scheme, data, registry),
    ]  # fmt: skip
    if not any(found.level == "error" for found in findings):
        findings += _blocked(scheme, data, registry)
    return findings


def _participants(scheme: Scheme, data: Data) -> Iterator[Finding]:
    people = data.participants
    if not len(people):
        yield error("participants", None, "code", text("there are no participants", "没有考核对象"))
    yield from repeated("participants", "code", people.codes)
    for item in scheme.items:
        if item.participant and item.participant not in people.codes:
            yield error(
                "items", item.code, "participant", unknown(item.participant, people.codes, "participant", "考核对象")
            )
    if any(band.quota_if_parent for band in scheme.grades):
        yield from _parent_grades(scheme, data)


def _parent_grades(scheme: Scheme, data: Data) -> Iterator[Finding]:
    """Grades that no `quota_if_parent` knows are noted; two grades of one parent are an error."""
    shares = [parse_quota_if_parent(band.quota_if_parent) for band in scheme.grades]
    known = {grade for share in shares if isinstance(share, dict) for grade in share}
    known |= {band.code for band in scheme.grades}
    first: dict[str, str] = {}
    people = data.participants
    for code, parent, grade in zip(people.codes, people.parents, people.parent_grades, strict=True):
        if grade and grade not in known:
            yield note("participants", code, "parent_grade", unknown(grade, sorted(known), "grade", "等次"))
        if grade and parent and first.setdefault(parent, grade) != grade:
            yield error("participants", code, "parent_grade", text(
                "the parent {parent} has the grade “{first}” elsewhere, here “{grade}”",
                "上级 {parent} 在别处的等次为“{first}”，此处为“{grade}”", parent=parent, first=first[parent],
                grade=grade,
            ))  # fmt: skip


def _blocked(scheme: Scheme, data: Data, registry: Registry) -> list[Finding]:
    """The missing cells of the items whose policy is `block`."""
    if not any((item.missing or scheme.missing) == "block" for item in scheme.items):
        return []
    try:
        prepared = Prepared(compile_scheme(scheme, registry), data)
        return [
            finding
            for code, indicator in prepared.plan.indicators.items()
            if indicator.policy == "block"
            for finding in blocked_cells(prepared, code, rate_indicator(prepared, code))
        ]
    except EngineError as problem:
        return list(problem.findings)
