"""Grades: ordered bands, filled best first up to their quotas (scoring.md 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from config.text import text
from plugins.arrays import Bools, Floats, Ints
from plugins.engine.compiled import CompiledScheme
from plugins.engine.data import Note, Participants
from plugins.engine.quotas import effective_quota_group, quota_of
from plugins.engine.scheme import GradeBand, Place, Scheme
from plugins.formula import compile_expression
from plugins.grouping import Grouping


@dataclass(frozen=True, slots=True)
class Graded:
    """`bands`: index of each participant's grade, −1 = none; `notes`: ties at a quota, for decision."""

    bands: Ints
    notes: tuple[Note, ...]


def requirement_names(plan_codes: tuple[str, ...], veto_codes: tuple[str, ...]) -> frozenset[str]:
    """The names that a `requires` formula may use: total, vetoes, items of the tree (rate), vetoes (occurrences)."""
    return frozenset(("total", "vetoes", *plan_codes, *veto_codes))


def quota_keys(scheme: Scheme, people: Participants) -> tuple[str, ...]:
    """Each participant's quota group."""
    by = {"group": people.groups, "parent": people.parents}.get(effective_quota_group(scheme))
    return by if by is not None else ("",) * len(people)


class Grading:
    """Grades one run.  `values`: name → float64[n] for `requires`; `best_band`: the best index a veto leaves; `groups`:
    within which quotas count, when they are known from grading the same people before."""

    def __init__(
        self, plan: CompiledScheme, people: Participants, total: Floats, scored: Bools, best_band: Ints,
        values: Mapping[str, Floats], groups: Grouping | None = None,
    ) -> None:  # fmt: skip
        self.plan, self.people, self.total, self.scored = plan, people, total, scored
        self.best_band, self.values = best_band, values
        self.keys = quota_keys(plan.scheme, people)
        self.quota_groups = groups or Grouping.of(self.keys)
        self.bands = np.full(len(people), -1, dtype=np.int64)
        self.notes: list[Note] = []

    def run(self) -> Graded:
        """Down the bands; the last has no conditions, but a veto's `max_grade` never lies below it."""
        grades = self.plan.scheme.grades
        for index, band in enumerate(grades):
            last = index == len(grades) - 1
            open_to = self.scored & (self.bands < 0) & (self.best_band <= index)
            if last:
                self.bands[open_to] = index
            else:
                self._fill(index, band, open_to & self._met(band))
        return Graded(self.bands, tuple(self.notes))

    def _met(self, band: GradeBand) -> Bools:
        """Who meets `min_score` and `requires`; a missing result is not met."""
        met = np.ones(len(self.total), dtype=np.bool_)
        if band.min_score is not None:
            met &= self.total >= band.min_score
        if band.requires and band.requires.strip():
            names = requirement_names(self.plan.codes, tuple(self.plan.vetoes))
            formula = compile_expression(band.requires.strip(), names)
            values = formula.compute(self.values, len(self.total)).values
            met &= ~np.isnan(values) & (values != 0)
        return met

    def _fill(self, index: int, band: GradeBand, eligible: Bools) -> None:
        if band.quota is None and not band.quota_if_parent:
            self.bands[eligible] = index
            return
        for members in np.split(self.quota_groups.order, self.quota_groups.starts[1:]):
            quota = quota_of(band, len(members), self._parent_grade(members) if band.quota_if_parent else "")
            chosen = members[eligible[members]]
            self.bands[chosen if quota is None else self._best(index, band, chosen, quota)] = index

    def _parent_grade(self, members: Ints) -> str:
        grades = (self.people.parent_grades[at] for at in members)
        return next((grade for grade in grades if grade), "")

    def _best(self, index: int, band: GradeBand, chosen: Ints, quota: int) -> Ints:
        """The best of those who meet the band, up to the quota; a tie that would overrun it is listed, and is left out
        whole, or taken whole, and the filling stops."""
        ordered = chosen[np.lexsort((chosen, -self.total[chosen]))]
        if len(ordered) <= quota:
            return ordered
        if quota <= 0:
            return ordered[:0]
        edge = self.total[ordered[quota - 1]]
        if edge != self.total[ordered[quota]]:
            return ordered[:quota]
        tied = self.total[ordered] == edge
        include = self.plan.scheme.quota_tie == "include"
        self._note(band, ordered[tied], quota, include)
        return ordered[: int(np.flatnonzero(tied)[-1 if include else 0]) + include]

    def _note(self, band: GradeBand, tied: Ints, quota: int, include: bool) -> None:
        codes = [self.people.codes[at] for at in tied]
        params = {"codes": ", ".join(codes), "band": band.code, "quota": quota, "group": self.keys[tied[0]] or "–"}
        if include:
            said = text(
                "{codes} tie at the quota of {quota} for grade {band} in {group}: all were taken; please decide",
                "{codes} 在 {group} 的“{band}”等次名额（{quota} 名）处并列：已全部列入，请决定",
                **params,
            )
        else:
            said = text(
                "{codes} tie at the quota of {quota} for grade {band} in {group}: none was taken; please decide",
                "{codes} 在 {group} 的“{band}”等次名额（{quota} 名）处并列：均未列入，请决定",
                **params,
            )
        self.notes.append(Note("quota_tie", Place("participants", codes[0], "code"), said))
