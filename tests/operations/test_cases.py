"""The published cases, imported, opened, run and loaded again: the numbers of `evaluate`, to the last bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.operations.data import import_data
from models.operations.explanations import load_results
from models.operations.imports import import_rows
from models.operations.scheme_shape import scheme_from_version
from models.operations.schemes import import_scheme
from models.operations.scoring import run_scoring
from models.result import Run
from plugins.engine import Explainer, check_data, check_scheme, score
from plugins.registry import build_registry
from tests.operations.factories import World, add_cycle, add_scheme, open_it, world_version
from views.workbooks.book import open_workbook
from views.workbooks.data_reading import read_data
from views.workbooks.scheme_reading import read_scheme

CASES = Path(__file__).parents[3] / "shared" / "cases"
FOLDERS = sorted(str(file.parent.relative_to(CASES)) for file in CASES.rglob("scheme.xlsx"))
REGISTRY = build_registry()
MATRICES = ("rates", "weights", "points", "before", "bonus", "deduction", "total")


def load(name: str) -> tuple[Any, Any]:
    scheme = read_scheme(open_workbook(CASES / name / "scheme.xlsx")).scheme
    assert scheme is not None
    unknown = sorted({i.method for i in scheme.items if i.method} - set(REGISTRY.methods))
    unknown += sorted({i.aggregate for i in scheme.items if i.aggregate} - set(REGISTRY.aggregates))
    if unknown:
        pytest.skip(f"the case needs what is not there yet: {', '.join(unknown)}")
    return scheme, read_data(open_workbook(CASES / name / "data.xlsx"), scheme).data


def publishable(scheme: Any) -> Any:
    """The scheme with what publishing on the platform asks for beyond scoring: source, standard, unit of measure."""
    said = {"source": "published table", "standard": "as published", "unit": "-"}
    items = [
        replace(item, **{n: getattr(item, n) or v for n, v in said.items()}) if item.kind == "indicator" else item
        for item in scheme.items
    ]
    return replace(scheme, items=tuple(items))


def make_organization(world: World, scheme: Any, data: Any) -> None:
    """A unit for each participant, or a person where the scheme evaluates people."""
    world.put("unit", code="CASE", name="Case", kind="department")
    people = zip(data.participants.codes, data.participants.names, strict=True)
    entity, place = ("person", {"unit": "CASE"}) if scheme.applies_to == "person" else ("unit", {"parent": "CASE"})
    if scheme.applies_to != "person":
        place["kind"] = "city" if scheme.applies_to == "region" else "division"
    rows = [{"code": code, "name": name or code, **place} for code, name in people]
    with world.as_role("personnel" if entity == "person" else "admin") as session:
        report = import_rows(session, entity, rows, commit=True)
    assert report.committed, [(problem.field, problem.value, str(problem.text)) for problem in report.problems]


@pytest.mark.skipif(not FOLDERS, reason="the published cases are not beside the project")
@pytest.mark.parametrize("name", FOLDERS or [""])
def test_a_case_through_the_database_equals_evaluate(world: World, name: str) -> None:
    scheme, data = load(name)
    scheme = publishable(scheme)
    assert not [f for f in check_scheme(scheme, REGISTRY, publish=True) if f.level == "error"]
    assert not [f for f in check_data(scheme, data, REGISTRY) if f.level == "error"]
    expected = score(scheme, data, REGISTRY)
    make_organization(world, scheme, data)
    version_id = add_scheme(world, scheme)
    with world.system() as session:
        stored = scheme_from_version(world_version(session, version_id))
    assert replace(stored, version=scheme.version) == scheme
    with world.as_role("indicator") as session:
        assert import_scheme(session, scheme, REGISTRY, commit=True).same == 1 + len(scheme.items) + len(
            scheme.raters
        ) + len(scheme.grades)
    cycle_id = add_cycle(world, version_id, units=None)
    with world.as_role("indicator") as session:
        dry = import_data(session, world.ids["track"], data, commit=False)
        assert dry.is_clean, [str(problem.text) for problem in dry.problems]
        done = import_data(session, world.ids["track"], data, commit=True)
        assert (done.added, done.changed, done.same) == (dry.added, 0, 0)
        again = import_data(session, world.ids["track"], data, commit=True)
        assert (again.added, again.changed, again.same) == (0, 0, dry.added)
    open_it(world, cycle_id)
    with world.as_role("indicator") as session:
        run = run_scoring(session, world.ids["track"], REGISTRY)
        second = run_scoring(session, world.ids["track"], REGISTRY)
        assert (run.input_hash, run.result_hash) == (second.input_hash, second.result_hash)
        loaded = load_results(session, run.id, REGISTRY)
        assert session.get(Run, run.id).number == 1
    assert_same(loaded, expected)


def assert_same(found: Any, expected: Any) -> None:
    assert found.item_codes == expected.item_codes
    assert found.data.participants.codes == expected.data.participants.codes
    for name in MATRICES:
        assert getattr(found, name).tobytes() == np.where(
            np.isnan(getattr(expected, name)), np.nan, getattr(expected, name)
        ).tobytes(), name
    for name in ("rank", "group_rank", "vetoes", "scored"):
        assert list(getattr(found, name)) == list(getattr(expected, name)), name
    assert found.grade == expected.grade
    one, other = Explainer(found, REGISTRY), Explainer(expected, REGISTRY)
    for position in range(0, len(found.data.participants), 17):
        for code in found.item_codes:
            assert str(one.item(code, position)) == str(other.item(code, position))
