"""The order of rows never matters, the same inputs give the same bytes, scaling percent weights changes nothing."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.engine import PluginFailed, input_hash, score
from plugins.engine.data import Adjustments, Data, Participants, Ratings
from plugins.engine.results import Results
from plugins.engine.scheme import Item, Scheme
from plugins.registry import Registry
from tests.engine.building import data, dimension, item, scheme
from tests.engine.test_against_reference import runs

MATRICES = ("rates", "weights", "points")
COLUMNS = ("before", "bonus", "deduction", "total", "vetoes", "rank", "group_rank", "scored")


def shuffled(run: Data, seed: int) -> tuple[Data, np.ndarray]:
    """The same data with every kind of row in another order, and the old position of each participant."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(run.participants))
    back = np.argsort(order)

    def pick(values: Any) -> Any:
        return tuple(values[at] for at in order) if isinstance(values, tuple) else values[order]

    def rows(part: Any, kind: type) -> Any:
        if part is None:
            return None
        mixed = rng.permutation(len(part.participant))
        fields = {name: getattr(part, name) for name in kind.__dataclass_fields__}
        moved = {name: tuple(v[at] for at in mixed) if isinstance(v, tuple) else v[mixed] for name, v in fields.items()}
        return kind(**{**moved, "participant": back[moved["participant"]]})

    people = run.participants
    return Data(
        Participants(*(pick(getattr(people, name)) for name in Participants.__dataclass_fields__)),
        *({code: pick(column) for code, column in getattr(run, kind).items()} for kind in ("actual", "target",
            "baseline", "choices", "not_applicable")),
        rows(run.ratings, Ratings), rows(run.adjustments, Adjustments),
        {(int(back[at]), source): rate for (at, source), rate in reversed(run.linked.items())},
    ), order  # fmt: skip


