"""Files that are refused as a whole, each with its reason, before anything is read from them."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.workbooks.making import made, opened, repacked
from views.workbooks.archive import Limits
from views.workbooks.book import open_workbook
from views.workbooks.problems import WorkbookError

GOOD = made({"unit": [["code", "name"], ["A", "Budget"]]})
SHEET = "xl/worksheets/sheet1.xml"


def refusal(content: bytes, **limits: int) -> str:
    with pytest.raises(WorkbookError) as caught:
        open_workbook(content, Limits(**limits))
    text = caught.value.text
    assert text.in_language("zh_Hans") != text.in_language("en")
    return str(text)


def test_a_good_workbook_opens() -> None:
    book = open_workbook(GOOD)
    assert book.names == ("unit",)
    assert [values for _, _, values in book.rows("unit")] == [["code", "name"], ["A", "Budget"]]


@pytest.mark.parametrize("content", [b"", b"code,name\nA,Budget\n", b"PK\x03\x04 and nothing more", b"%PDF-1.7"])
def test_what_is_no_workbook(content: bytes) -> None:
    assert re.search("no Excel workbook|damaged", refusal(content))


def test_a_zip_that_is_no_workbook() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "no Excel workbook" in refusal(file.getvalue())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match=r"gone\.xlsx cannot be read"):
        open_workbook(tmp_path / "gone.xlsx")


def test_an_encrypted_workbook() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")
    assert "without a password" in refusal(ole)


def test_an_old_workbook() -> None:
    assert "old .xls format" in refusal(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "Workbook".encode("utf-16-le")
    )


def test_a_zip_with_a_password() -> None:
    content = bytearray(GOOD)
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    assert "without a password" in refusal(bytes(content))


def test_macros() -> None:
    assert "macros" in refusal(repacked(GOOD, add={"xl/vbaProject.bin": b"\0"}))


def test_a_macro_workbook_under_another_name() -> None:
    def change(name: str, part: bytes) -> bytes:
        return (
            part.replace(b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml") if "Types" in name else part
        )

    assert "macros" in refusal(repacked(GOOD, change))


@pytest.mark.parametrize("part", ["xl/externalLinks/externalLink1.xml", "xl/connections.xml"])
def test_external_links(part: str) -> None:
    assert "links to other files" in refusal(repacked(GOOD, add={part: b"<x/>"}))


def test_a_file_over_the_size() -> None:
    assert "too large" in refusal(GOOD, file_bytes=1000)


def test_more_rows_than_allowed() -> None:
    content = made({"unit": [["code"], *([str(i)] for i in range(20))]})
    assert "21 rows" in refusal(content, rows=20)
    assert open_workbook(content, Limits(rows=21)).names == ("unit",)


@pytest.mark.parametrize("quote", [b'"', b"'"])
def test_a_single_cell_in_the_far_corner(quote: bytes) -> None:
    def change(name: str, part: bytes) -> bytes:
        far = b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>".replace(b"'", quote)
        return part.replace(b"</sheetData>", far) if name == SHEET else part

    assert "1048576 rows" in refusal(repacked(GOOD, change))


def test_a_cell_far_below_in_a_row_that_claims_to_be_the_first() -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b'r="A2"', b'r="XFD900000"') if name == SHEET else part

    assert "900000 rows" in refusal(repacked(GOOD, change))


def test_a_part_that_unpacks_to_far_more_than_its_size() -> None:
    def change(name: str, part: bytes) -> bytes:
        return part + b" " * 20_000_000 if name == SHEET else part

    assert "expands" in refusal(repacked(GOOD, change))


def test_a_part_that_says_it_is_small_and_is_not() -> None:
    def change(name: str, part: bytes) -> bytes:
        return part + b" " * 20_000_000 if name == SHEET else part

    content = bytearray(repacked(GOOD, change))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo(SHEET).file_size
    at = content.find(struct.pack("<I", size))
    while at >= 0:
        content[at : at + 4] = struct.pack("<I", 2000)
        at = content.find(struct.pack("<I", size))
    assert re.search("damaged|expands", refusal(bytes(content), unpacked_bytes=10_000_000))


def test_two_parts_of_the_same_name() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = repacked(GOOD, add={SHEET: b"<worksheet/>"})
    assert "damaged" in refusal(content)


def test_a_document_type() -> None:
    def change(name: str, part: bytes) -> bytes:
        return b'<!DOCTYPE x [<!ENTITY a "b">]>' + part if name == "xl/workbook.xml" else part

    assert "damaged" in refusal(repacked(GOOD, change))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", SHEET])
def test_a_part_cut_short(part: str) -> None:
    content = repacked(GOOD, lambda name, own: own[: len(own) // 2] if name == part else own)
    with pytest.raises(WorkbookError, match="damaged"):
        list(open_workbook(content).rows("unit"))


def test_formulas_that_were_never_computed() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "unit"
    sheet.append(["code", "total"])
    sheet.append(["A", "=1+1"])
    file = io.BytesIO()
    workbook.save(file)
    said = refusal(file.getvalue())
    assert "never computed" in said
    assert "unit!B2" in said


def test_formulas_with_cached_values_are_read_by_their_values() -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>7</v>", b"<f>3+4</f><v>7</v>") if name == SHEET else part

    content = repacked(made({"unit": [["code", "total"], ["A", 7]]}), change)
    assert list(open_workbook(content).rows("unit"))[1][2] == ["A", 7.0]


def test_hidden_sheets_are_known() -> None:
    book = opened({"unit": [["code"]], "other": [["x"]]})
    assert book.hidden == frozenset()


@pytest.mark.parametrize("address", ["ZZZZZZ99999999", "A99999999999", "a2", "", "2", "A"])
@pytest.mark.parametrize("written", [' r="{}"', " r='{}'", "\n r\t=\n'{}'", ' s="0" r="{}"', " note='>' r='{}'"])
def test_a_cell_with_an_address_that_is_none(address: str, written: str) -> None:
    """The reader makes room for a sheet that reaches as far as the address says, and takes the process down."""

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b' r="A2"', written.format(address).encode()) if name == SHEET else part

    assert "damaged" in refusal(repacked(GOOD, change))


@pytest.mark.parametrize("address", ["99999999999", "-1", "A1", ""])
def test_a_row_with_a_number_that_is_none(address: str) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b'<row r="2"', f'<row r="{address}"'.encode()) if name == SHEET else part

    assert "damaged" in refusal(repacked(GOOD, change))


def test_a_far_address_behind_odd_spaces() -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b'r="A2"', b"r\t=\n'XFD900000'") if name == SHEET else part

    assert "900000 rows" in refusal(repacked(GOOD, change))


def test_a_row_of_cells_without_addresses_counts_as_wide_as_it_is() -> None:
    def change(name: str, part: bytes) -> bytes:
        wide = b'<row r="400000">' + b"<c><v>1</v></c>" * 100 + b"</row></sheetData>"
        return part.replace(b"</sheetData>", wide) if name == SHEET else part

    assert "400000 rows and 102 columns" in refusal(repacked(GOOD, change))


def test_cells_without_addresses_are_read() -> None:
    def change(name: str, part: bytes) -> bytes:
        return re.sub(rb' r="[A-Z]?\d"', b"", part) if name == SHEET else part

    book = open_workbook(repacked(GOOD, change))
    assert [values for _, _, values in book.rows("unit")] == [["code", "name"], ["A", "Budget"]]


def test_words_that_look_like_an_address_are_words() -> None:
    words = 'see r="here" and <c r="there"> at 10:c or <row r="x">'
    book = open_workbook(made({"unit": [["code", "name"], ["A", words]]}))
    assert [values for _, _, values in book.rows("unit")][1] == ["A", words]
