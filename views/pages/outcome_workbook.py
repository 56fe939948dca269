"""The outcomes of a cycle as a workbook: grouped by outcome, with the reason and the clause, and room to sign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.cycle import Cycle
from models.outcome import Outcome
from views.pages.outcome_list import OUTCOME_STATES, said, whose
from views.shell.i18n import language
from views.shell.naming import name_of
from views.workbooks.outcolumns import OutColumn
from views.workbooks.rosters import RosterSection, RosterSheet


def outcomes_title(cycle: Cycle) -> str:
    """`Outcomes, Third quarter of 2025`."""
    return _("Outcomes, %(cycle)s", cycle=name_of(cycle))


def outcomes_sheet(session: Session, cycle: Cycle, generated_at: datetime) -> RosterSheet:
    """The outcomes within reach that were not rejected, the approved ones marked as such."""
    query = (
        select(Outcome)
        .where(Outcome.cycle_id == cycle.id, Outcome.state != "rejected")
        .options(joinedload(Outcome.unit))
        .order_by(Outcome.rule, Outcome.kind, Outcome.value, Outcome.quota_group, Outcome.code)
    )
    sections: dict[tuple[str, str], list[list[Any]]] = {}
    outcomes = list(session.scalars(query))
    for outcome in outcomes:
        sections.setdefault((said(outcome.title), said(outcome.value_title)), []).append(_values(outcome))
    approved = sum(outcome.state == "approved" for outcome in outcomes)
    return RosterSheet(
        title=outcomes_title(cycle),
        columns=_columns(),
        sections=[
            RosterSection(_("%(kind)s: %(value)s (%(count)s)", kind=kind, value=value, count=len(rows)), rows)
            for (kind, value), rows in sections.items()
        ],
        generated_at=generated_at,
        lines=(_("%(approved)s of %(count)s outcomes are approved.", approved=approved, count=len(outcomes)),),
        signatures=(_("Prepared by"), _("Reviewed by"), _("Approved by")),
        sheet="outcomes",
        language=language(),
    )


def _columns() -> list[OutColumn]:
    return [
        OutColumn("code", _("Code"), "code"),
        OutColumn("name", _("Name")),
        OutColumn("unit", _("Unit")),
        OutColumn("kind", _("Kind")),
        OutColumn("value", _("Outcome")),
        OutColumn("state", _("State")),
        OutColumn("reason", _("Reason"), width=52, wrap=True),
        OutColumn("cites", _("Clause cited"), width=28, wrap=True),
        OutColumn("change", _("Reason of the change"), width=28, wrap=True),
        OutColumn("decided_by", _("Decided by")),
    ]


def _values(outcome: Outcome) -> list[Any]:
    return [
        outcome.code,
        whose(outcome),
        name_of(outcome.unit),
        said(outcome.title),
        said(outcome.value_title),
        str(OUTCOME_STATES[outcome.state][0]),
        said(outcome.reason),
        said(outcome.cites),
        outcome.change_reason or "",
        outcome.decided_by or "",
    ]
