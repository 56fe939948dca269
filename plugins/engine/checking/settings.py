"""Checks of the sheet `scheme`: its settings."""

from __future__ import annotations

from collections.abc import Iterator

from config.text import Text, text
from plugins.engine.checking.words import bad_decimals, error, is_number, one_of, unknown
from plugins.engine.scheme import MISSING_POLICIES, Finding, Scheme
from plugins.engine.tree import ADJUSTMENTS

CHOICES = {
    "applies_to": ("unit", "person", "region"),
    "weighting": ("points", "percent"),
    "rank_method": ("competition", "dense", "ordinal"),
    "missing": MISSING_POLICIES,
    "quota_group": ("group", "parent", "all"),
    "quota_tie": ("exclude", "include"),
}
NUMBER = text("this must be a number", "应为数字")


def check_settings(scheme: Scheme) -> Iterator[Finding]:
    """Words, numbers and tie breakers of the scheme as a whole."""
    for name, allowed in CHOICES.items():
        why = one_of(getattr(scheme, name), allowed)
        if why is not None:
            yield _at(name, why)
    if not is_number(scheme.full_marks) or scheme.full_marks <= 0:
        yield _at("full_marks", text("full marks must be a number above 0", "满分应为大于 0 的数"))
    why = bad_decimals(scheme.decimals)
    if why is not None or scheme.decimals is None:
        yield _at("decimals", why or NUMBER)
    yield from _bounds(scheme)
    yield from _tie_breakers(scheme)


def _at(name: str, why: Text) -> Finding:
    return error("scheme", None, name, why)


def _bounds(scheme: Scheme) -> Iterator[Finding]:
    low, high = scheme.min_total, scheme.max_total
    for name, value in (("min_total", low), ("max_total", high)):
        if value is not None and not is_number(value):
            yield _at(name, NUMBER)
    if is_number(low) and is_number(high) and low is not None and high is not None and low > high:
        yield _at("max_total", text("the greatest total is less than the least", "总分上限小于下限"))


def _tie_breakers(scheme: Scheme) -> Iterator[Finding]:
    known = [item.code for item in scheme.items if item.kind not in ADJUSTMENTS]
    for code in scheme.tie_breakers:
        if code not in known:
            yield _at("tie_breakers", unknown(code, known, "dimension or indicator", "维度或指标"))
    if len(set(scheme.tie_breakers)) < len(scheme.tie_breakers):
        yield _at("tie_breakers", text("a tie breaker stands twice", "并列判定指标重复"))
