"""The published cases: numbers that others computed, within the tolerance that each case states."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.engine import check_data, check_scheme, score
from plugins.registry import build_registry
from tests.engine.books import CASES, read_data, read_expected, read_scheme

FOLDERS = sorted(path.parent for path in CASES.rglob("case.json"))


@pytest.mark.skipif(not FOLDERS, reason="the published cases lie beside the project and are not here")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: str(path.relative_to(CASES)))
def test_published_numbers(folder: Path) -> None:
    registry = build_registry(entry_points=False)
    scheme = read_scheme(folder / "scheme.xlsx")
    data = read_data(folder / "data.xlsx", scheme)
    findings = check_scheme(scheme, registry, publish=True, headless=True) + check_data(scheme, data, registry)
    assert [str(found.text) for found in findings if found.level == "error"] == []
    results = score(scheme, data, registry)
    at = {code: position for position, code in enumerate(data.participants.codes)}
    item = {code: row for row, code in enumerate(results.item_codes)}
    columns = {"total": results.total, "rank": results.rank, "group_rank": results.group_rank, "grade": results.grade}
    for code, row in item.items():
        columns[f"rate:{code}"] = results.rates[row]
        columns[f"points:{code}"] = results.points[row]
    expected, tolerances = read_expected(folder)
    wrong, compared = [], 0
    for line in expected:
        for name, value in line.items():
            kind = name.partition(":")[0]
            if name == "participant" or value == "" or name not in columns:
                continue
            found = columns[name][at[line["participant"]]]
            tolerance = tolerances.get("rate" if kind == "rate" else kind)
            if name in tolerances["exact"]:
                good = str(found) == value or (name != "grade" and float(found) == float(value))
            elif tolerance is None:
                continue
            else:
                good = abs(float(found) - float(value)) <= tolerance
            compared += 1
            if not good:
                wrong.append((line["participant"], name, value, found))
    assert wrong == []
    assert compared >= 3
