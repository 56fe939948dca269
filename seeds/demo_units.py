"""The demo's units: a provincial finance department with its divisions, and the cities and counties of a province."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.operations.records import save_record
from models.organization import Unit
from seeds.region_names import english_name
from seeds.tables import table

DEPARTMENT = "DEPT"
OPENED_ON = "2019-03-01"
"""The day of the last reorganization: units are kept from then on."""
REGIONS_SINCE = "2020-06-01"


def seed_units(session: Session) -> dict[str, int]:
    """Add the department and what belongs to it, then cities and counties; code → id of each."""
    department: dict[str, object] = {
        "code": DEPARTMENT,
        "name": "省财政厅",
        "name_en": "Provincial Department of Finance",
        "kind": "department",
        "opened_on": OPENED_ON,
    }
    ids = {DEPARTMENT: _add(session, department)}
    for position, row in enumerate(table("units"), 1):
        values = {name: row[name] for name in ("code", "name", "name_en", "kind")}
        ids[row["code"]] = _add(
            session, {**values, "parent": ids[DEPARTMENT], "position": position, "opened_on": OPENED_ON}
        )
    for row in table("regions"):
        region: dict[str, object] = {
            "code": row["code"],
            "name": row["name"],
            "name_en": english_name(row["name"]),
            "kind": row["level"],
            "parent": ids[row["parent_code"]] if row["parent_code"] else None,
            "opened_on": REGIONS_SINCE,
        }
        ids[row["code"]] = _add(session, region)
    return ids


def _add(session: Session, values: dict[str, object]) -> int:
    unit: Unit = save_record(session, "unit", None, values, None)
    return unit.id


def divisions() -> list[dict[str, str]]:
    """The 40 divisions and institutions as listed: code, name, name_en, kind, group, size."""
    return table("units")
