"""Every published case through `evaluate`: the numbers that others published, within the tolerances given."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.workbooks.cases import CASES, case_folders, case_name, compare
from tests.workbooks.making import made
from views.commands.evaluate import command

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the published cases are not beside the project")


@pytest.mark.parametrize("folder", case_folders(), ids=case_name)
def test_published_numbers(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.xlsx"
    files = ["--scheme", folder / "scheme.xlsx", "--data", folder / "data.xlsx", "--out", out]
    result = CliRunner().invoke(command, list(map(str, files)))
    assert result.exit_code == 0, result.stderr
    assert compare(folder / "expected.csv", out, folder / "case.json") == []


def test_the_comparison_can_fail(tmp_path: Path) -> None:
    """A wrong total, rate, rank or grade and a missing participant are each reported."""
    book = {
        "ranking": [["rank", "participant", "total", "grade"], [1, "A", 90.0, "top"], [2, "B", 80, "low"]],
        "scores": [["participant", "item", "rate", "points"], ["A", "X", 0.5, 5]],
    }
    rows = [
        ["participant", "total", "rank", "grade", "rate:X", "points:X", "note:rank"],
        ["A", "90.0001", "1", "top", "0.5", "5", "7"],
        ["B", "80.1", "1", "mid", "", "", ""],
        ["C", "70", "", "", "", "", ""],
    ]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    (tmp_path / "expected.csv").write_text(text.getvalue(), encoding="utf-8")
    case = {"total": 0.001, "rate": 1e-9, "exact": ["rank", "grade"]}
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    found = compare(tmp_path / "expected.csv", made(book), tmp_path / "case.json")
    assert [line.partition(":")[0] for line in found] == ["B total", "B rank", "B grade", "C total"]
    case["total"] = 1e-6
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    assert "A total: published 90.0001, found 90.0" in compare(
        tmp_path / "expected.csv", made(book), tmp_path / "case.json"
    )
