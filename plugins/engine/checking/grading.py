"""Checks of the sheets `raters` and `grades` (scoring.md 3 and 6)."""

from __future__ import annotations

from collections.abc import Iterator

from config.text import Text, text
from plugins.engine.ballots import parse_ballot_rule
from plugins.engine.checking.words import error, is_number, is_whole, note, one_of, repeated
from plugins.engine.formulas import compile_formula
from plugins.engine.grades import requirement_names
from plugins.engine.quotas import ROUNDINGS, parse_quota_if_parent
from plugins.engine.scheme import Finding, GradeBand, Place, Scheme
from plugins.engine.tree import ADJUSTMENTS


def check_raters(scheme: Scheme) -> Iterator[Finding]:
    """Rater groups: codes, weights, least numbers, ballot rules."""
    yield from repeated("raters", "group", [group.code for group in scheme.raters])
    for group in scheme.raters:
        if group.weight is not None and not (is_number(group.weight) and group.weight > 0):
            yield error(
                "raters", group.code, "weight", text("the weight must be a number above 0", "权重应为大于 0 的数")
            )
        if group.min_raters is not None and not is_whole(group.min_raters, 1, 10**6):
            yield error(
                "raters",
                group.code,
                "min_raters",
                text("the least number of raters must be a whole number from 1", "最少评价人数应为不小于 1 的整数"),
            )
        rule = parse_ballot_rule(group.ballot_rule)
        if isinstance(rule, Text):
            yield error("raters", group.code, "ballot_rule", rule)


def check_grades(scheme: Scheme) -> Iterator[Finding]:
    """Grade bands: codes, numbers, quotas, `requires`, and a last band that everyone else can fall into."""
    yield from repeated("grades", "code", [band.code for band in scheme.grades])
    names = requirement_names(
        tuple(item.code for item in scheme.items if item.kind not in ADJUSTMENTS),
        tuple(item.code for item in scheme.items if item.kind == "veto"),
    )
    for band in scheme.grades:
        yield from _band(band, names)
    if scheme.grades:
        yield from _last(scheme.grades[-1], scheme)


def _band(band: GradeBand, names: frozenset[str]) -> Iterator[Finding]:
    if band.min_score is not None and not is_number(band.min_score):
        yield error("grades", band.code, "min_score", text("the least score must be a number", "最低分应为数字"))
    if band.quota is not None and not (is_number(band.quota) and 0 <= band.quota <= 1):
        yield error("grades", band.code, "quota", text("the quota is a share from 0 to 1", "名额为 0 到 1 的比例"))
    why = one_of(band.rounding or "down", ROUNDINGS)
    if why is not None:
        yield error("grades", band.code, "rounding", why)
    shares = parse_quota_if_parent(band.quota_if_parent)
    if isinstance(shares, Text):
        yield error("grades", band.code, "quota_if_parent", shares)
    if band.requires and band.requires.strip():
        formula = compile_formula(band.requires.strip(), names, Place("grades", band.code, "requires"))
        if isinstance(formula, Finding):
            yield formula


def _last(band: GradeBand, scheme: Scheme) -> Iterator[Finding]:
    """The last band has no conditions: one that could leave somebody without a grade is an error, others are noted."""
    said = text(
        "the last grade has no conditions; it takes everyone who is left", "最后一个等次不设条件，接收其余所有对象"
    )
    for column in ("quota", "requires", "quota_if_parent"):
        if getattr(band, column) not in {None, ""}:
            yield error("grades", band.code, column, said)
    if is_number(band.min_score) and band.min_score is not None:
        harmless = scheme.min_total is not None and band.min_score <= scheme.min_total
        yield (note if harmless else error)("grades", band.code, "min_score", said)
