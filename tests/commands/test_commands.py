"""Everything that can be done without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.commands.conftest import Run


def test_init_is_safe_to_repeat(run: Run) -> None:
    again = run("init", "--demo")
    assert again.exit_code == 0, again.output
    assert "219 units" in again.output


def test_check_finds_nothing(run: Run) -> None:
    assert run("check").exit_code == 0


def test_check_tells_an_unknown_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_SESION_HOURS", "3")
    told = run("check")
    assert told.exit_code == 1
    assert "SET-001" in told.stderr
    assert "SESSION_HOURS" in told.stderr


def test_check_tells_the_file_and_line_of_a_wrong_key(run: Run, tmp_path: Path) -> None:
    source = Path("config/metadata")
    for path in source.rglob("*.yaml"):
        target = tmp_path / path.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    unit = tmp_path / "entities/unit.yaml"
    lines = unit.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, 1) if line.startswith("title:"))
    lines[at - 1] = lines[at - 1].replace("title", "titel")
    unit.write_text("\n".join(lines), encoding="utf-8")
    told = run("check", "--metadata", str(tmp_path))
    assert told.exit_code == 1
    assert f"unit.yaml:{at}" in told.stderr
    assert "title" in told.stderr


def test_a_register_goes_out_and_comes_in_unchanged(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "unit.xlsx"
    assert run("export", "unit", "--as", "admin", "--out", str(file)).exit_code == 0
    told = run("import", str(file), "--as", "admin", "--commit")
    assert told.exit_code in {0, 1}
    assert "0 added, 0 changed, 219 as they were, 0 refused" in told.output


def test_an_export_is_narrowed_by_filters(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cities.csv"
    assert run("export", "unit", "--as", "admin", "--out", str(file), "--filter", "kind=city").exit_code == 0
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 1 + 11
    told = run("export", "unit", "--as", "admin", "--out", str(file), "--filter", "knd=city")
    assert told.exit_code == 1
    assert "kind" in told.stderr


def test_bad_cells_are_named_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    file, marked = tmp_path / "unit.xlsx", tmp_path / "marked.xlsx"
    run("export", "unit", "--as", "admin", "--out", str(file), "--filter", "code=BUDGET")
    book = openpyxl.load_workbook(file)
    bad, good = _cell(book, "unit", "division", "Division"), _cell(book, "unit", "Budget Division")
    bad.value, good.value = "divisoin", "Changed Division"
    book.save(file)
    told = run("import", str(file), "--as", "admin", "--commit", "--out", str(marked))
    assert told.exit_code == 1
    assert f"unit!{bad.coordinate}:" in told.stderr
    assert openpyxl.load_workbook(marked)["unit"][bad.coordinate].comment is not None
    after = tmp_path / "after.csv"
    run("export", "unit", "--as", "admin", "--out", str(after), "--filter", "code=BUDGET")
    assert "Changed Division" not in after.read_text(encoding="utf-8-sig")


def test_a_person_reaches_no_further_than_on_screen(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "unit.xlsx"
    run("export", "unit", "--as", "admin", "--out", str(file))
    assert run("import", str(file), "--as", "liaison", "--commit").exit_code == 1
    assert run("export", "roster", "--as", "indicator", "--out", str(tmp_path / "r.xlsx")).exit_code == 1
    assert run("score", "2026Q4", "--as", "liaison").exit_code == 1
    assert run("score", "2026Q4", "--as", "nobody").exit_code == 1


def test_a_scheme_and_a_form_go_out_and_come_in_unchanged(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "scheme.xlsx"
    assert run("export", "scheme:DIVISIONS", "--as", "indicator", "--out", str(file)).exit_code == 0
    told = run("import", str(file), "--as", "indicator")
    assert "0 added, 0 changed" in told.output, told.output
    form = tmp_path / "form.xlsx"
    assert run("export", "form:129", "--as", "liaison", "--out", str(form)).exit_code == 0
    told = run("import", str(form), "--as", "liaison")
    assert "0 added, 0 changed" in told.output, told.output


def test_a_cycle_is_scored_proposed_and_published(run: Run, tmp_path: Path) -> None:
    told = run("score", "2026Q4/DIVISIONS", "--as", "indicator")
    assert told.exit_code == 0, told.stderr
    assert "proposed" in told.output
    refused = run("score", "2026Q4", "--as", "indicator", "--publish")
    assert refused.exit_code == 1, "the indicator group proposes; it does not publish"
    told = run("publish", "2026Q4", "--as", "leadership")
    assert told.exit_code == 0, told.stderr
    file = tmp_path / "ranking.csv"
    assert run("export", "ranking", "--as", "leadership", "--out", str(file), "--filter", "cycle=2026Q4").exit_code == 0
    assert "BUDGET" in file.read_text(encoding="utf-8-sig")


def test_the_roster_and_the_ranking_are_workbooks(run: Run, tmp_path: Path) -> None:
    for what, who in (("roster", "personnel"), ("ranking", "leadership")):
        file = tmp_path / f"{what}.xlsx"
        assert run("export", what, "--as", who, "--out", str(file)).exit_code == 0
        assert file.stat().st_size > 5_000


def test_wrong_usage_has_a_status_of_its_own(run: Run, tmp_path: Path) -> None:
    assert run("export", "unit", "--as", "admin", "--out", str(tmp_path / "unit.txt")).exit_code == 2
    assert run("import", str(tmp_path / "none.xlsx"), "--as", "admin").exit_code == 2
    assert run("score").exit_code == 2


def test_sign_ins_are_kept_from_the_shell(run: Run) -> None:
    told = run("user", "add", "shell", "--email", "shell@example.org", "--give", "liaison:unit:BUDGET")
    assert told.exit_code == 0, told.stderr
    assert told.output.startswith("shell: ")
    assert run("user", "roles", "shell").output.strip() == "liaison: unit of BUDGET"
    assert run("user", "roles", "shell", "--take", "liaison", "--give", "supervision:all").output.strip() == "supervision: all"
    assert run("user", "password", "shell", "--stdin", stdin="short\n").exit_code == 1
    assert run("user", "password", "shell", "--stdin", stdin="a-long-enough-one\n").exit_code == 0
    assert run("user", "add", "shell", "--email", "shell@example.org").exit_code == 1


def test_the_audit_trail_is_whole(run: Run) -> None:
    told = run("audit", "verify")
    assert told.exit_code == 0, told.stderr
    end = run("audit", "head").output.strip()
    assert run("audit", "verify", "--head", end).exit_code == 0
    assert run("audit", "verify", "--head", "99:" + "0" * 64).exit_code == 1


def test_the_api_describes_itself(run: Run) -> None:
    document = json.loads(run("openapi").output)
    assert "/api/v1/unit/" in document["paths"]
    assert any(path.endswith("/submit") for path in document["paths"])


def _cell(book: openpyxl.Workbook, sheet: str, *texts: str) -> openpyxl.cell.Cell:
    return next(cell for row in book[sheet].iter_rows() for cell in row if cell.value in texts)
