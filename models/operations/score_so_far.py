"""The score that a form would bring as it stands: for methods that look at nobody else's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from models.cycle import Form
from models.operations.context import registry_of
from models.operations.form_values import read_stored
from models.operations.packing import optional
from models.operations.scheme_shape import scheme_of_track
from plugins.engine import EngineError, score
from plugins.engine.data import Data, Floats, Participants
from plugins.engine.scheme import Item, Scheme
from plugins.registry import Registry

TREE = frozenset({"dimension", "indicator"})


@dataclass(frozen=True, slots=True)
class LineScore:
    """What one line brings: its rate and its points."""

    rate: float
    points: float


@dataclass(frozen=True, slots=True)
class ScoreSoFar:
    """The points of the lines that can be scored already, and the marks that those lines can bring at most.

    `lines`: item code → its score; lines without a value, and those compared with peers, are not among them.
    """

    points: float
    marks: float
    full_marks: float
    lines: Mapping[str, LineScore]


def score_so_far(session: Session, form: Form, registry: Registry | None = None) -> ScoreSoFar | None:
    """The score of a form's values as if they were approved; None when its scheme cannot be scored."""
    plugins = registry_of(session, registry)
    scheme = _counting_nothing_for_gaps(scheme_of_track(form.track))
    data = _data_of(form)
    try:
        results = score(scheme, data, plugins)
    except EngineError:
        return None
    lines: dict[str, LineScore] = {}
    marks = 0.0
    for item in scheme.items:
        if item.kind != "indicator" or not _has_value(data, item.code) or _looks_at_peers(item, plugins):
            continue
        row = results.item_codes.index(item.code)
        rate, points = optional(results.rates[row, 0]), optional(results.points[row, 0])
        if rate is not None and points is not None:
            lines[item.code] = LineScore(rate, points)
            marks += scheme.full_marks * float(results.weights[row, 0])
    return ScoreSoFar(sum(line.points for line in lines.values()), marks, scheme.full_marks, lines)


def _counting_nothing_for_gaps(scheme: Scheme) -> Scheme:
    """Lines that are still blank count nothing, so that the filled ones keep their weight and nothing blocks.

    Only what a form asks for is left of the scheme: grades and what they are tied to, such as vetoes, are not.
    """
    items = tuple(replace(item, missing=None) for item in scheme.items if item.kind in TREE)
    return replace(scheme, missing="zero", items=items, grades=(), tie_breakers=())


def _looks_at_peers(item: Item, registry: Registry) -> bool:
    method = registry.methods.get(item.method or "")
    return method is None or method.compares_peers(method.Parameters.model_validate(dict(item.params)))


def _has_value(data: Data, code: str) -> bool:
    return code in data.actual or code in data.choices


def _data_of(form: Form) -> Data:
    participant = form.participant
    one = Participants(
        (participant.code,),
        (participant.name,),
        (participant.group,),
        (participant.parent_code,),
        (participant.parent_grade,),
    )
    actual: dict[str, Floats] = {}
    target: dict[str, Floats] = {}
    baseline: dict[str, Floats] = {}
    choices: dict[str, tuple[str, ...]] = {}
    claims = {}
    for entry in form.entries:
        code, reading = entry.item.code, read_stored(entry.item, entry)
        for columns, value in ((actual, reading.actual), (target, entry.target), (baseline, entry.baseline)):
            if value is not None:
                columns[code] = np.array([value])
        if reading.choice is not None and entry.item.value_type == "choice":
            choices[code] = (reading.choice,)
        if reading.is_not_applicable:
            claims[code] = np.array([True])
    return Data(one, actual, target, baseline, choices, claims)
