"""Explanations carry the stored numbers, in both languages; one value can be tried by itself."""

from __future__ import annotations

import re

import numpy as np
import pytest

from plugins.engine import Explainer, NeedsPeers, explain, explain_total, rate_one, score
from plugins.engine.scheme import GradeBand, Item, Scheme
from plugins.registry import Registry
from tests.engine.building import data, dimension, item, scheme

POINTS = ((90, 0.9), (95, 1.0))


def numbers(sentence: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(r"−?\d+(?:\.\d+)?(?:e[+−]\d+)?", sentence)]


def test_the_sentence_of_the_guide(registry: Registry) -> None:
    built = scheme(item("A", "interpolate", weight=20.0, table=POINTS))
    results = score(built, data({"A": [94.8]}, target={"A": [95]}), registry)
    assert str(explain(results, registry, "A", 0)) == (
        "Reported 94.8: between 90 (0.90) and 95 (1.00): 0.90 + 0.10 × (94.8 − 90)/5 = 0.996; of 20 marks: 19.92"
    )
    assert explain(results, registry, "A", 0).in_language("zh_Hans") == (
        "实际值 94.8：介于 90（0.90）与 95（1.00）之间：0.90 + 0.10 × (94.8 − 90)/5 = 0.996；满分 20 分，得 19.92 分"
    )


@pytest.mark.parametrize(
    ("entry", "x", "t", "said"),
    [
        (item("A", "ratio"), 8, 10, "Reported 8, target 10: 8 / 10 = 0.80; of 10 marks: 8"),
        (item("A", "ratio", direction="lower"), 8, 4, "Reported 8, target 4: 4 / 8 = 0.50; of 10 marks: 5"),
        (item("A", "ratio"), 12, 10,
            "Reported 12, target 10: 12 / 10 = 1.20; limited to the cap 1.00; of 10 marks: 10"),
        (item("A", "ratio"), -1, 10,
            "Reported −1, target 10: −1 / 10 = −0.10; raised to the floor 0.00; of 10 marks: 0"),
        (item("A", "ratio"), 0, 0,
            "Reported 0, target 0: nothing to divide by, so the rule for zero gives 1.00; of 10 marks: 10"),
        (item("A", "goalpost", params={"lo": 1, "hi": 5}, direction="lower"), 2, None,
         "Reported 2, goalposts 1 and 5: 1 − (2 − 1) / (5 − 1) = 0.75; of 10 marks: 7.5"),
        (item("A", "steps", table=POINTS), 92, None, "Reported 92: at least 90, 0.90; of 10 marks: 9"),
        (item("A", "steps", table=POINTS), 5, None, "Reported 5: no threshold is reached, 0.00; of 10 marks: 0"),
        (item("A", "deduct", params={"each": 2}), 3, None, "3 occurrences: (10 − 3 × 2) / 10 = 0.40; of 10 marks: 4"),
        (item("A", "efficacy", params={"unacceptable": 6, "satisfactory": 12}), 9, None,
         "Reported 9: (60 + 40 × (9 − 6) / (12 − 6)) / 100 = 0.80; of 10 marks: 8"),
        (item("A", "formula", params={"expression": "min(1, x / k)", "k": 4}), 3, None,
         "min(1, x / k) with k = 4, x = 3 = 0.75; of 10 marks: 7.5"),
        (item("A", decimals=1), 0.123, None,
            "0.123 occurrences: 0.123 × 10 / 10 = 0.123; of 10 marks, rounded to 1 decimals: 1.2"),
        (item("A"), None, None, "no actual value; a missing value counts as 0; of 10 marks: 0"),
    ],
)  # fmt: skip
def test_sentences(registry: Registry, entry: Item, x: float | None, t: float | None, said: str) -> None:
    results = score(scheme(entry), data({"A": [x]}, target={"A": [t]}), registry)
    assert str(explain(results, registry, "A", 0)) == said
    assert explain(results, registry, "A", 0).in_language("zh_Hans") != said


