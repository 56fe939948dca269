"""Rounding on the value written with 12 significant digits (scoring.md 6), and figures in sentences."""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.numbers import date_figure, figure, key_of, rate_figure, round_half_away, round_one, twelve_digits


def slowly(value: float, decimals: int) -> float:
    written = Decimal(f"{value:.11e}")
    return float(written.quantize(Decimal(10) ** -decimals, ROUND_HALF_UP, Context(prec=800)))


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (86.125, 2, 86.13), (86.115, 2, 86.12), (2.675, 2, 2.68), (1.005, 2, 1.01), (-2.675, 2, -2.68), (0.5, 0, 1),
        (-0.5, 0, -1), (1.5, 0, 2), (2.5, 0, 3), (0.1 + 0.2, 1, 0.3), (86.12499999999999, 2, 86.13),
        (86.124999999, 2, 86.12),
        (0.285 * 100, 0, 29), (0.0, 2, 0.0), (1e-9, 2, 0.0), (123456789012.5, 0, 123456789012), (1e20, 2, 1e20),
        (99.995, 2, 100), (9.9999999999999, 3, 10), (1234.5, -2, 1200), (1250, -2, 1300), (0.0005, 3, 0.001),
    ],
)  # fmt: skip
def test_half_away_from_zero_on_twelve_digits(value: float, decimals: int, expected: float) -> None:
    assert round_half_away(np.array([value]), decimals)[0] == expected
    assert round_one(value, decimals) == expected


def test_missing_and_infinite_stay_and_zero_has_no_sign() -> None:
    found = round_half_away(np.array([math.nan, math.inf, -math.inf, -0.0, -0.001]), 2)
    assert np.isnan(found[0])
    assert list(found[1:]) == [math.inf, -math.inf, 0, 0]
    assert not np.signbit(found[3:]).any()
    assert round_half_away(np.array([]), 2).shape == (0,)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 10))
def test_every_double_rounds_as_its_twelve_digits_do(value: float, decimals: int) -> None:
    assert round_half_away(np.array([value]), decimals)[0] == slowly(value, decimals)
    assert round_one(value, decimals) == slowly(value, decimals)


@given(st.integers(-(10**9), 10**9), st.integers(1, 6), st.integers(-4, 4))
def test_ties_never_hang_on_the_last_bits(whole: int, decimals: int, noise: int) -> None:
    tie = (whole * 10 + 5) / 10 ** (decimals + 1)
    for _ in range(abs(noise)):
        tie = math.nextafter(tie, math.copysign(math.inf, noise))
    assert round_half_away(np.array([tie]), decimals)[0] == slowly(tie, decimals)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_twelve_digits(value: float) -> None:
    assert twelve_digits(np.array([value]))[0] == float(f"{value:.11e}")


def test_long_columns_round_as_single_numbers_do() -> None:
    values = np.random.default_rng(7).normal(50, 30, 20_000).round(3)
    assert round_half_away(values, 2).tolist() == [slowly(value, 2) for value in values.tolist()]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (94.8, "94.8"), (1.0, "1"), (-3.25, "−3.25"), (1 / 3, "0.333333"), (1e-9, "1e−09"), (1e18, "1e+18"),
        (-0.0, "0"),
        (math.nan, "–"), (math.inf, "∞"), (-math.inf, "−∞"), (1234567.891, "1234567.891"),
    ],
)  # fmt: skip
def test_figures(value: float, expected: str) -> None:
    assert figure(value) == expected


def test_rates_have_two_decimals_at_least() -> None:
    assert [rate_figure(rate) for rate in (0.9, 1, 0.996, 2 / 3)] == ["0.90", "1.00", "0.996", "0.666667"]


def test_dates_and_keys() -> None:
    assert date_figure(738000.0) == date.fromordinal(738000).isoformat()
    assert date_figure(math.nan) == "–"
    assert date_figure(1e9) == "–"
    assert [key_of(value) for value in (1, 1.0, " 1.0 ", "1.50", "good ", "nan", True)] == [
        "1",
        "1",
        "1",
        "1.50",
        "good",
        "nan",
        "True",
    ]
