"""What a run found, as rows to store, and back: the results rebuilt are the very numbers that were stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from config.text import Text
from models.operations.packing import Arrays, canonical, optional
from models.operations.run_inputs import Owner
from models.result import Run, Score, Total
from plugins.engine.data import Data, Floats, Note
from plugins.engine.results import Results
from plugins.engine.scheme import ITEM_KINDS, Place, Scheme

ADJUSTMENT_KINDS = frozenset(ITEM_KINDS) - {"dimension", "indicator"}
MATRIX_ROWS = 3


@dataclass(frozen=True, slots=True)
class StoredResults:
    """A run's outcome as columns: of the run itself, and one dict a participant for totals and scores."""

    run: dict[str, Any]
    totals: list[dict[str, Any]]
    scores: list[dict[str, Any]]


def adjustment_codes(scheme: Scheme) -> tuple[str, ...]:
    """The codes of bonus, deduction and veto items, sorted."""
    return tuple(sorted(item.code for item in scheme.items if item.kind in ADJUSTMENT_KINDS))


def to_stored(results: Results, owners: Sequence[Owner], top: Sequence[str]) -> StoredResults:
    """The rows to store.  `top`: the codes of the top-level items, whose points a total carries."""
    codes = (*results.item_codes, *adjustment_codes(results.scheme))
    cube = _cube(results, codes)
    reasons = _reasons(results, len(owners))
    row_of = {code: at for at, code in enumerate(results.item_codes)}
    totals, scores = [], []
    for at, owner in enumerate(owners):
        whose = {
            "participant_id": owner.participant_id,
            "unit_id": owner.unit_id,
            "person_id": owner.person_id,
        }
        points = {code: optional(results.points[row_of[code], at]) for code in top if code in row_of}
        totals.append(whose | _total(results, at) | {"top": points, "reason": reasons[at].get("")})
        own = {code: said for code, said in reasons[at].items() if code}
        scores.append(whose | {"packed": np.ascontiguousarray(cube[:, :, at]).tobytes(), "reasons": own})
    run = {
        "item_codes": list(codes),
        "plugin_versions": dict(sorted(results.plugin_versions.items())),
        "notes": [_note(note) for note in results.notes],
        "result_hash": result_hash(results, cube, reasons),
    }
    return StoredResults(run, totals, scores)


def _cube(results: Results, codes: Sequence[str]) -> Floats:
    """[3, items, participants]: rates, weights, points; of adjustments occurrences, nothing, points."""
    count = len(results.data.participants)
    own = len(results.item_codes)
    cube = np.full((MATRIX_ROWS, len(codes), count), np.nan)
    cube[0, :own], cube[1, :own], cube[2, :own] = results.rates, results.weights, results.points
    for at, code in enumerate(codes[own:], start=own):
        cube[0, at] = results.occurrences.get(code, np.zeros(count))
        cube[1, at] = 0.0
        cube[2, at] = results.adjustment_points.get(code, np.zeros(count))
    return np.where(np.isnan(cube), np.nan, cube)


def _total(results: Results, at: int) -> dict[str, Any]:
    scored = bool(results.scored[at])
    return {
        "subject": results.scheme.applies_to,
        "is_published": False,
        "total": optional(results.total[at]) if scored else None,
        "before": optional(results.before[at]),
        "bonus": float(results.bonus[at]),
        "deduction": float(results.deduction[at]),
        "vetoes": int(results.vetoes[at]),
        "rank": int(results.rank[at]) or None,
        "group_rank": int(results.group_rank[at]) or None,
        "grade": results.grade[at],
    }


def _reasons(results: Results, count: int) -> list[dict[str, dict[str, str]]]:
    """By position: item code ('' = the participant itself) → the reason in both languages."""
    found: list[dict[str, dict[str, str]]] = [{} for _ in range(count)]
    for (code, position), reason in sorted(results.reasons.items(), key=lambda pair: pair[0]):
        found[position][code] = both(reason)
    return found


