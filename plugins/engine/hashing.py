"""The hash of a run's inputs (scoring.md 7): the same for the same inputs, whatever the order of their rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from plugins.arrays import Floats
from plugins.engine.arrange import arrange
from plugins.engine.data import Adjustments, Data, Ratings
from plugins.engine.scheme import Scheme
from plugins.numbers import key_of


def input_hash(scheme: Scheme, data: Data) -> str:
    """sha256 (hexadecimal) over canonical bytes: items, raters, participants, ratings and adjustments sorted, tables,
    grades and tie breakers in their order, numbers as 64-bit floats with one NaN and one zero."""
    arranged = arrange(data).data
    people = arranged.participants
    digest = hashlib.sha256()
    _feed(digest, "scheme", _scheme(scheme))
    _feed(digest, "participants", [people.codes, people.names, people.groups, people.parents, people.parent_grades])
    for kind in ("actual", "target", "baseline"):
        columns: Mapping[str, Floats] = getattr(arranged, kind)
        for code in sorted(columns):
            _feed(digest, f"{kind} {code}", _numbers(columns[code]))
    for code in sorted(arranged.choices):
        _feed(digest, f"choice {code}", arranged.choices[code])
    for code in sorted(arranged.not_applicable):
        _feed(digest, f"n/a {code}", np.packbits(arranged.not_applicable[code]).tobytes().hex())
    _feed(digest, "ratings", _ratings(people.codes, arranged.ratings))
    _feed(digest, "adjustments", _adjustments(people.codes, arranged.adjustments))
    linked = sorted((people.codes[at], source, _number(rate)) for (at, source), rate in arranged.linked.items())
    _feed(digest, "linked", linked)
    return digest.hexdigest()


def _feed(digest: Any, name: str, value: Any) -> None:
    """One named part; JSON strings cannot run into each other."""
    digest.update(json.dumps([name, value], ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())


def _scheme(scheme: Scheme) -> dict[str, Any]:
    plain = asdict(scheme)
    plain["items"] = sorted((_plain(item) for item in plain["items"]), key=lambda item: str(item["code"]))
    plain["raters"] = sorted((_plain(group) for group in plain["raters"]), key=lambda group: str(group["code"]))
    plain["cycle_end"] = scheme.cycle_end.isoformat() if scheme.cycle_end else None
    return {key: _plain(value) for key, value in plain.items()}


def _plain(value: Any) -> Any:
    """Numbers as such, whether they came as integers or floats; parameters by what they mean."""
    if isinstance(value, Mapping):
        return {
            str(key): (key_of(inner) if key == "params" else _plain(inner))
            if not isinstance(inner, Mapping)
            else {str(name): key_of(given) for name, given in inner.items()}
            for key, inner in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return _number(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: float) -> str:
    return _numbers(np.array([value], dtype=np.float64))


def _numbers(values: Floats) -> str:
    canonical = np.where(np.isnan(values), np.nan, values + 0.0)
    return canonical.astype("<f8").tobytes().hex()


def _ratings(codes: Sequence[str], ratings: Ratings | None) -> list[tuple[str, ...]]:
    if ratings is None:
        return []
    who = [codes[at] for at in ratings.participant]
    scores = [_number(score) for score in ratings.score]
    return sorted(zip(who, ratings.item, ratings.rater, ratings.group, scores, strict=True))


def _adjustments(codes: Sequence[str], rows: Adjustments | None) -> list[tuple[str, ...]]:
    if rows is None:
        return []
    who = [codes[at] for at in rows.participant]
    numbers = zip(rows.occurrences, rows.points, strict=True)
    pairs = [(_number(times), _number(points)) for times, points in numbers]
    return sorted(
        (person, item, times, points, reason)
        for person, item, (times, points), reason in zip(who, rows.item, pairs, rows.reason, strict=True)
    )