def rich() -> Scheme:
    peers = ["minmax", "zscore", "percentile", "best_ratio"]
    return scheme(
        dimension("D", aggregate="geometric", decimals=2),
        *(item(f"P{at}", method, parent="D", weight=5.0 + at, decimals=at % 3 or None) for at,
            method in enumerate(peers)),
        item("R", "ratio", missing="mean"), item("S", "steps", table=((1, 0.5), (4, 0.8)), missing="exclude"),
        Item("B", kind="bonus", params={"each": 1}, cap=2.0), Item("V", kind="veto", params={"max_score": 30}),
        grades=(GradeBand("A", min_score=20.0), GradeBand("C")),
    )  # fmt: skip


def test_explained_numbers_are_the_stored_ones(registry: Registry) -> None:
    rng = np.random.default_rng(2)
    codes = [entry.code for entry in rich().items if entry.kind == "indicator"]
    values = {code: [None if rng.random() < 0.1 else float(v) for v in rng.integers(0, 9, 30)] for code in codes}
    given = data(
        values, target={"R": [float(v) for v in rng.integers(1, 9, 30)]},
        groups=[f"g{at}" for at in rng.integers(0, 3, 30)],
        adjustments=[(3, "B", 9, None), (4, "V", 1, None)], na={"S": (rng.random(30) < 0.2).tolist()},
    )  # fmt: skip
    results = score(rich(), given, registry)
    explainer = Explainer(results, registry)
    for row, code in enumerate(results.item_codes):
        for position in range(30):
            for language in ("en", "zh_Hans"):
                sentence = explainer.item(code, position).in_language(language)
                if results.weights[row, position] > 0:
                    points = (
                        numbers(sentence)[-1]
                        if language == "en"
                        else float(re.findall(r"得 (−?[\d.]+) 分", sentence)[-1])
                    )
                    assert points == pytest.approx(results.points[row, position], abs=1e-6)
                else:
                    assert sentence.endswith(("no marks", "不计分"))
    for position in range(30):
        if results.scored[position]:
            assert f"= {results.total[position]:g};" in str(explainer.total(position))
            assert f"rank {results.rank[position]} overall" in str(explainer.total(position))
    assert str(explainer.item("B", 3)) == "9 occurrences, 2 marks (at most 2)"
    assert str(explainer.item("V", 4)) == "1 occurrences: it holds"
    assert str(explainer.item("V", 3)) == "0 occurrences: it does not hold"
    with pytest.raises(KeyError):
        explainer.item("nothing", 0)


def test_the_total(registry: Registry) -> None:
    built = scheme(
        item("A", weight=100.0), Item("B", kind="bonus"), Item("C", kind="deduction"), missing="exclude",
        max_total=100.0,
        grades=(GradeBand("good", min_score=60.0), GradeBand("poor")),
    )  # fmt: skip
    given = data({"A": [0.7, 0.99, None]}, adjustments=[(0, "B", None, 5), (0, "C", None, 2.5), (1, "B", None, 5)])
    results = score(built, given, registry)
    assert str(explain_total(results, registry, 0)) == (
        "70 before adjustments + 5 bonus − 2.5 deductions = 72.5; rank 2 overall, 2 in its group; grade good"
    )
    assert "kept within 0 and 100 = 100" in str(explain_total(results, registry, 1))
    assert str(explain_total(results, registry, 2)) == "Unscored: no indicator is left to score"
    assert explain_total(results, registry, 2).in_language("zh_Hans") == "未得分：没有可计分的指标"


def test_trying_one_value(registry: Registry) -> None:
    built = scheme(
        item("A", "interpolate", table=POINTS), item("B", "minmax"),
        item("C", "choice", value_type="choice", table=(("good", 0.7),)),
        item("D", "ratio"), item("E", "rating"), item("F", "formula", params={"expression": "x / peers_max"}),
    )  # fmt: skip
    tried = rate_one(built, "A", actual=94.8, registry=registry)
    assert tried.rate == pytest.approx(0.996)
    assert str(tried.text).startswith("Reported 94.8")
    assert rate_one(built, "C", actual="good", registry=registry).rate == 0.7
    assert rate_one(built, "D", actual=12, target=10, registry=registry).rate == 1
    unknown = rate_one(built, "D", actual=12, registry=registry)
    assert (unknown.rate, str(unknown.text)) == (None, "no target value")
    for code in "BEF":
        with pytest.raises(NeedsPeers):
            rate_one(built, code, actual=1, registry=registry)
