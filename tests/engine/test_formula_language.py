"""The language of scoring.md 4: what it means, what it refuses and where, and how little hostile input costs."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.engine import compile_formula
from plugins.engine.scheme import Finding
from plugins.formula import Formula, FormulaError, compile_expression
from plugins.formula.evaluator import REASONS

NAMES = {"x": 5.0, "y": float("nan"), "z": 0.0}


def value(expression: str, **names: float) -> tuple[float, int]:
    names = names or NAMES
    computed = compile_expression(expression, frozenset(names)).compute(names, 1)
    return float(computed.values[0]), int(computed.reason[0])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 - 2 - 3", 2), ("8 / 4 / 2", 1), ("-2 ** 2", -4), ("(-2) ** 2", 4),
        ("2 ** 3 ** 2", 512), ("2 ** -1", 0.5), ("-x ** 2", -25), ("--3", 3), ("+3", 3), ("1.5e1 + .5 + 2.", 17.5),
        ("5 \u2212 2", 3), ("0 ** 0", 1), ("1 < 2", 1), ("2 <= 2", 1), ("3 > 4", 0), ("3 >= 4", 0), ("1 == 1.0", 1),
        ("1 != 1", 0), ("1 < 2 and 2 < 3", 1), ("0 or 3", 1), ("not 3", 0), ("not 0", 1), ("not 1 == 2", 1),
        ("not not 7", 1), ("1 or 0 and 0", 1), ("1 + (2 > 1)", 2), ("if(x > 4, 10, 20)", 10), ("if(z, 10, 20)", 20),
        ("if(x, 1, y)", 1), ("if(z, 1 / z, 2)", 2), ("if(-0.5, 1, 2)", 1), ("min(3, 1, 2)", 1), ("max(3, 1, 2)", 3),
        ("min(x)", 5), ("abs(-2)", 2), ("round(2.5)", 3), ("round(-2.5)", -3), ("round(2.675, 2)", 2.68),
        ("round(1250, -2)", 1300), ("round(86.125, 2)", 86.13), ("clip(7, 0, 5)", 5), ("clip(-7, 0, 5)", 0),
        ("sqrt(9)", 3), ("ln(exp(2))", 2), ("floor(-1.5)", -2), ("ceil(-1.5)", -1), ("coalesce(y, 3)", 3),
        ("coalesce(1 / z, y, x)", 5), ("coalesce(x, y)", 5), ("missing(y)", 1), ("missing(x)", 0),
        ("missing(1 / z)", 1),
        ("missing(y) + 1", 2), ("if(missing(y), 0.5, y)", 0.5), (" x\t*\n2 ", 10),
    ],
)  # fmt: skip
def test_meaning(expression: str, expected: float) -> None:
    assert value(expression) == (pytest.approx(expected, rel=1e-14), 0)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("y", "a value"), ("x + y", "a value"), ("-y", "a value"), ("not y", "a value"), ("z and y", "a value"),
        ("x or y", "a value"), ("y > 1", "a value"), ("y == y", "a value"), ("min(x, y)", "a value"),
        ("round(y)", "a value"), ("clip(1, 0, y)", "a value"), ("if(y, 1, 2)", "a value"), ("if(x, y, 2)", "a value"),
        ("coalesce(y, y)", "a value"), ("y * 0", "a value"), ("y ** 0", "a value"), ("1 / z", "division"),
        ("z / z", "division"), ("z ** -1", "division"), ("ln(z)", "ln"), ("ln(-1)", "ln"), ("sqrt(-1)", "square root"),
        ("(-8) ** (1 / 3)", "fractional"), ("(x + 9) ** 9 ** 9", "too large"), ("exp(1000)", "too large"),
        ("1e300 * 1e300", "too large"), ("-1e308 - 1e308", "too large"), ("round(x, 0.5)", "round"),
        ("round(x, 99)", "round"), ("1 + ln(1 / z)", "division"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_missing_with_its_reason(expression: str, reason: str) -> None:
    found, code = value(expression)
    assert math.isnan(found)
    assert reason in str(REASONS[code])
    assert REASONS[code].zh_Hans


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("", 1), ("   ", 4), ("x +", 4), ("x y", 3), ("2x", 2), ("(x", 3), ("x)", 2), ("()", 2), ("x = 1", 3),
        ("x == ", 6),
        ("x < 1 < 2", 7), ("x == 1 == 1", 8), ("foo", 1), ("x + foo", 5), ("X", 1), ("foo(x)", 1), ("max", 1),
        ("if", 1),
        ("if(x, 1)", 1), ("sqrt()", 1), ("sqrt(1, 2)", 1), ("max(x,)", 7), ("max(,x)", 5), ("x ** ", 6), ("x // 2", 4),
        ("x % 2", 3), ("x ^ 2", 3), ("x & 1", 3), ("x; x", 2), ("x.real", 2), ("x[0]", 2), ("'x'", 1), ('"x"', 1),
        ("lambda: 1", 7), ("x if x else 1", 3), ("__import__('os')", 12), ("__class__", 1), ("x.__class__", 2),
        ("().__class__", 3), ("f(x)", 1), ("True", 1), ("None", 1), ("and", 1), ("x and", 6), ("not", 4),
        ("1 + not x", 5),
        ("\uff58", 1), ("x + \uff11", 5), ("\u202ex", 1), ("x\u00a0+ 1", 2), ("x\u200b", 2), ("\u0445 + 1", 1),
        ("\u0661", 1),
        ("x \u00d7 2", 3), ("\u00bd", 1), ("x\x00", 2), ("foo + $", 7), ("x + + * 2 #", 11), ("1e999", 1), ("0x10", 2),
        ("1_000", 2), ("1..2", 3), (".", 1), ("x!", 2), ("x != ", 6), ("x : 1", 3), ("{x}", 1), ("x\\", 2), ("@x", 1),
        ("`x`", 1), ("x := 1", 3), ("*x", 1), ("**x", 1), ("exec(x)", 1), ("eval(x)", 1), ("open(x)", 1),
    ],
)  # fmt: skip
def test_refused_with_its_column(expression: str, column: int) -> None:
    with pytest.raises(FormulaError) as caught:
        compile_expression(expression, frozenset(NAMES))
    assert caught.value.column == column
    assert f"column {column}:" in str(caught.value)
    assert f"第 {column} 列" in caught.value.why.in_language("zh_Hans")


def test_a_character_outside_the_language_is_reported_first() -> None:
    found = compile_formula("unknown + (( ; 2", NAMES)
    assert isinstance(found, Finding)
    assert "column 14" in str(found.text)


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9", "9**" * 600 + "9", "x" * 1_000_000, "(" * 1_000_000, "(" * 2000, "-" * 1999 + "x",
        "not " * 499 + "x",
        "max(" * 499 + "x" + ")" * 4, "1+" * 999 + "1", "x**" * 600 + "x", "(" * 50 + "9**9" + ")**9" * 50,
        "__import__('os').system('true')", "x.__class__.__mro__", "().__class__.__bases__[0]", "\u202e" * 500, "\x00",
        "1" * 2000, "." * 2000, "1e" + "9" * 1900, "if(" * 600, "," * 2000, "a" * 2000,
    ],
)  # fmt: skip
def test_hostile_input_is_cheap(expression: str) -> None:
    start = time.process_time()
    found = compile_formula(expression, NAMES)
    assert time.process_time() - start < 0.05
    if isinstance(found, Formula):
        computed = found.compute({name: np.full(10, 3.0) for name in NAMES}, 10)
        assert not np.isinf(computed.values).any()
        assert time.process_time() - start < 0.5


def test_the_bounds_are_what_they_say() -> None:
    assert isinstance(compile_formula("(" * 50 + "x" + ")" * 50, NAMES), Formula)
    too_deep = compile_formula("(" * 51 + "x" + ")" * 51, NAMES)
    assert isinstance(too_deep, Finding)
    assert "column 51" in str(too_deep.text)
    assert isinstance(compile_formula("x" + " " * 1999, NAMES), Formula)
    too_long = compile_formula("x" + " " * 2000, NAMES)
    assert isinstance(too_long, Finding)
    assert "column 2001" in str(too_long.text)
    assert value("+".join(["x"] * 1000))[0] == 5000


def test_item_codes_of_any_kind_can_be_named() -> None:
    names = {"A": 1.0, "A-1": 5.0, "质量": 2.0, "B2.1": 7.0}
    assert value("A-1 + 质量 * B2.1", **names)[0] == 19
    assert value("A - 1", **names)[0] == 0
    assert value("A-12", **names)[0] == -11
    with pytest.raises(FormulaError):
        compile_expression("数量", frozenset(names))


@given(
    a=st.floats(-1e6, 1e6), b=st.floats(-1e6, 1e6), c=st.floats(-10, 10),
    shape=st.sampled_from(["a + b * c", "a - b - c", "(a - b) / (c + 20)", "min(a, b) - max(b, c)", "-a + abs(b)",
        "a * (b > c)"]),
)  # fmt: skip
def test_arithmetic_agrees_with_python(a: float, b: float, c: float, shape: str) -> None:
    expected = {
        "a + b * c": a + b * c, "a - b - c": a - b - c, "(a - b) / (c + 20)": (a - b) / (c + 20),
        "min(a, b) - max(b, c)": min(a, b) - max(b, c), "-a + abs(b)": -a + abs(b), "a * (b > c)": a * (b > c),
    }[shape]  # fmt: skip
    assert value(shape, a=a, b=b, c=c)[0] == expected


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(written: str) -> None:
    found = compile_formula(written, NAMES)
    if isinstance(found, Formula):
        computed = found.compute(NAMES, 3)
        assert computed.values.shape == (3,)
        assert not np.isinf(computed.values).any()
        assert (np.isnan(computed.values) == (computed.reason != 0)).all()


@given(st.text(alphabet="x+-*/()<>=., 19eif", max_size=40))
def test_nothing_but_findings_come_out_of_the_parser(written: str) -> None:
    found = compile_formula(written, {"x"})
    assert isinstance(found, Formula | Finding)


@pytest.mark.parametrize(("expression", "column"), [("9**9**9", 2), ("x + 10 ** 400", 8), ("-9**-(-9**9)", 3)])
def test_a_power_of_numbers_that_is_too_large_is_refused_like_a_literal(expression: str, column: int) -> None:
    found = compile_formula(expression, NAMES)
    assert isinstance(found, Finding)
    assert f"column {column}:" in str(found.text)


@pytest.mark.parametrize("expression", ["2**10", "9**-9**9", "x**9**9", "0**-1"])
def test_other_powers_are_not(expression: str) -> None:
    assert isinstance(compile_formula(expression, NAMES), Formula)
