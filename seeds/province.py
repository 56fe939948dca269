"""The province for benchmarks: 5,000 finance offices below the counties, evaluated by a scheme of 200 indicators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bulk import insert_rows
from models.cycle import Cycle, Entry, Participant, Track
from models.guard import verb
from models.operations.cycles import make_forms, open_cycle
from models.operations.participants import add_participants, create_track
from models.operations.records import save_record
from models.operations.schemes import import_scheme, publish_version
from models.organization import Unit
from models.scheme import Item, SchemeVersion
from plugins.engine.scheme import GradeBand, Scheme, TableRow
from plugins.engine.scheme import Item as EngineItem
from plugins.registry import Registry
from seeds.acting import Cast
from seeds.region_names import english_name
from seeds.timeline import Timeline

OFFICES = 5000
PER_COUNTY = 30
DIMENSIONS = (
    "收入组织",
    "支出管理",
    "预算编制",
    "国库执行",
    "资产管理",
    "政府采购",
    "绩效管理",
    "财会监督",
    "惠农补贴",
    "队伍建设",
)
PER_DIMENSION = 20
FULL_MARKS = 100
SEED = 5000
METHODS: tuple[dict[str, Any], ...] = (
    {"method": "ratio", "direction": "higher"},
    {"method": "goalpost", "direction": "higher", "params": {"lo": 40, "hi": 98}},
    {"method": "steps", "direction": "higher", "table": ((60, 0.5), (80, 0.8), (95, 1))},
    {"method": "interpolate", "direction": "higher", "table": ((50, 0), (80, 0.7), (100, 1))},
    {"method": "efficacy", "direction": "higher", "params": {"unacceptable": 50, "satisfactory": 98}},
    {"method": "formula", "direction": "higher", "params": {"expression": "clip(x / max(t, 1), 0, 1)"}},
)
"""How the indicators score in turn; every one takes a percentage and has a target."""


def seed_province(cast: Cast, timeline: Timeline, counties: Mapping[str, Unit], registry: Registry | None) -> int:
    """Add the offices, their scheme and an open yearly cycle with every value entered; the cycle's id."""
    ready = timeline.quarters()[-1].opens_at
    with cast.acting("admin", ready - timedelta(days=8)) as session:
        offices = _offices(session, counties, ready.date())
    with cast.acting("indicator", ready - timedelta(days=7)) as session:
        version = _scheme(session, registry)
    with cast.acting("comprehensive", ready - timedelta(days=6)) as session:
        cycle, track = _cycle(session, timeline, version, offices)
    with cast.acting("indicator", ready - timedelta(days=5)) as session:
        _values(session, track)
    with cast.acting("comprehensive", ready) as session:
        open_cycle(session, cycle.id, cycle.version)
    return cycle.id


def _offices(session: Session, counties: Mapping[str, Unit], today: date) -> dict[str, list[int]]:
    """Units below the counties; ranking group (the city's code) → ids."""
    rows = [
        Unit(
            code=f"{code}{number:02}",
            name=f"{county.name}第{number}财政所",
            name_en=f"{english_name(county.name)} Finance Office {number}",
            kind="institution",
            parent_id=county.id,
            position=number,
            opened_on=today - timedelta(days=2000),
        )
        for code, county in counties.items()
        for number in range(1, PER_COUNTY + 1)
    ][:OFFICES]
    session.add_all(rows)
    session.flush()
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        found[row.code[:4]].append(row.id)
    return found


def province_scheme() -> Scheme:
    """Ten dimensions of twenty indicators each, all of the same weight."""
    dimensions = [EngineItem(f"D{number}", kind="dimension", name=name) for number, name in enumerate(DIMENSIONS)]
    indicators = [_indicator(dimension, number) for dimension in dimensions for number in range(PER_DIMENSION)]
    return Scheme(
        code="OFFICES",
        name="基层财政所年度考核方案",
        full_marks=FULL_MARKS,
        missing="exclude",
        items=(*dimensions, *indicators),
        grades=(GradeBand("excellent", "优秀", 90, 0.2), GradeBand("good", "良好", 80), GradeBand("pass", "合格")),
    )


def _indicator(dimension: EngineItem, number: int) -> EngineItem:
    scored = METHODS[number % len(METHODS)]
    return EngineItem(
        f"{dimension.code}_{number:02}",
        parent=dimension.code,
        name=f"{dimension.name}指标{number + 1}",
        weight=FULL_MARKS / (len(DIMENSIONS) * PER_DIMENSION),
        method=scored["method"],
        direction=scored["direction"],
        params=scored.get("params", {}),
        table=tuple(TableRow(x, rate) for x, rate in scored.get("table", ())),
        value_type="percent",
        unit="%",
        source="预算管理一体化系统",
        standard="按完成比例计分。",
    )


def _scheme(session: Session, registry: Registry | None) -> int:
    report = import_scheme(session, province_scheme(), registry, commit=True)
    if report.refused or report.version_id is None:
        raise RuntimeError("\n".join(str(finding.text) for finding in report.findings))
    publish_version(session, report.version_id, session.get_one(SchemeVersion, report.version_id).version, registry)
    return report.version_id


def _cycle(
    session: Session, timeline: Timeline, version_id: int, offices: Mapping[str, Sequence[int]]
) -> tuple[Cycle, Track]:
    last = timeline.quarters()[-1]
    values = {
        "code": f"{last.year}Y",
        "name": f"{last.year}年度基层财政所考核",
        "name_en": f"Finance offices, {last.year}",
        "kind": "year",
        "start_on": date(last.year, 1, 1),
        "end_on": last.end_on,
        "opens_at": last.opens_at,
        "due_at": last.due_at,
    }
    cycle: Cycle = save_record(session, "cycle", None, values, None)
    track = create_track(session, cycle.id, version_id, name="基层财政所", name_en="Finance offices")
    for city, ids in offices.items():
        add_participants(session, track.id, unit_ids=ids, group=city)
    return cycle, track


def _values(session: Session, track: Track) -> None:
    """Every participant's value and target for every indicator, written as one set."""
    participants = session.scalars(
        select(Participant).where(Participant.track_id == track.id).order_by(Participant.id)
    ).all()
    chosen = select(Item.id).where(Item.scheme_version_id == track.scheme_version_id, Item.kind == "indicator")
    items = session.scalars(chosen.order_by(Item.position)).all()
    random = np.random.default_rng(SEED)
    standing = random.normal(0, 5, len(participants))[:, None]
    actual = np.clip(random.normal(86, 8, (len(participants), len(items))) + standing, 0, 100).round(1)
    now, who = session.info["clock"].now(), session.info["actor"].username
    with verb(session, "track.import", track, writes={"form", "entry"}):
        forms = make_forms(session, track, participants)
        for part in np.array_split(np.arange(len(participants)), 50):
            rows = [participants[at] for at in part]
            size = len(rows) * len(items)
            columns: dict[str, Any] = {
                "form_id": np.repeat([forms[row.id] for row in rows], len(items)),
                "item_id": np.tile(items, len(rows)),
                "actual": actual[part].ravel(),
                "target": np.full(size, 95.0),
                "is_not_applicable": [False] * size,
                "version": [1] * size,
            }
            stamp = {"entered_by": who, "entered_at": now, "approved_by": who, "approved_at": now}
            insert_rows(
                session, Entry, columns | {name: [value] * size for name, value in stamp.items()}, want_ids=False
            )
