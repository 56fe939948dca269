"""Binding results rules to a cycle, with their parameters and order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.text import Text, text
from models.cycle import Cycle
from models.errors import Invalid, WrongState
from models.guard import verb
from models.operations.context import find, registry_of, require_version
from models.operations.unit_of_work import unit_of_work
from models.outcome import CycleRule, Outcome
from plugins.contract import AnyRule, Parameters
from plugins.parameters import parse_parameters
from plugins.registry import Registry

LONGEST_CLAUSE = 400


@unit_of_work
def bind_rule(
    session: Session,
    cycle_id: int,
    rule: str,
    params: Mapping[str, Any] | None = None,
    *,
    clause: str | None = None,
    position: int | None = None,
    binding_id: int | None = None,
    version: int | None = None,
    registry: Registry | None = None,
) -> CycleRule:
    """Bind a results rule to a cycle that has begun, or change how it is bound (`binding_id` with its `version`).

    `params`: name → value as written, blank = the rule's default; `position`: in which order rules are applied, last
    when none is given.  Raises Invalid with a sentence for each parameter, WrongState, Stale.
    """
    cycle = find(session, Cycle, cycle_id)
    with verb(session, "cycle.bind", cycle, writes={"cycle_rule"}):
        require_no_trial(cycle)
        given = _written(params or {})
        parsed_parameters(rule_of(session, rule, registry), given)
        clause = (clause or "").strip()[:LONGEST_CLAUSE] or None
        if binding_id is None:
            binding = CycleRule(cycle_id=cycle.id, rule=rule, position=position or _next_position(session, cycle.id))
            session.add(binding)
        else:
            binding = _binding(session, cycle, binding_id)
            require_version(binding, version)
            binding.position = position or binding.position
        binding.params, binding.clause = given, clause
        session.flush()
    return binding


@unit_of_work
def unbind_rule(session: Session, cycle_id: int, binding_id: int, version: int | None) -> None:
    """Take a rule off a cycle together with what it proposed.  Raises WrongState once something of it is approved."""
    cycle = find(session, Cycle, cycle_id)
    with (
        verb(session, "cycle.bind", cycle, writes={"cycle_rule"}),
        verb(session, "outcome.propose", writes={"outcome"}),
    ):
        binding = _binding(session, cycle, binding_id)
        require_version(binding, version)
        own = select(Outcome).where(Outcome.cycle_rule_id == binding.id)
        everything = select(func.count()).select_from(Outcome).where(Outcome.cycle_rule_id == binding.id)
        found = session.scalars(own).all()
        hidden = (session.scalar(everything.execution_options(skip_scope=True)) or 0) - len(found)
        if hidden or any(outcome.state == "approved" for outcome in found):
            raise WrongState(
                text("Outcomes of this rule are approved; it stays bound.", "该规则已有批准的结果，不能移除。")
            )
        for outcome in found:
            session.delete(outcome)
        session.flush()
        session.delete(binding)
        session.flush()


def bound_rules(session: Session, cycle_id: int) -> Sequence[CycleRule]:
    """The rules of a cycle in the order in which they are applied."""
    query = select(CycleRule).where(CycleRule.cycle_id == cycle_id).order_by(CycleRule.position, CycleRule.id)
    return session.scalars(query).all()


def rule_of(session: Session, code: str, registry: Registry | None = None) -> AnyRule:
    """The rule called `code`; Invalid when there is none that runs."""
    found = registry_of(session, registry).rules.get(code)
    if found is None:
        missing = text("There is no results rule “{code}”.", "没有结果应用规则“{code}”。", code=code)
        raise Invalid(missing, {"rule": missing})
    return found


def parsed_parameters(rule: AnyRule, given: Mapping[str, Any]) -> Parameters:
    """The parameters of a rule.  Raises Invalid naming each that makes no sense."""
    parsed = parse_parameters(rule.Parameters, given)
    if isinstance(parsed, list):
        problems: dict[str, Text] = {problem.name or "params": problem.why for problem in parsed}
        raise Invalid(
            text("Not bound. Please look at the parameters.", "未保存。请检查参数。"),
            problems,
        )
    return parsed


def require_no_trial(cycle: Cycle) -> None:
    """Refuse a trial: it never leads to outcomes."""
    if cycle.is_trial:
        raise WrongState(text("A trial never leads to outcomes.", "试运行不产生应用结果。"))


def _written(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that are given, as they are written."""
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in params.items()}
    return {name: value for name, value in stripped.items() if value not in (None, "")}


def _next_position(session: Session, cycle_id: int) -> int:
    return (session.scalar(select(func.max(CycleRule.position)).where(CycleRule.cycle_id == cycle_id)) or 0) + 1


def _binding(session: Session, cycle: Cycle, binding_id: int) -> CycleRule:
    binding = find(session, CycleRule, binding_id)
    if binding.cycle_id != cycle.id:
        raise WrongState(text("The rule is bound to another cycle.", "该规则属于其他考核周期。"))
    return binding
