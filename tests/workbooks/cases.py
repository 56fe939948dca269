"""The published cases: where they are, and how results are compared with the numbers that others published."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from views.workbooks.book import Book, open_workbook
from views.workbooks.table import Column, read_table

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"

_TEXTS = frozenset({"participant", "grade"})
_TOLERANCE_OF = {"total": "total", "rate": "rate", "points": "points"}


def case_folders() -> list[Path]:
    """Every folder that holds a scheme, data and expected numbers; empty when the cases are absent."""
    return sorted(path.parent for path in CASES.rglob("case.json"))


def case_name(folder: Path) -> str:
    """A case as tests are named by it, such as `skating_a/panels`."""
    return folder.relative_to(CASES).as_posix()


def compare(expected_csv: Path, results_workbook: Path | bytes, case_json: Path) -> list[str]:
    """Every number that differs from what was published, as a sentence; empty when all agree.

    Blank = not published; `total`, `rate:ITEM` and `points:ITEM` hold within the absolute tolerances of `case.json`
    (a kind without one is not compared), the columns listed under `exact` must be the same.
    """
    case = json.loads(case_json.read_text(encoding="utf-8"))
    book = open_workbook(results_workbook)
    ranking, scores = _ranking(book), _scores(book)
    differences = []
    with expected_csv.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            participant = row.pop("participant")
            for column, published in row.items():
                if published != "":
                    found = _found(participant, column, ranking, scores)
                    differences += _difference(participant, column, published, found, case)
    return differences


def _found(
    participant: str, column: str, ranking: Mapping[str, Mapping[str, Any]], scores: Mapping[tuple[str, str], Any]
) -> Any:
    kind, _, item = column.partition(":")
    if item:
        return scores.get((participant, item), {}).get(kind)
    return ranking.get(participant, {}).get(column)


def _difference(participant: str, column: str, published: str, found: Any, case: Mapping[str, Any]) -> list[str]:
    said = f"{participant} {column}: published {published}, found {found!r}"
    if column in case["exact"]:
        same = found == published if column in _TEXTS else found is not None and found == float(published)
        return [] if same else [said]
    tolerance = case.get(_TOLERANCE_OF.get(column.partition(":")[0], ""))
    if tolerance is None:
        return []
    return [] if found is not None and abs(found - float(published)) <= tolerance else [said]


def _ranking(book: Book) -> dict[str, dict[str, Any]]:
    numbers = [Column(code, "number") for code in ("rank", "group_rank", "total")]
    columns = [Column("participant", "code"), Column("grade", "text"), *numbers]
    return {row["participant"]: row.values for row in read_table(book, "ranking", columns, "participant").rows}


def _scores(book: Book) -> dict[tuple[str, str], dict[str, Any]]:
    codes = [Column("participant", "code"), Column("item", "code")]
    columns = [*codes, *(Column(code, "number") for code in ("rate", "weight", "points"))]
    sheets = [name for name in book.names if name == "scores" or name.startswith("scores ")]
    return {
        (row["participant"], row["item"]): row.values
        for sheet in sheets
        for row in read_table(book, sheet, columns, "participant", unique=()).rows
    }
