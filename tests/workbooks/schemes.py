"""Random schemes and data for round trips."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from plugins.engine.data import Adjustments, Data, Participants, Ratings
from plugins.engine.scheme import GradeBand, Item, RaterGroup, Scheme, TableRow

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Co", "Cn"))
WORDS = st.text(st.one_of(LETTERS, st.sampled_from(" \n=+-@'\"<>&_x0041;")), min_size=1, max_size=30).filter(str.strip)
CODES = st.text(LETTERS, min_size=1, max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64)
MAYBE_WORDS = st.one_of(st.none(), WORDS)
MAYBE_NUMBER = st.one_of(st.none(), NUMBERS)
BOUND = st.one_of(st.none(), NUMBERS, st.just("none"))
DAYS = st.dates(date(1900, 3, 1), date(9999, 12, 31))
NAME = st.one_of(st.just(""), WORDS)
PARAM_VALUES = WORDS.map(lambda word: word.replace(";", ",").replace("；", ",").strip()).filter(bool)
PARAMS = st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), PARAM_VALUES, max_size=4)


def maybe(*options: str) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.sampled_from(options))


@st.composite
def items(draw: Any, code: str) -> Item:
    value_type = draw(maybe("number", "percent", "money", "count", "date", "choice", "yes_no"))
    x = CODES if value_type == "choice" else NUMBERS
    rows = draw(st.lists(st.builds(TableRow, x, NUMBERS), max_size=3, unique_by=lambda row: row.x))
    return Item(
        code=code,
        parent=draw(st.one_of(st.none(), CODES)),
        kind=draw(st.sampled_from(("dimension", "indicator", "bonus", "deduction", "veto"))),
        name=draw(NAME),
        weight=draw(MAYBE_NUMBER),
        aggregate=draw(maybe("arithmetic", "geometric")),
        method=draw(maybe("ratio", "formula", "steps")) if value_type != "choice" else "choice",
        params=draw(PARAMS),
        table=tuple(rows),
        value_type=value_type,
        unit=draw(MAYBE_WORDS),
        direction=draw(maybe("higher", "lower")),
        source=draw(MAYBE_WORDS),
        frequency=draw(MAYBE_WORDS),
        missing=draw(maybe("zero", "exclude", "mean", "block")),
        floor=draw(BOUND),
        cap=draw(BOUND),
        decimals=draw(st.one_of(st.none(), st.integers(0, 12))),
        evidence=draw(maybe("none", "optional", "required")),
        standard=draw(MAYBE_WORDS),
        participant=draw(st.one_of(st.none(), CODES)),
    )


@st.composite
def schemes(draw: Any) -> Scheme:
    """A scheme of any content, sensible or not: what is written must come back."""
    codes = draw(st.lists(CODES, min_size=1, max_size=5, unique=True))
    groups = draw(st.lists(CODES, max_size=2, unique=True))
    bands = draw(st.lists(CODES, max_size=3, unique=True))
    return Scheme(
        code=draw(CODES),
        name=draw(NAME),
        applies_to=draw(st.sampled_from(("unit", "person", "region"))),
        full_marks=draw(NUMBERS),
        weighting=draw(st.sampled_from(("points", "percent"))),
        min_total=draw(MAYBE_NUMBER),
        max_total=draw(MAYBE_NUMBER),
        decimals=draw(st.integers(0, 12)),
        rank_method=draw(st.sampled_from(("competition", "dense", "ordinal"))),
        tie_breakers=tuple(draw(st.lists(st.from_regex(r"[A-Z0-9.]{1,6}", fullmatch=True), max_size=3))),
        missing=draw(st.sampled_from(("zero", "exclude", "mean", "block"))),
        quota_group=draw(st.sampled_from(("group", "parent", "all"))),
        quota_tie=draw(st.sampled_from(("exclude", "include"))),
        cycle_end=draw(st.one_of(st.none(), DAYS)),
        version=draw(MAYBE_WORDS),
        items=tuple(draw(items(code)) for code in codes),
        raters=tuple(
            RaterGroup(
                code, draw(NAME), draw(MAYBE_NUMBER), draw(st.one_of(st.none(), st.integers(1, 99))), draw(MAYBE_WORDS)
            )
            for code in groups
        ),
        grades=tuple(
            GradeBand(
                code,
                draw(NAME),
                draw(MAYBE_NUMBER),
                draw(st.one_of(st.none(), st.floats(0, 1))),
                draw(st.sampled_from(("down", "nearest", "up"))),
                draw(MAYBE_WORDS),
                draw(MAYBE_WORDS),
            )
            for code in bands
        ),
    )


DATA_SCHEME = Scheme(
    "S",
    items=(
        Item("N", name="Number", value_type="number", method="ratio"),
        Item("D", name="Day", value_type="date", method="milestone"),
        Item("Y", name="Yes", value_type="yes_no", method="formula"),
        Item(
            "C", name="Choice", value_type="choice", method="choice", table=(TableRow("good", 1.0), TableRow("7", 0.5))
        ),
        Item("P", name="Panel", method="rating"),
        Item("B", kind="bonus", name="Bonus"),
        Item("V", kind="veto", name="Veto"),
    ),
)


@st.composite
def datas(draw: Any) -> Data:
    """Data for `DATA_SCHEME`."""
    codes = tuple(draw(st.lists(CODES, min_size=1, max_size=4, unique=True)))
    n = len(codes)
    column = lambda values: tuple(draw(st.lists(values, min_size=n, max_size=n)))  # noqa: E731
    blank = st.just(float("nan"))
    actual = {
        "N": np.array(column(st.one_of(blank, NUMBERS))),
        "D": np.array(column(st.one_of(blank, DAYS.map(lambda day: float(day.toordinal()))))),
        "Y": np.array(column(st.one_of(blank, st.sampled_from((0.0, 1.0))))),
    }
    choices = {"C": column(st.sampled_from(("", "good", "7")))}
    claims = {}
    for code in ("N", "C", "P"):
        claimed = np.array(column(st.booleans()))
        if claimed.any():
            claims[code] = claimed
            if code == "N":
                actual[code] = np.where(claimed, np.nan, actual[code])
            if code == "C":
                pairs = zip(choices[code], claimed, strict=True)
                choices[code] = tuple("" if claim else option for option, claim in pairs)
    return Data(
        Participants(
            codes,
            column(NAME),
            column(st.one_of(st.just(""), CODES)),
            column(st.one_of(st.just(""), CODES)),
            column(st.one_of(st.just(""), CODES)),
        ),
        actual,
        {"N": np.array(column(st.one_of(blank, NUMBERS)))},
        {"N": np.array(column(st.one_of(blank, NUMBERS)))},
        choices,
        claims,
        draw(ratings(n)),
        draw(adjustments(n)),
        draw(st.dictionaries(st.tuples(st.integers(0, n - 1), CODES), NUMBERS, max_size=3)),
    )


@st.composite
def ratings(draw: Any, n: int) -> Ratings:
    keys = draw(st.lists(st.tuples(st.integers(0, n - 1), CODES, CODES), max_size=5, unique=True))
    scores = draw(st.lists(NUMBERS, min_size=len(keys), max_size=len(keys)))
    return Ratings(
        np.array([p for p, _, _ in keys], dtype=np.int64),
        ("P",) * len(keys),
        tuple(r for _, r, _ in keys),
        tuple(g for _, _, g in keys),
        np.array(scores, dtype=np.float64),
    )


@st.composite
def adjustments(draw: Any, n: int) -> Adjustments:
    positive = st.one_of(st.just(float("nan")), st.floats(0, 1e300))
    rows = draw(st.lists(st.tuples(st.integers(0, n - 1), st.sampled_from("BV"), positive, positive, NAME), max_size=4))
    return Adjustments(
        np.array([row[0] for row in rows], dtype=np.int64),
        tuple(row[1] for row in rows),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype=np.float64),
        tuple(row[4] for row in rows),
    )
