"""The demo's scheme, read from `data/scheme.yaml`: imported, completed and published like any other."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.operations.records import save_record
from models.operations.schemes import import_scheme, publish_version
from models.scheme import GradeBand as StoredBand
from models.scheme import Item, SchemeVersion
from plugins.engine.scheme import GradeBand, Scheme, TableRow
from plugins.engine.scheme import Item as EngineItem
from plugins.registry import Registry
from seeds.acting import Cast
from seeds.tables import FOLDER
from seeds.timeline import Timeline

PART_KEYS = ("name", "weight", "method", "value_type", "unit", "direction", "source", "evidence", "standard")


@cache
def written() -> dict[str, Any]:
    """The file's content."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / "scheme.yaml").read_text(encoding="utf-8"))
    return content


def indicators() -> dict[str, dict[str, Any]]:
    """Item code → indicator, in order."""
    found: dict[str, dict[str, Any]] = written()["indicators"]
    return found


def demo_scheme() -> Scheme:
    """The scheme as the engine and every import see it."""
    file = written()
    dimensions = [EngineItem(code, kind="dimension", name=said["name"]) for code, said in file["dimensions"].items()]
    return Scheme(
        code=file["code"],
        name=file["name"],
        applies_to=file["applies_to"],
        items=(*dimensions, *map(_indicator, indicators()), *map(_adjustment, file["adjustments"])),
        grades=tuple(GradeBand(**{key: value for key, value in band.items() if key != "name_en"}) for band in file["grades"]),
        **file["settings"],
    )


def _indicator(code: str) -> EngineItem:
    said = indicators()[code]
    return EngineItem(
        code,
        parent=code[0],
        params=said.get("params", {}),
        table=tuple(TableRow(x, rate) for x, rate in said.get("table", ())),
        frequency="季度",
        **_parts(said, PART_KEYS),
    )


def _adjustment(code: str) -> EngineItem:
    said = written()["adjustments"][code]
    keys = ("kind", "name", "params", "cap", "unit", "source", "standard")
    return EngineItem(code, value_type="count", **_parts(said, keys))


def _parts(said: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: said[key] for key in keys if key in said}


def seed_scheme(cast: Cast, timeline: Timeline, registry: Registry | None) -> int:
    """Import the scheme as the indicator group, complete it in the console, publish it; the version's id."""
    ready = timeline.at(timeline.quarters()[0].start_on, 9)
    with cast.acting("indicator", ready.replace(day=13, hour=10)) as session:
        report = import_scheme(session, demo_scheme(), registry, commit=True)
        if report.refused or report.version_id is None:
            raise RuntimeError("\n".join(str(finding.text) for finding in report.findings))
    with cast.acting("indicator", ready.replace(day=14, hour=15)) as session:
        _complete(session, report.version_id)
    with cast.acting("indicator", ready.replace(day=20, hour=9)) as session:
        version = session.get_one(SchemeVersion, report.version_id)
        publish_version(session, version.id, version.version, registry)
    return report.version_id


def _complete(session: Session, version_id: int) -> None:
    """What no workbook carries: English names, and between which values an entry makes sense."""
    file = written()
    said = {**file["dimensions"], **file["indicators"], **file["adjustments"]}
    for item in session.scalars(select(Item).where(Item.scheme_version_id == version_id).order_by(Item.position)):
        low, high = said[item.code].get("range", (None, None))
        values = {"name_en": said[item.code]["name_en"], "min_value": low, "max_value": high}
        save_record(session, "item", item.id, values, item.version)
    english = {band["code"]: band["name_en"] for band in file["grades"]}
    for band in session.scalars(select(StoredBand).where(StoredBand.scheme_version_id == version_id)):
        save_record(session, "grade_band", band.id, {"name_en": english[band.code]}, band.version)
    version = session.get_one(SchemeVersion, version_id)
    save_record(session, "scheme_version", version_id, {"note": file["note"]}, version.version)