def same(first: Results, second: Results, order: np.ndarray) -> None:
    for name in MATRICES:
        assert getattr(first, name)[:, order].tobytes() == getattr(second, name).tobytes(), name
    for name in COLUMNS:
        assert getattr(first, name)[order].tobytes() == getattr(second, name).tobytes(), name
    assert [first.grade[at] for at in order] == list(second.grade)
    assert {(code, int(np.argsort(order)[at])): str(why) for (code, at), why in first.reasons.items()} == {
        key: str(why) for key, why in second.reasons.items()
    }
    assert [(note.kind, str(note.text)) for note in first.notes] == [
        (note.kind, str(note.text)) for note in second.notes
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(run=runs(), seed=st.integers(0, 99))
def test_the_order_of_rows_and_items_never_matters(run: tuple[Scheme, Data], seed: int, registry: Registry) -> None:
    built, given_data = run
    other, order = shuffled(given_data, seed)
    items = list(built.items)
    np.random.default_rng(seed).shuffle(items)  # type: ignore[arg-type]
    turned = dataclasses.replace(built, items=tuple(items), raters=built.raters[::-1])
    same(score(built, given_data, registry), score(turned, other, registry), order)
    assert input_hash(built, given_data) == input_hash(turned, other)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(run=runs())
def test_the_same_inputs_give_the_same_bytes(run: tuple[Scheme, Data], registry: Registry) -> None:
    same(score(*run, registry), score(*run, registry), np.arange(len(run[1].participants)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(run=runs(), factor=st.sampled_from([0.5, 3.0, 7.7]))
def test_scaling_the_weights_of_siblings_changes_nothing(
    run: tuple[Scheme, Data], factor: float, registry: Registry
) -> None:
    built, given_data = run
    built = dataclasses.replace(built, weighting="percent", full_marks=100.0)
    items = [dataclasses.replace(entry, weight=entry.weight or 50.0) if entry.kind in {"dimension",
        "indicator"} else entry for entry in built.items
             if entry.method not in {"deduct", "accumulate"}]  # fmt: skip
    if not any(entry.kind == "indicator" for entry in items):
        return
    built = dataclasses.replace(built, items=tuple(items), tie_breakers=())
    scaled = dataclasses.replace(built, items=tuple(
        dataclasses.replace(entry,
            weight=entry.weight * factor) if entry.weight else entry for entry in items))  # fmt: skip
    first, second = score(built, given_data, registry), score(scaled, given_data, registry)
    assert first.rates == pytest.approx(second.rates, nan_ok=True, abs=1e-9)
    assert first.before == pytest.approx(second.before, nan_ok=True, abs=1e-7)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(run=runs())
def test_points_add_up_to_the_total_under_arithmetic(run: tuple[Scheme, Data], registry: Registry) -> None:
    built, given_data = run
    plain = [dataclasses.replace(entry, aggregate=None, decimals=None) for entry in built.items]
    results = score(dataclasses.replace(built, items=tuple(plain)), given_data, registry)
    leaves = [
        row
        for row, code in enumerate(results.item_codes)
        if next(e for e in plain if e.code == code).kind == "indicator"
    ]
    added = results.points[leaves].sum(axis=0)
    assert added[results.scored] == pytest.approx(results.before[results.scored], rel=1e-12, abs=1e-9)
    assert results.weights[leaves].sum(axis=0)[results.scored] == pytest.approx(1.0)


def test_the_hash_sees_every_input(registry: Registry) -> None:
    built = scheme(item("A"), item("B", "rating"), Item("X", kind="bonus", params={"each": 1}))
    base = {
        "actual": {"A": [0.5, None]}, "target": {"A": [1, 1]}, "groups": ["g", "h"], "parents": ["u", "u"],
        "ratings": [(0, "B", "r", "g", 80.0)], "adjustments": [(0, "X", 1, None)], "linked": {(0, "unit"): 0.5},
        "na": {"B": [False, True]}, "choices": {"A": ["x", ""]},
    }  # fmt: skip
    first = input_hash(built, data(**base))
    assert len(first) == 64
    assert first == input_hash(dataclasses.replace(built, items=built.items[::-1]), data(**base))
    changes: list[dict[str, Any]] = [
        {"actual": {"A": [0.5, 0]}}, {"actual": {"A": [0.5000000000000001, None]}}, {"target": {"A": [1, 2]}},
        {"groups": ["g", "g"]},
        {"parents": ["u", "v"]}, {"ratings": [(1, "B", "r", "g", 80.0)]}, {"ratings": [(0, "B", "s", "g", 80.0)]},
        {"adjustments": [(0, "X", 2, None)]}, {"adjustments": [(0, "X", None, 1)]}, {"linked": {(1, "unit"): 0.5}},
        {"na": {"B": [True, True]}}, {"choices": {"A": ["y", ""]}}, {"grades": ["A", "A"]},
    ]  # fmt: skip
    hashes = [input_hash(built, data(**(base | change))) for change in changes]
    hashes.append(input_hash(dataclasses.replace(built, decimals=3), data(**base)))
    hashes.append(
        input_hash(
            dataclasses.replace(built, items=(*built.items[:2], Item("X", kind="bonus", params={"each": 2}))),
            data(**base),
        )
    )
    assert len({first, *hashes}) == len(hashes) + 1


def test_the_hash_reads_numbers_by_their_value() -> None:
    built = scheme(item("A", "goalpost", params={"lo": 0, "hi": "10"}))
    other = scheme(item("A", "goalpost", params={"lo": "0", "hi": 10.0}))
    assert input_hash(built, data({"A": [1]})) == input_hash(other, data({"A": [1.0]}))
    assert input_hash(built, data({"A": [0.0]})) == input_hash(built, data({"A": [-0.0]}))


def test_versions_are_recorded(registry: Registry) -> None:
    built = scheme(dimension("D", aggregate="min"), item("A", "ratio", parent="D"), item("B"))
    results = score(built, data({"A": [1], "B": [1]}), registry)
    assert dict(results.plugin_versions) == {
        "aggregate:arithmetic": "1.0", "aggregate:min": "1.0", "engine": "1.0", "method:accumulate": "1.0",
        "method:ratio": "1.0",
    }  # fmt: skip


def test_a_plugin_that_fails_in_a_run_stops_it_by_name(registry: Registry) -> None:
    class Broken(type(registry.methods["ratio"])):  # type: ignore[misc]
        def rate(self, columns: Any, params: Any) -> Any:
            raise RuntimeError("secret")

    broken = dataclasses.replace(registry, methods={**registry.methods, "ratio": Broken()})
    with pytest.raises(PluginFailed) as caught:
        score(scheme(item("A", "ratio")), data({"A": [1]}), broken)
    assert "secret" not in str(caught.value)
    assert caught.value.findings[0].place.key == "A"
