"""The command `evaluate`: exit status, messages with their cells, and a results file that is whole or absent."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.workbooks.making import Formula, Rows, made, repacked
from views.commands.evaluate import command
from views.workbooks.book import open_workbook
from views.workbooks.table import Column, read_table

ROOT = Path(__file__).resolve().parents[2]
SCHEME: dict[str, Rows] = {
    "scheme": [["key", "value"], ["code", "S1"], ["weighting", "points"], ["full_marks", 100]],
    "items": [
        [
            "code",
            "parent",
            "kind",
            "name",
            "weight",
            "method",
            "params",
            "value_type",
            "unit",
            "direction",
            "source",
            "standard",
        ],
        ["R", None, "dimension", "All", 100, None, None, None, None, None, None, None],
        ["A", "R", "indicator", "Rate", 60, "ratio", None, "number", "%", "higher", "ledger", "more is better"],
        ["B", "R", "indicator", "Cases", 40, "deduct", "each=4", "count", "cases", None, "register", "4 marks a case"],
    ],
    "grades": [["code", "name", "min_score"], ["good", "Good", 60], ["poor", "Poor", None]],
}
DATA: dict[str, Rows] = {
    "participants": [["code", "name", "group"], ["U1", "One", "g"], ["U2", "Two", "g"], ["U3", "Three", "h"]],
    "actual": [["participant", "A", "B"], ["U1", 90, 1], ["U2", 45, 0], ["U3", "n/a", "n/a"]],
    "target": [["participant", "A"], ["U1", 100], ["U2", 100], ["U3", 100]],
}


def changed(sheets: dict[str, Rows], changes: dict[str, Any]) -> dict[str, Rows]:
    copied = {name: [list(row) for row in rows] for name, rows in sheets.items()}
    for address, value in changes.items():
        sheet, _, cell = address.partition("!")
        if sheet not in copied:
            continue
        row = copied[sheet][int(cell[1:]) - 1]
        column = ord(cell[0]) - 65
        row += [None] * (column + 1 - len(row))
        row[column] = value
    return copied


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def evaluate(folder: Path, changes: dict[str, Any] | None = None, *more: str) -> Result:
    (folder / "scheme.xlsx").write_bytes(made(changed(SCHEME, changes or {})))
    (folder / "data.xlsx").write_bytes(made(changed(DATA, changes or {})))
    return run(folder, *more)


def run(folder: Path, *more: str) -> Result:
    files = ["--scheme", folder / "scheme.xlsx", "--data", folder / "data.xlsx", "--out", folder / "results.xlsx"]
    return CliRunner().invoke(command, [*map(str, files), *more])


def errors(result: Result) -> list[str]:
    return result.stderr.splitlines()


def test_done(folder: Path) -> None:
    result = evaluate(folder)
    assert (result.exit_code, result.stderr, result.stdout) == (0, "", "")
    book = open_workbook(folder / "results.xlsx")
    columns = [Column("participant", "code"), Column("total", "number"), Column("grade"), Column("rank", "integer")]
    rows = read_table(book, "ranking", columns, "participant").rows
    assert [(row["participant"], row["total"], row["grade"], row["rank"]) for row in rows] == [
        ("U1", 90.0, "good", 1),
        ("U2", 67.0, "good", 2),
    ]
    unscored = read_table(book, "unscored", [Column("participant"), Column("reason")], "participant").rows
    assert [row["participant"] for row in unscored] == ["U3"]
    assert unscored[0]["reason"]


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("scheme!B3", "marks"),
        ("scheme!A4", "full_mark"),
        ("items!F3", "ratoi"),
        ("items!G4", "each=many"),
        ("items!G4", "eech=4"),
        ("items!B3", "Q"),
        ("items!E1", "wieght"),
        ("items!C3", "indicater"),
        ("items!E3", "sixty"),
        ("items!E3", -60),
        ("items!A4", "A"),
        ("grades!C2", "sixty"),
        ("participants!A3", "U1"),
        ("actual!A3", "U7"),
        ("actual!B2", "much"),
        ("actual!C1", "Bee"),
        ("target!B3", "much"),
    ],
)
def test_one_defect_is_reported_at_its_cell_and_nothing_is_written(folder: Path, address: str, value: Any) -> None:
    result = evaluate(folder, {address: value})
    assert result.exit_code == 1
    assert any(line.startswith(f"{address}: ") for line in errors(result)), result.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["data.xlsx", "scheme.xlsx"]


def test_a_wrong_sum_is_reported_at_the_parents_weight(folder: Path) -> None:
    (folder / "scheme.xlsx").write_bytes(
        made(
            {
                **SCHEME,
                "items": [
                    ["code", "parent", "kind", "weight", "method", "params"],
                    ["R", None, "dimension", None, None, None],
                    ["D", "R", "dimension", 50, None, None],
                    ["A", "D", "indicator", 20, "deduct", "each=1"],
                    ["B", "D", "indicator", 20, "deduct", "each=1"],
                    ["C", "R", "indicator", 50, "deduct", "each=1"],
                ],
            }
        )
    )
    (folder / "data.xlsx").write_bytes(made({"participants": [["code"], ["U1"]]}))
    result = run(folder)
    assert result.exit_code == 1
    assert any(line.startswith("items!D3: ") and "40" in line for line in errors(result)), result.stderr


@pytest.mark.parametrize(("setting", "cell"), [(["full_marks", 90], "scheme!B4"), (["decimals", 2], "scheme!A1")])
def test_a_wrong_sum_of_the_root_is_reported_on_the_sheet_scheme(folder: Path, setting: list[Any], cell: str) -> None:
    changes = {"scheme!A4": setting[0], "scheme!B4": setting[1], "items!E2": None}
    if setting[0] != "full_marks":
        changes["items!E3"] = 50
    result = evaluate(folder, changes)
    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in errors(result)] == [cell], result.stderr


def test_percent_weights_below_the_root(folder: Path) -> None:
    result = evaluate(folder, {"scheme!B3": "percent", "items!E3": 50})
    assert result.exit_code == 1
    assert any(line.startswith("scheme!") and "90" in line for line in errors(result)), result.stderr


def test_every_problem_of_both_workbooks_at_once_each_once(folder: Path) -> None:
    changes = {"scheme!B4": "x", "items!E3": "sixty", "grades!C2": "x", "actual!B2": "much", "target!A2": "U9"}
    result = evaluate(folder, changes)
    assert [line.partition(": ")[0] for line in errors(result)] == list(changes), result.stderr


RICH_SCHEME: dict[str, Rows] = {
    "scheme": [["key", "value"], ["code", "S2"], ["full_marks", 100], ["tie_breakers", "F"]],
    "items": [
        ["code", "kind", "weight", "method", "params", "value_type", "participant"],
        ["F", "indicator", 40, "formula", "expression=min(x/t, 1)", "number", None],
        ["P", "indicator", 30, "rating", "scale_min=0; scale_max=10; trim=1", None, None],
        ["T", "indicator", 20, "steps", None, "number", None],
        ["C", "indicator", 10, "choice", None, "choice", None],
        ["B", "bonus", None, None, "each=1", None, None],
        ["V", "veto", None, None, "max_grade=low", None, None],
    ],
    "tables": [["item", "x", "rate"], ["T", 1, 0.5], ["T", 2, 1], ["C", "good", 1], ["C", "poor", 0]],
    "raters": [["group", "weight", "min_raters", "ballot_rule"], ["peers", 1, 1, "max 3 >= 9"]],
    "grades": [["code", "min_score", "quota", "requires"], ["top", 90, 0.5, "F >= 0.5"], ["low", None, None, None]],
}
RICH_DATA: dict[str, Rows] = {
    "participants": [["code", "group"], ["U1", "g"], ["U2", "g"]],
    "actual": [["participant", "F", "T", "C"], ["U1", 1, 2, "good"], ["U2", 2, 1, "poor"]],
    "target": [["participant", "F"], ["U1", 2], ["U2", 2]],
    "ratings": [
        ["participant", "item", "rater", "group", "score"],
        ["U1", "P", "a", "peers", 9],
        ["U2", "P", "a", "peers", 8],
    ],
    "adjustments": [["participant", "item", "occurrences", "points", "reason"], ["U1", "B", 1, None, "x"]],
}


@pytest.mark.parametrize(
    ("address", "value", "said"),
    [
        ("scheme!B4", "Q", "Q"),
        ("items!E2", "expression=min(x/t, 1", "column"),
        ("items!E2", "expression=x/q", "q"),
        ("items!E3", "scale_min=10; scale_max=0", "scale"),
        ("items!E3", "scale_min=0; scale_max=ten", "ten"),
        ("items!E6", "eech=1", "each"),
        ("items!E7", "max_grade=lowest", "low"),
        ("items!G2", "U9", "U9"),
        ("tables!A2", "TT", "TT"),
        ("tables!B3", "two", "two"),
        ("tables!B3", 1, "twice"),
        ("raters!B2", -1, "weight"),
        ("raters!D2", "at most 3", "at most"),
        ("grades!C2", 1.5, "1.5"),
        ("grades!D2", "F >", "column"),
        ("grades!D3", "F > 0", "condition"),
        ("actual!D2", "best", "best"),
        ("ratings!E3", 11, "11"),
        ("ratings!B3", "F", "F"),
        ("ratings!D3", "peer", "peers"),
        ("adjustments!C2", -1, "-1"),
        ("adjustments!B2", "F", "F"),
    ],
)
def test_defects_of_every_sheet(folder: Path, address: str, value: Any, said: str) -> None:
    (folder / "scheme.xlsx").write_bytes(made(changed(RICH_SCHEME, {address: value})))
    (folder / "data.xlsx").write_bytes(made(changed(RICH_DATA, {address: value})))
    result = run(folder)
    assert result.exit_code == 1
    assert any(line.startswith(f"{address}: ") and said in line for line in errors(result)), result.stderr
    assert len({line.partition(": ")[0] for line in errors(result)}) <= 2, result.stderr


def test_the_rich_one_is_good(folder: Path) -> None:
    (folder / "scheme.xlsx").write_bytes(made(RICH_SCHEME))
    (folder / "data.xlsx").write_bytes(made(RICH_DATA))
    result = run(folder)
    assert (result.exit_code, result.stderr) == (0, "")
    notes = read_table(
        open_workbook(folder / "results.xlsx"), "notes", [Column("kind"), Column("cell")], "kind", unique=()
    )
    assert {(row["kind"], row["cell"]) for row in notes.rows} >= {("scheme", "A2")}


def test_a_missing_value_that_blocks(folder: Path) -> None:
    scheme = changed(SCHEME, {"scheme!A4": "missing", "scheme!B4": "block"})
    (folder / "scheme.xlsx").write_bytes(made(scheme))
    (folder / "data.xlsx").write_bytes(made(changed(DATA, {"actual!B2": None, "target!B3": None})))
    result = run(folder)
    assert result.exit_code == 1
    assert sorted(line.partition(": ")[0] for line in errors(result)) == ["actual!B2", "target!B3"], result.stderr


def test_messages_in_chinese(folder: Path) -> None:
    result = evaluate(folder, {"actual!B2": "much"}, "--language", "zh_Hans")
    assert errors(result) == ["actual!B2: “much”不是数字；请填写数字，例如 12.5"]


def test_what_is_no_workbook(folder: Path) -> None:
    (folder / "scheme.xlsx").write_text("no workbook")
    (folder / "data.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    result = run(folder)
    assert result.exit_code == 1
    assert errors(result) == [
        "scheme.xlsx: The file is no Excel workbook (.xlsx).",
        "data.xlsx: The workbook is encrypted; save it without a password.",
    ]


def test_what_was_there_stays_when_there_are_errors(folder: Path) -> None:
    (folder / "results.xlsx").write_bytes(b"earlier")
    assert evaluate(folder, {"actual!B2": "much"}).exit_code == 1
    assert (folder / "results.xlsx").read_bytes() == b"earlier"
    assert evaluate(folder).exit_code == 0
    assert open_workbook(folder / "results.xlsx").names[0] == "ranking"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--scheme", "{folder}/scheme.xlsx", "--data", "{folder}/data.xlsx"],
        ["--scheme", "{folder}/gone.xlsx", "--data", "{folder}/data.xlsx", "--out", "{folder}/r.xlsx"],
        ["--scheme", "{folder}/scheme.xlsx", "--data", "{folder}/data.xlsx", "--out", "{folder}/no/r.xlsx"],
        ["--scheme", "{folder}/scheme.xlsx", "--data", "{folder}/data.xlsx", "--out", "{folder}/data.xlsx"],
        ["--scheme", "{folder}/scheme.xlsx", "--data", "{folder}", "--out", "{folder}/r.xlsx"],
        ["--colour"],
    ],
)
def test_wrong_usage(folder: Path, arguments: list[str]) -> None:
    (folder / "scheme.xlsx").write_bytes(made(SCHEME))
    (folder / "data.xlsx").write_bytes(made(DATA))
    result = CliRunner().invoke(command, [argument.format(folder=folder) for argument in arguments])
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_it_needs_neither_web_framework_nor_database_nor_data_frames() -> None:
    code = (
        "import sys, views.commands.evaluate;"
        "print([m for m in ('flask', 'sqlalchemy', 'pandas', 'openpyxl', 'flask_appbuilder') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_from_the_command_line(folder: Path) -> None:
    (folder / "scheme.xlsx").write_bytes(made(SCHEME))
    (folder / "data.xlsx").write_bytes(made(changed(DATA, {"actual!B2": "much"})))
    if not (ROOT / "app.py").exists():
        pytest.skip("app.py is not there")
    arguments = ["--scheme", "scheme.xlsx", "--data", "data.xlsx", "--out", "results.xlsx"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "evaluate", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "actual!B2: “much” is no number; enter a number such as 12.5\n"


@pytest.mark.parametrize("part", ["data", "scheme"])
@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_a_sheet_whose_damage_shows_when_it_is_read(folder: Path, part: str, damage: str) -> None:
    """The last sheet is gone or ends in the middle; a traceback would tell nobody what to do."""

    def change(name: str, content: bytes) -> bytes:
        return content[: len(content) // 2] if damage == "cut" and name.endswith("sheet3.xml") else content

    (folder / "scheme.xlsx").write_bytes(made(SCHEME))
    (folder / "data.xlsx").write_bytes(made(DATA))
    file = folder / f"{part}.xlsx"
    file.write_bytes(repacked(file.read_bytes(), change, drop={"xl/worksheets/sheet3.xml"} if damage == "gone" else ()))
    result = run(folder)
    assert result.exit_code == 1
    assert [line.partition(" and ")[0] for line in errors(result)] == [f"{part}.xlsx: The workbook is damaged"]


def test_every_formula_that_was_never_computed_is_reported_at_its_cell(folder: Path) -> None:
    uncomputed = Formula("=1+1")
    (folder / "scheme.xlsx").write_bytes(made(SCHEME))
    content = made(changed(DATA, {"actual!B2": uncomputed, "target!B3": uncomputed}))
    (folder / "data.xlsx").write_bytes(repacked(content, _without_cached_values))
    result = run(folder)
    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in errors(result)] == ["actual!B2", "target!B3"]
    assert all("never computed" in line for line in errors(result))


def _without_cached_values(name: str, content: bytes) -> bytes:
    return re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content) if "worksheets/" in name else content
