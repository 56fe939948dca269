"""What is written and read again is the same, to the last bit."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from plugins.engine.data import Data
from plugins.engine.scheme import Item, Scheme, TableRow
from tests.workbooks.cases import case_folders, case_name
from tests.workbooks.schemes import DATA_SCHEME, datas, schemes
from views.workbooks.book import open_workbook
from views.workbooks.data_reading import read_data
from views.workbooks.data_writing import write_data
from views.workbooks.problems import WorkbookError
from views.workbooks.scheme_reading import SchemeReading, read_scheme
from views.workbooks.scheme_writing import as_written, write_scheme


def again(scheme: Scheme) -> SchemeReading:
    file = io.BytesIO()
    write_scheme(scheme, file)
    return read_scheme(open_workbook(file.getvalue()))


@settings(max_examples=25, deadline=None)
@given(schemes())
def test_a_scheme_comes_back(scheme: Scheme) -> None:
    reading = again(scheme)
    assert [str(problem) for problem in reading.problems] == []
    assert reading.scheme == scheme


@pytest.mark.parametrize("folder", case_folders(), ids=case_name)
def test_a_published_scheme_comes_back(folder: Any) -> None:
    scheme = read_scheme(open_workbook(folder / "scheme.xlsx")).scheme
    assert scheme is not None
    assert again(scheme).scheme == scheme


def test_parameters_given_as_numbers_come_back_as_they_are_written() -> None:
    item = Item(
        "A", method="goalpost", params={"lo": 20.0, "hi": 85, "log": True, "weights": [0.5, 0.25], "none": None}
    )
    scheme = Scheme("S", items=(item,))
    expected = {"lo": "20", "hi": "85", "log": "true", "weights": "0.5, 0.25"}
    reread = again(scheme).scheme
    assert reread == as_written(scheme)
    assert reread is not None
    assert reread.items[0].params == expected


def test_a_formula_with_comparisons_survives() -> None:
    expression = "if(x >= t, 1, if(x == 0, 0, x/t))"
    scheme = Scheme("S", items=(Item("A", method="formula", params={"expression": expression, "yields": "rate"}),))
    assert again(scheme).scheme == scheme


@pytest.mark.parametrize("params", [{"a": "1; b=2"}, {"a=b": "1"}, {"a": ""}, {"a": "1；2"}])
def test_parameters_that_the_cell_cannot_carry_are_refused(params: dict[str, str]) -> None:
    with pytest.raises(WorkbookError, match="cannot be written"):
        write_scheme(Scheme("S", items=(Item("A", params=params),)), io.BytesIO())


def test_text_too_long_for_a_cell_is_refused_not_cut() -> None:
    with pytest.raises(WorkbookError, match="longer than a workbook's cell"):
        write_scheme(Scheme("S", items=(Item("A", standard="x" * 32_768),)), io.BytesIO())


def test_options_that_look_like_numbers_stay_options() -> None:
    item = Item("A", method="choice", value_type="choice", table=(TableRow("007", 1.0), TableRow("7", 0.5)))
    assert again(Scheme("S", items=(item,))).scheme == Scheme("S", items=(item,))


@settings(max_examples=25, deadline=None)
@given(datas())
def test_data_come_back(data: Data) -> None:
    file = io.BytesIO()
    write_data(DATA_SCHEME, data, file)
    reading = read_data(open_workbook(file.getvalue()), DATA_SCHEME)
    assert [str(problem) for problem in reading.problems] == []
    assert_same(reading.data, data)


def assert_same(found: Data, expected: Data) -> None:
    assert found.participants == expected.participants
    for part in ("actual", "target", "baseline", "not_applicable"):
        ours, theirs = getattr(found, part), getattr(expected, part)
        assert set(ours) == set(theirs)
        for code in ours:
            np.testing.assert_array_equal(ours[code], theirs[code])
    assert found.choices == expected.choices
    assert found.linked == expected.linked
    for name in ("ratings", "adjustments"):
        for ours, theirs in zip(*(fields_of(getattr(data, name)) for data in (found, expected)), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def fields_of(table: Any) -> list[Any]:
    return [getattr(table, name) for name in table.__slots__]


def test_an_empty_scheme_comes_back() -> None:
    scheme = Scheme("S")
    assert again(scheme).scheme == scheme
    assert again(replace(scheme, min_total=None)).scheme == replace(scheme, min_total=None)
