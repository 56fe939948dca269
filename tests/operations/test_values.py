"""What people type, in both languages' habits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.operations.values import (
    Unreadable,
    read_date,
    read_datetime,
    read_integer,
    read_number,
    read_yes_no,
    shown_number,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234.5", 1234.5),
        (" 1,234.5 ", 1234.5),
        ("1 234 567", 1234567.0),
        ("１２３．５", 123.5),
        ("１，２３４", 1234.0),
        ("-3", -3.0),
        ("−3", -3.0),
        ("¥1,200", 1200.0),
        ("￥1,200", 1200.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        (7, 7.0),
        (True, 1.0),
    ],
)
def test_numbers_are_read(typed: object, number: float) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "abc", "1,23", "12,34,567", "--3", "1.2.3", "nan", "inf", "0x10", "1_000", "5%", float("nan")]
)
def test_what_is_no_number_is_refused(typed: object) -> None:
    with pytest.raises(Unreadable):
        read_number(typed)


def test_a_percent_sign_is_taken_where_it_belongs() -> None:
    assert read_number("91.2％", percent=True) == 91.2
    assert read_number("20%", share=True) == 0.2
    assert read_number("12 万元", suffix="万元") == 12.0


@pytest.mark.parametrize(("typed", "number"), [("12", 12), (12.0, 12), ("1,234", 1234), ("３", 3)])
def test_whole_numbers_are_read(typed: object, number: int) -> None:
    assert read_integer(typed) == number


@pytest.mark.parametrize("typed", ["3.5", 3.5, "three", 2**60])
def test_what_is_not_whole_is_refused(typed: object) -> None:
    with pytest.raises(Unreadable):
        read_integer(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-23",
        "2026/11/23",
        "2026.11.23",
        "2026年11月23日",
        "２０２６年１１月２３日",
        "20261123",
        "23 Nov 2026",
        "November 23, 2026",
        "2026-11-23 00:00:00",
        datetime(2026, 11, 23),  # noqa: DTZ001 — as a spreadsheet gives it
        date(2026, 11, 23),
    ],
)
def test_dates_are_read(typed: object) -> None:
    assert read_date(typed) == date(2026, 11, 23)


@pytest.mark.parametrize("typed", ["11/23/2026", "2026-13-01", "2026-02-30", "soon", 46349, "2026-11-23 10:00"])
def test_what_is_no_date_is_refused(typed: object) -> None:
    with pytest.raises(Unreadable):
        read_date(typed)


@pytest.mark.parametrize(
    ("typed", "hour", "minute"),
    [
        ("2026-11-23 17:30", 17, 30),
        ("2026-11-23T17:30:00", 17, 30),
        ("2026/11/23 8:05", 8, 5),
        ("2026年11月23日 17:30", 17, 30),
        ("2026年11月23日17时30分", 17, 30),
        ("2026-11-23T09:30:00Z", 17, 30),
        ("2026-11-23 18:30:00+09:00", 17, 30),
    ],
)
def test_moments_are_read_in_the_zone_of_the_installation(typed: str, hour: int, minute: int) -> None:
    expected = datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI)
    assert read_datetime(typed, SHANGHAI).astimezone(UTC) == expected.astimezone(UTC)


@pytest.mark.parametrize("typed", ["2026-11-23", "2026-11-23 25:00", "17:30", "", 5])
def test_what_is_no_moment_is_refused(typed: object) -> None:
    with pytest.raises(Unreadable):
        read_datetime(typed, SHANGHAI)


@pytest.mark.parametrize(("typed", "value"), [("是", True), ("否", False), ("Yes", True), ("no", False), (1, True), ("√", True)])
def test_yes_and_no_are_read(typed: object, value: bool) -> None:
    assert read_yes_no(typed) is value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_shown_number_reads_back_as_the_same(number: float) -> None:
    assert read_number(shown_number(number)) == number


@given(st.dates())
def test_a_shown_date_reads_back_as_the_same(day: date) -> None:
    assert read_date(day.isoformat()) == day
