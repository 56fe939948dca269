"""The last quarter that is over has its consequences: rules applied by the personnel office, the praise approved."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models.operations.outcomes import approve_outcomes
from models.operations.rule_application import apply_rules
from models.operations.rule_binding import bind_rule
from models.outcome import Outcome
from plugins.registry import Registry
from seeds.acting import Cast
from seeds.demo_cycle import OpenQuarter

RULES = (
    ("commendation", {"subjects": "unit", "share": "10"}),
    ("criticism", {"subjects": "unit", "below": "75"}),
    ("improvement_plan", {"subjects": "unit", "rate_below": "50", "total_below": "75", "days": "60"}),
)
"""Rule → parameters: those that make sense of a quarter."""


def apply_results(cast: Cast, quarter: OpenQuarter, registry: Registry | None) -> None:
    """Bind the rules and apply them; the commendations are approved, the rest waits to be reviewed."""
    with cast.acting("personnel", quarter.quarter.due_at + timedelta(days=9, hours=-1)) as session:
        for rule, params in RULES:
            bind_rule(session, quarter.cycle_id, rule, params, registry=registry)
        apply_rules(session, quarter.cycle_id, registry)
        praise = session.scalars(
            select(Outcome).where(Outcome.cycle_id == quarter.cycle_id, Outcome.rule == "commendation")
        )
        approve_outcomes(session, quarter.cycle_id, {outcome.id: outcome.version for outcome in praise})
