"""Import and export of any register: what goes out comes in again and changes nothing.

Dry run and commit work out the same plan; a commit writes all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models.access import require
from models.operations.administrators import keeping_an_administrator
from models.operations.context import spec_of
from models.operations.exports import export_rows
from models.operations.import_plan import ImportPlan, plan_import
from models.operations.import_report import ImportReport, RowProblem
from models.operations.import_write import is_outdated, write_import
from models.operations.unit_of_work import unit_of_work

__all__ = ["ImportReport", "RowProblem", "export_rows", "import_rows"]


def import_rows(
    session: Session,
    entity: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    commit: bool,
    effective_on: date | None = None,
) -> ImportReport:
    """Add and change records of `entity`, matched by their natural key.

    `rows`: field → text or typed value as it stands in the cell; references by natural key.  A field that a row does
    not name stays as it is.  `version`, where a row has one, must be the version that the record still has.  Every cell
    in error is a problem of the report; with any, nothing is written.  `effective_on`: as in `save_record`.
    Raises NotAllowed when the actor may not import this entity at all.
    """
    require(session, entity, "import")
    plan = plan_import(session, spec_of(session, entity), rows)
    if commit and plan.report.is_clean:
        return _commit(session, plan, rows, effective_on)
    return plan.report


@unit_of_work
def _commit(
    session: Session, plan: ImportPlan, rows: Sequence[Mapping[str, Any]], effective_on: date | None
) -> ImportReport:
    """Write the plan, made anew when records changed since: the checks ran before the lock, to keep it short."""
    if is_outdated(session, plan):
        plan = plan_import(session, plan.spec, rows)
    if plan.report.is_clean:
        with keeping_an_administrator(session, plan.spec.entity):
            write_import(session, plan, effective_on)
            session.flush()
        plan.report.committed = True
    return plan.report
