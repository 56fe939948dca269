"""What every registered results rule must keep to, built-in or not."""

from __future__ import annotations

import ast
import random
from dataclasses import replace
from pathlib import Path

import pytest

from plugins.contract import API_VERSION, Facts, Frame
from plugins.parameters import Parameters, parse_parameters
from plugins.registry import build_registry
from plugins.rulecheck import proposals_problem, sample_facts

REGISTRY = build_registry()
RULES = sorted(REGISTRY.rules)


def test_all_of_them_run() -> None:
    assert REGISTRY.problems == ()
    assert set(RULES) == {
        "annual_grade", "bonus_coefficient", "candidate_pool", "commendation", "consecutive", "criticism",
        "improvement_plan", "rotation",
    }  # fmt: skip


@pytest.mark.parametrize("code", RULES)
def test_identity(code: str) -> None:
    rule = REGISTRY.rules[code]
    assert (rule.code, rule.api_version) == (code, API_VERSION)
    assert rule.version
    assert rule.labels.zh_Hans != rule.labels.en
    assert rule.cites.zh_Hans != rule.cites.en
    assert type(rule).__doc__
    assert len({kind.code for kind in rule.kinds}) == len(rule.kinds)
    for kind in rule.kinds:
        for words in (kind.labels, *kind.values.values()):
            assert words.zh_Hans != words.en


@pytest.mark.parametrize("code", RULES)
def test_parameters_have_titles_and_defaults_and_refuse_strangers(code: str) -> None:
    model = REGISTRY.rules[code].Parameters
    assert isinstance(parse_parameters(model, {}), Parameters)
    for name, title in model.titles().items():
        assert title.zh_Hans != title.en, name
    (problem,) = parse_parameters(model, {"no_such": "1"})
    assert problem.name == "no_such"


def shuffled(facts: Facts, seed: int) -> Facts:
    mixed = {}
    for name in ("results", "units", "people", "posts", "appointments", "outcomes"):
        rows = list(getattr(facts, name))
        random.Random(seed).shuffle(rows)
        mixed[name] = Frame(tuple(rows))
    return replace(facts, **mixed)


@pytest.mark.parametrize("code", RULES)
def test_the_order_of_rows_never_matters(code: str) -> None:
    rule, facts = REGISTRY.rules[code], sample_facts()
    first = list(rule.propose(facts, rule.Parameters()))
    assert first
    for seed in range(5):
        assert list(rule.propose(shuffled(facts, seed), rule.Parameters())) == first


@pytest.mark.parametrize("code", RULES)
def test_proposals_name_somebody_known_with_a_reason_in_numbers(code: str) -> None:
    rule, facts = REGISTRY.rules[code], sample_facts()
    found = list(rule.propose(facts, rule.Parameters()))
    assert proposals_problem(rule, facts, found) is None
    for proposal in found:
        for language in ("en", "zh_Hans"):
            said = proposal.reason.in_language(language)
            assert any(letter.isdigit() for letter in said)
            assert "{" not in said
        assert proposal.reason.in_language("en") != proposal.reason.in_language("zh_Hans")


@pytest.mark.parametrize("code", RULES)
def test_nothing_known_means_nothing_proposed(code: str) -> None:
    rule = REGISTRY.rules[code]
    empty = Facts(sample_facts().cycle)
    assert list(rule.propose(empty, rule.Parameters())) == []
    assert list(rule.quotas(empty, rule.Parameters())) == []


@pytest.mark.parametrize("code", RULES)
def test_only_what_belongs_to_the_cycle_starts_an_outcome(code: str) -> None:
    """Results of earlier years alone propose nothing: the year has not been published."""
    rule, facts = REGISTRY.rules[code], sample_facts()
    year = facts.cycle.end_on.year
    past = replace(
        facts,
        results=facts.results.where(lambda row: not row.current),
        indicators=(),
        outcomes=facts.outcomes.where(lambda row: row.year < year),
    )
    assert list(rule.propose(past, rule.Parameters())) == []


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in found if name.split(".")[0] in {"plugins", "config", "models", "views"}}


def test_built_ins_use_the_public_contract_only() -> None:
    paths = sorted((Path(__file__).parents[2] / "plugins" / "rules").glob("*.py"))
    assert len(paths) > 8
    for path in paths:
        strange = {name for name in imports_of(path) - {"plugins.contract"} if not name.startswith("plugins.rules.")}
        assert strange == set(), path.name
