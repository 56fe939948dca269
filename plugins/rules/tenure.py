"""How long people have been in the posts they hold."""

from __future__ import annotations

from datetime import date

from plugins.contract import AppointmentRow, Facts


def posts_held(facts: Facts) -> dict[str, AppointmentRow]:
    """Person → the main appointment in force at the end of the cycle, the longest held when there are several."""
    end = facts.cycle.end_on
    held: dict[str, AppointmentRow] = {}
    in_force = [one for one in facts.appointments if one.start_on <= end and (one.end_on is None or one.end_on >= end)]
    for one in sorted(in_force, key=lambda row: (not row.is_primary, row.start_on, row.post)):
        held.setdefault(one.person, one)
    return held


def since_in_post(facts: Facts) -> dict[str, date]:
    """Person → since when the main post has been held."""
    return {person: one.start_on for person, one in posts_held(facts).items()}


def whole_years(start: date, end: date) -> float:
    """Years from `start` to `end`, to one decimal, rounded down: nobody gains a tenth by rounding."""
    return int(max((end - start).days, 0) / 365.25 * 10) / 10
