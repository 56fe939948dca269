"""Grades on screen: their names in order, and the tone each is shown in."""

from __future__ import annotations

from collections.abc import Sequence

from models.scheme import SchemeVersion
from views.shell.naming import name_of


def grade_name(version: SchemeVersion, code: str) -> str:
    """What a grade is called; its code when the version does not know it."""
    return next((name_of(band) for band in version.grade_bands if band.code == code), code)


def grade_tone(version: SchemeVersion, code: str) -> str:
    """The tone of a grade among those of its scheme version."""
    return tone_among([band.code for band in version.grade_bands], code)


def tone_among(codes: Sequence[str], code: str) -> str:
    """Good for the best of `codes`; of four or more the last is bad and the one above it a warning; of fewer, where
    the last is a pass as a rule, it is a warning."""
    if code not in codes or len(codes) < 2:
        return ""
    below = len(codes) - 1 - codes.index(code)
    if below == len(codes) - 1:
        return "ok"
    return ("bad", "warn")[below] if below < 2 and len(codes) > 3 else "warn" if below == 0 else ""


def tone_of_share(version: SchemeVersion, share: float) -> str:
    """The tone of the grade that this share of full marks would earn by score alone."""
    for band in version.grade_bands:
        if band.min_score is None or share * version.full_marks >= band.min_score:
            return grade_tone(version, band.code)
    return ""
