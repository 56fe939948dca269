"""Formulas as the checks see them: parsed, or a finding with the column (scoring.md 4)."""

from __future__ import annotations

from collections.abc import Iterable

from plugins.engine.scheme import Finding, Place
from plugins.formula import Formula, FormulaError, compile_expression


def compile_formula(expression: str, names: Iterable[str], place: Place | None = None) -> Formula | Finding:
    """The formula that `expression` spells over `names`, or the finding (at `place`) with the column."""
    try:
        return compile_expression(expression, frozenset(names))
    except FormulaError as error:
        return Finding(place or Place("items", None, "params"), error.why)
