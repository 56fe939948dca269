"""Workbooks in the browser: out, in again unchanged, checked first, refused cell by cell, bound to whoever sent them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.web.conftest import Browser, World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(browser: Browser, path: str) -> openpyxl.Workbook:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.mimetype == XLSX
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def packed(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def hand_in(browser: Browser, what: str, content: bytes, name: str = "book.xlsx") -> Any:
    data = {"csrf_token": browser.csrf, "file": (io.BytesIO(content), name)}
    return browser.client.post(
        f"/import/{what}", data=data, headers=browser.headers, content_type="multipart/form-data"
    )


def counts(page: str) -> list[int]:
    """added, changed, same, refused"""
    return [int(number) for number in re.findall(r'class="card kpi"><b>(\d+)', page)]


def cell_of(book: openpyxl.Workbook, code: str, heading: str) -> Any:
    sheet = book.active
    row_of_heads = next(row for row in sheet.iter_rows() if any(cell.value == heading for cell in row))
    column = next(cell.column for cell in row_of_heads if cell.value == heading)
    for row in sheet.iter_rows(min_row=row_of_heads[0].row + 1):
        if any(cell.value == code for cell in row):
            return sheet.cell(row[0].row, column)
    raise AssertionError(code)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_export_imported_again_changes_nothing(shared_world: World, language: str) -> None:
    for role, entities in (("admin", ("unit", "user", "grant")), ("personnel", ("post", "person", "appointment"))):
        browser = shared_world.browser(role, language)
        for entity in entities:
            book = export(browser, f"/export/{entity}.xlsx")
            answer = hand_in(browser, entity, packed(book))
            assert answer.status_code == 302, (entity, answer.text[:3000])
            page = browser.get(answer.headers["Location"]).text
            added, changed, same, refused = counts(page)
            assert (added, changed, refused) == (0, 0, 0), (entity, re.findall(r"<tr><td>.*?</tr>", page, re.S))
            assert same > 0


def test_an_export_holds_what_the_list_is_narrowed_to(shared_world: World) -> None:
    browser = shared_world.browser("admin")
    csv = browser.get("/export/unit.csv?kind=division&q=bud")

    assert csv.status_code == 200
    assert "BUDGET" in csv.text
    assert "TREASURY" not in csv.text
    assert browser.get("/export/unit.pdf").status_code == 404
    assert browser.get("/export/score.xlsx").status_code == 404
    assert browser.get("/export/nope.xlsx").status_code == 404


def test_a_change_is_shown_first_and_written_when_confirmed(world: World) -> None:
    browser = world.browser("admin")
    book = export(browser, "/export/unit.xlsx")
    cell_of(book, "TREASURY", "Name").value = "By workbook"
    checked = hand_in(browser, "unit", packed(book)).headers["Location"]
    assert counts(browser.get(checked).text) == [0, 1, 4, 0]
    assert world.record("unit", world.id_of("unit", code="TREASURY"))["name"] != "By workbook"
    done = browser.post(checked)

    assert done.status_code == 302, done.text
    assert world.record("unit", world.id_of("unit", code="TREASURY"))["name"] == "By workbook"
    assert browser.get(checked).status_code == 404
    assert list(world.platform.settings.upload_dir.iterdir()) == []


def test_a_stale_workbook_is_refused_with_the_cell(world: World) -> None:
    browser = world.browser("admin")
    book = export(browser, "/export/unit.xlsx")
    cell_of(book, "TREASURY", "Name").value = "Mine"
    unit = world.id_of("unit", code="TREASURY")
    with world.session() as session:
        from models.operations.records import save_record

        save_record(session, "unit", unit, {"name": "Theirs"}, 1)
    checked = hand_in(browser, "unit", packed(book)).headers["Location"]
    page = browser.get(checked).text
    confirmed = browser.post(checked)

    assert counts(page)[3] == 1
    assert "Theirs" in page
    assert "Mine" in page
    assert confirmed.status_code == 422
    assert world.record("unit", unit)["name"] == "Theirs"


def test_every_bad_cell_is_named_and_the_workbook_comes_back_marked(shared_world: World) -> None:
    browser = shared_world.browser("admin")
    book = export(browser, "/export/unit.xlsx")
    cell_of(book, "BUDGET", "Kind").value = "planet"
    cell_of(book, "CITY", "Parent unit").value = "NOWHERE"
    bad = cell_of(book, "COUNTY", "Opened on")
    bad.value = "soon"
    checked = hand_in(browser, "unit", packed(book)).headers["Location"]
    page = browser.get(checked).text
    marked = openpyxl.load_workbook(io.BytesIO(browser.get(f"{checked}/annotated").data))

    assert counts(page)[3] == 3
    assert bad.coordinate in page
    assert all(word in page for word in ("planet", "NOWHERE", "soon"))
    assert marked["unit"][bad.coordinate].comment is not None
    assert browser.post(checked).status_code == 422
    assert browser.post(f"{checked}/discard").status_code == 302
    assert browser.get(checked).status_code == 404


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.xlsx"),
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"code,name\n1,2\n", "a.csv"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "a.xls"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(shared_world: World, content: bytes, name: str) -> None:
    answer = hand_in(shared_world.browser("admin"), "unit", content, name)

    assert answer.status_code == 422
    assert 'class="sum"' in answer.text


def test_a_file_belongs_to_whoever_handed_it_in(shared_world: World) -> None:
    owner, other = shared_world.browser("admin"), shared_world.browser("personnel")
    checked = hand_in(owner, "unit", packed(export(owner, "/export/unit.xlsx"))).headers["Location"]
    number = checked.rpartition("/")[2]

    for path in (checked, f"/import/post/{number}", f"{checked}/annotated"):
        assert other.get(path).status_code in {403, 404}, path
    assert other.post(checked).status_code in {403, 404}
    assert owner.get(checked).status_code == 200


def test_files_are_kept_outside_the_web_root_under_names_of_our_own(world: World) -> None:
    browser = world.browser("admin")
    content = packed(export(browser, "/export/unit.xlsx"))
    answer = hand_in(browser, "unit", content, "../../evil<script>.xlsx")
    kept = list(Path(world.platform.settings.upload_dir).iterdir())

    assert len(kept) == 1
    assert re.fullmatch(r"[0-9a-f]{32}", kept[0].name)
    assert kept[0].stat().st_mode & 0o077 == 0
    assert "<script>" not in browser.get(answer.headers["Location"]).text.partition("</head>")[2].replace(
        "<script src", ""
    )


@pytest.mark.parametrize(
    ("role", "what"),
    [
        ("personnel", "unit"),
        ("admin", "scheme"),
        ("supervision", "unit"),
        ("admin", "audit"),
        ("admin", "score"),
        ("admin", "nope"),
        ("staff", "form-1"),
        ("liaison", "track-1"),
        ("liaison", "form-2"),
        ("admin", "track-999999999"),
    ],
)
def test_nobody_imports_what_is_not_theirs(shared_world: World, role: str, what: str) -> None:
    browser = shared_world.browser(role)
    for answer in (browser.get(f"/import/{what}"), hand_in(browser, what, b"x")):
        assert answer.status_code in {403, 404}, (role, what, answer.status_code)


def test_a_scheme_workbook_comes_out_and_goes_in(world: World) -> None:
    browser = world.browser("indicator")
    content = browser.get("/console/scheme/1/workbook?version=2").data
    unchanged = hand_in(browser, "scheme", content)
    assert unchanged.status_code == 302, unchanged.text
    assert counts(browser.get(unchanged.headers["Location"]).text)[:2] == [0, 0]

    book = openpyxl.load_workbook(io.BytesIO(content))
    heads = [cell.value for row in book["items"].iter_rows() for cell in row]
    assert "code" in heads or "Code" in heads
    settings = book["scheme"]
    for row in settings.iter_rows():
        if row[0].value == "code":
            row[1].value = "S2"
        if row[0].value == "name":
            row[1].value = "Second scheme"
    checked = hand_in(browser, "scheme", packed(book))
    assert checked.status_code == 302, checked.text
    report = browser.get(checked.headers["Location"]).text
    assert counts(report)[3] == 0, report
    done = browser.post(checked.headers["Location"])
    assert done.status_code == 302, done.text
    scheme = world.id_of("scheme", code="S2")
    assert done.headers["Location"] == f"/console/scheme/{scheme}?version=1"
    assert browser.get(done.headers["Location"]).status_code == 200


def test_a_form_comes_out_and_goes_in(world: World) -> None:
    browser = world.browser("liaison")
    form = world.api("liaison")("GET", "/api/v1/form/").get_json()["ids"][0]
    answer = browser.get(f"/forms/{form}/workbook")
    if answer.status_code != 200:
        pytest.skip("the form's workbook is offered by its own page")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert hand_in(browser, f"form-{form}", packed(book)).status_code == 302
