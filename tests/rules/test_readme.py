"""The guide to plugins: its results rule works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plugins.registry import build_registry
from plugins.rulecheck import sample_facts

README = Path(__file__).parents[2] / "plugins" / "README.md"


def the_rule() -> str:
    blocks = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return blocks[1]


def test_the_rule_of_the_guide_runs(tmp_path: Path) -> None:
    (tmp_path / "training.py").write_text(the_rule(), encoding="utf-8")
    registry = build_registry(tmp_path, entry_points=False)
    assert registry.problems == ()
    rule = registry.rules["training"]
    found = list(rule.propose(sample_facts(), rule.Parameters()))
    assert [one.code for one in found] == ["P06", "P07", "P08", "P09"]
    assert str(found[0].reason) == "67 % of full marks, below 70 %"
    assert list(rule.propose(sample_facts(), rule.Parameters(below=10))) == []


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        ('code = "training"', 'code = "criticism"', "its code is taken already"),
        ('{"course": text("course", "参加培训")}', '{"other": text("other", "其他")}', "unknown value “course”"),
        ('"person", row.code', '"person", "P06"', "for somebody twice"),
        ('"person", row.code', '"person", row.code + "X"', "for nobody known"),
        ('text("Training", "培训"), {"course"', 'text("", "培训"), {"course"', "both languages"),
        ("= 70.0", "", "is missing"),
        ("facts.current", "facts.no_such", ""),
    ],
)
def test_a_rule_that_is_broken_is_left_out_and_the_rest_runs(tmp_path: Path, good: str, bad: str, why: str) -> None:
    source = the_rule()
    assert good in source
    (tmp_path / "training.py").write_text(source.replace(good, bad, 1), encoding="utf-8")
    registry = build_registry(tmp_path, entry_points=False)
    (problem,) = registry.problems
    assert why in str(problem.text)
    assert len(registry.rules) == 8
