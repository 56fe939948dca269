"""Checks of a scheme: what can never be saved, and what only stops publishing (scoring.md 1 to 6)."""

from __future__ import annotations

from plugins.engine.checking.grading import check_grades, check_raters
from plugins.engine.checking.items import check_items
from plugins.engine.checking.publishing import check_publishing
from plugins.engine.checking.settings import check_settings
from plugins.engine.checking.structure import check_structure
from plugins.engine.scheme import Finding, Scheme
from plugins.registry import Registry


def check_scheme(scheme: Scheme, registry: Registry, *, publish: bool, headless: bool = False) -> list[Finding]:
    """Every finding about a scheme.

    `publish` False: only what can never be saved (unknown words, parameters and formulas that make no sense, a tree
    that is none).  True: also weights and their sums, methods that are missing, and an indicator without a source, a
    standard or a unit of measure, which `headless` only notes.
    """
    structure = list(check_structure(scheme))
    findings = [
        *check_settings(scheme), *structure, *check_items(scheme, registry), *check_raters(scheme),
        *check_grades(scheme),
    ]  # fmt: skip
    if publish and not any(found.level == "error" for found in structure):
        findings += check_publishing(scheme, headless)
    return findings