def both(sentence: Text) -> dict[str, str]:
    """A sentence as it is stored: finished, in both languages."""
    return {"en": sentence.in_language("en"), "zh_Hans": sentence.in_language("zh_Hans")}


def sentence(stored: Mapping[str, str]) -> Text:
    """A stored sentence."""
    return Text(stored["en"], stored["zh_Hans"])


def _note(note: Note) -> dict[str, Any]:
    place = note.place if isinstance(note.place, Place) else Place("notes")
    where = {"sheet": place.sheet, "key": place.key, "column": place.column, "index": place.index}
    return {"kind": note.kind, **where, **both(note.text)}


def note_of(stored: Mapping[str, Any]) -> Note:
    """A stored row of the notes."""
    place = Place(stored["sheet"], stored["key"], stored["column"], stored["index"])
    return Note(stored["kind"], place, sentence(stored))


def result_hash(results: Results, cube: Floats, reasons: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 over everything found, so that what is stored can be checked."""
    header = {
        "participants": list(results.data.participants.codes),
        "items": list(results.item_codes),
        "grades": list(results.grade),
        "reasons": list(reasons),
        "notes": [_note(note) for note in results.notes],
    }
    arrays: Arrays = {
        "cube": cube,
        "total": results.total,
        "before": results.before,
        "bonus": results.bonus,
        "deduction": results.deduction,
        "vetoes": results.vetoes.astype(np.int64),
        "rank": results.rank.astype(np.int64),
        "group_rank": results.group_rank.astype(np.int64),
        "scored": results.scored.astype(np.int8),
    }
    return hashlib.sha256(canonical(header, arrays)).hexdigest()


def hash_of(results: Results) -> str:
    """The hash of results rebuilt from what is stored: the run's `result_hash` unless someone altered them."""
    codes = (*results.item_codes, *adjustment_codes(results.scheme))
    return result_hash(results, _cube(results, codes), _reasons(results, len(results.data.participants)))


def from_stored(run: Run, scheme: Scheme, data: Data, totals: Sequence[Total], scores: Sequence[Score]) -> Results:
    """The results of a stored run; `totals` and `scores` in the order of its participants."""
    own = len(run.item_codes) - len(adjustment_codes(scheme))
    codes, adjusted = run.item_codes[:own], run.item_codes[own:]
    shape = (MATRIX_ROWS, len(run.item_codes))
    cube = np.empty((*shape, len(scores)))
    for at, score in enumerate(scores):
        cube[:, :, at] = np.frombuffer(score.packed, dtype=np.float64).reshape(shape)
    return Results(
        scheme=scheme,
        data=data,
        item_codes=tuple(codes),
        rates=cube[0, :own],
        weights=cube[1, :own],
        points=cube[2, :own],
        before=_column(totals, "before"),
        bonus=_column(totals, "bonus"),
        deduction=_column(totals, "deduction"),
        total=_column(totals, "total"),
        adjustment_points={code: cube[2, own + at] for at, code in enumerate(adjusted)},
        occurrences={code: cube[0, own + at] for at, code in enumerate(adjusted)},
        vetoes=np.array([total.vetoes for total in totals], dtype=np.int64),
        rank=np.array([total.rank or 0 for total in totals], dtype=np.int64),
        group_rank=np.array([total.group_rank or 0 for total in totals], dtype=np.int64),
        grade=tuple(total.grade for total in totals),
        scored=np.array([total.total is not None for total in totals], dtype=bool),
        reasons=_stored_reasons(totals, scores),
        notes=tuple(note_of(note) for note in run.notes),
        plugin_versions=dict(run.plugin_versions),
    )


def _column(totals: Sequence[Total], name: str) -> Floats:
    return np.array([np.nan if getattr(t, name) is None else getattr(t, name) for t in totals], dtype=np.float64)


def _stored_reasons(totals: Sequence[Total], scores: Sequence[Score]) -> dict[tuple[str, int], Text]:
    found = {("", at): sentence(total.reason) for at, total in enumerate(totals) if total.reason}
    for at, score in enumerate(scores):
        found |= {(code, at): sentence(said) for code, said in score.reasons.items()}
    return found
