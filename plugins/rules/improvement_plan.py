"""Improvement plans: for low indicators, not only for low totals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import numpy as np
from pydantic import Field

from plugins.contract import Facts, Indicators, OutcomeKind, Parameters, Proposal, ResultsRule, Text, Title, text
from plugins.rules.common import Subjects, shown, wanted

PLAN = OutcomeKind(
    "improvement_plan",
    text("Improvement plan", "改进计划"),
    {
        "indicators": text("plan for indicators", "就指标制定改进计划"),
        "whole": text("written review and plan for the whole", "书面检查并全面整改"),
        "waived": text("no plan needed", "无需计划"),
    },
)
Low = tuple[float, str, Text]


class PlanParameters(Parameters):
    """When a plan is due, and how many indicators it may name."""

    subjects: Annotated[Subjects, Title("For", "适用对象")] = "both"
    rate_below: Annotated[float, Title("Indicator below, % of its marks", "指标得分率低于（%）"), Field(ge=0)] = 60.0
    total_below: Annotated[float, Title("Total below, % of full marks", "总分低于（占满分%）"), Field(ge=0)] = 60.0
    most: Annotated[int, Title("Indicators named at most", "最多列出的指标数"), Field(ge=1, le=50)] = 5
    days: Annotated[int, Title("Due so many days after the period", "周期结束后多少天内完成"), Field(ge=1)] = 90


class ImprovementPlan(ResultsRule[PlanParameters]):
    """Whoever falls short in an indicator plans how to do better; whoever falls short as a whole reviews all of it."""

    code = "improvement_plan"
    labels = text("Improvement plan", "改进计划")
    version = "1.0"
    kinds = (PLAN,)
    cites = text("Performance results application measures: improvement", "绩效结果应用办法：改进提升")
    Parameters = PlanParameters

    def propose(self, facts: Facts, params: PlanParameters) -> Iterator[Proposal]:
        low = _low_indicators(facts.indicators, params.rate_below / 100.0)
        until = (facts.cycle.end_on + timedelta(days=params.days)).isoformat()
        done: set[tuple[str, str]] = set()
        for row in wanted(facts.current, params.subjects):
            who = row.subject, row.code
            found = low.get(who, [])
            poor = row.percent is not None and row.percent < params.total_below - 1e-9
            if who in done or not (found or poor):
                continue
            done.add(who)
            reason = text(
                "Total {percent} % of full marks (limit {limit} %); {count} indicators below {rate} %: {items}. "
                "Due {until}",
                "总分占满分 {percent}%（界限 {limit}%）；{count} 项指标低于 {rate}%：{items}。完成期限 {until}",
                percent=shown(row.percent) if row.percent is not None else "–",
                limit=shown(params.total_below),
                count=len(found),
                rate=shown(params.rate_below),
                items=_listed(found[: params.most]),
                until=until,
            )
            yield Proposal(*who, "improvement_plan", "whole" if poor else "indicators", reason, (row.run,))


def _low_indicators(tables: tuple[Indicators, ...], limit: float) -> dict[tuple[str, str], list[Low]]:
    """Who → its indicators below the limit, the lowest first; each with its rate, code and name."""
    found: dict[tuple[str, str], list[Low]] = {}
    for table in tables:
        low = ~np.isnan(table.rates) & (table.rates < limit - 1e-12)
        for at, item in np.argwhere(low):
            one = float(table.rates[at, item]), table.items[item], table.names[item]
            found.setdefault((table.subject, table.codes[at]), []).append(one)
    return {who: sorted(items, key=lambda one: one[:2]) for who, items in found.items()}


def _listed(items: list[Low]) -> Text:
    """`B1 Budget execution 45 %, …` in both languages."""
    if not items:
        return text("none", "无")
    english = "; ".join(f"{code} {name.en} {shown(100 * rate)} %" for rate, code, name in items)
    chinese = "；".join(f"{code} {name.zh_Hans} {shown(100 * rate)}%" for rate, code, name in items)
    return Text(english, chinese)
