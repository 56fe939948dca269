"""`export results` and `verify`: a results workbook from the shell, and what was done to it since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests.pages.organization import fill
from tests.support.databases import Databases
from tests.support.settings import environment_for
from views.commands import cli

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")  # data bars, to openpyxl
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def database(databases: Databases, database_kind: str) -> Iterator[str]:
    """A department with a published quarter."""
    with databases.copy(database_kind, "pages_department", fill) as url:
        yield url


@pytest.fixture
def app(database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`app("verify", "file.xlsx")`: what `app.py verify file.xlsx` prints."""
    for name, value in environment_for(database).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(cli, words)


def export(app: Run, file: str, what: str = "results", user: str = "leadership") -> Result:
    return app("export", what, "--as", user, "--out", file, "--filter", "cycle=2025Q3")


@pytest.mark.parametrize("what", ["results", "ranking"])
def test_what_was_exported_is_genuine(app: Run, what: str) -> None:
    done = export(app, "out.xlsx", what)
    assert done.exit_code == 0, done.output
    checked = app("verify", "out.xlsx")
    assert checked.exit_code == 0, checked.output
    assert "genuine and equal to its run, PL-1-" in checked.stdout


def test_every_changed_cell_is_named_on_standard_error(app: Run) -> None:
    export(app, "out.xlsx")
    book = openpyxl.load_workbook("out.xlsx")
    head = next(row[0].row for row in book["ranking"].iter_rows() if any(cell.value == "Total" for cell in row))
    column = next(cell.column_letter for cell in book["ranking"][head] if cell.value == "Total")
    book["ranking"][f"{column}{head + 2}"] = 99.9
    book["notes"]["Z9"] = "added"
    book.save("out.xlsx")
    checked = app("verify", "out.xlsx")
    assert checked.exit_code == 1
    assert [line.partition(":")[0] for line in checked.stderr.splitlines()] == [f"ranking!{column}{head + 2}", "notes!Z9"]
    assert "99.9" in checked.stderr
    assert "95.28" in checked.stderr


def test_results_are_not_for_who_sees_some_scores_only(app: Run) -> None:
    refused = export(app, "out.xlsx", user="liaison")
    assert refused.exit_code == 1
    assert not Path("out.xlsx").exists()


def test_what_carries_no_code_is_refused(app: Run) -> None:
    openpyxl.Workbook().save("plain.xlsx")
    checked = app("verify", "plain.xlsx")
    assert (checked.exit_code, "no verification code" in checked.stderr) == (1, True)
    assert app("verify", "missing.xlsx").exit_code == 2
