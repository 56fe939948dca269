"""A quarter comes to its result: bonuses and deductions, the scoring, its proposal, publication and the closing."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.cycle import Cycle, Participant, Track
from models.operations.cycles import close_cycle
from models.operations.data import import_data
from models.operations.records import save_record
from models.operations.scoring import propose_run, publish_run, run_scoring
from models.result import Run
from models.scheme import Item
from plugins.engine.data import Data
from plugins.registry import Registry
from seeds.acting import Cast
from seeds.demo_cycle import OpenQuarter, participants_of
from seeds.demo_forms import LATE
from seeds.demo_scheme import indicators
from seeds.demo_values import entered

EVENTS: dict[int, tuple[tuple[str, str, int, str], ...]] = {
    1: (
        ("PLUS1", "PERF", 1, "预算绩效管理工作获国家部委通报表扬"),
        ("PLUS2", "INFO", 1, "一体化系统运维做法在全省推广"),
        ("MINUS1", "NONTAX", 1, "收入退库办理超期，被审计部门通报"),
    ),
    2: (
        ("PLUS1", "BUDGET", 1, "部门预算编制改革获省政府表彰"),
        ("PLUS2", "AGRI", 1, "惠农补贴“一卡通”治理经验在全省会议上交流"),
        ("MINUS1", "EDU", 1, "专项资金分解下达超过规定时限，被通报批评"),
        ("VETO1", "SERVICE", 1, "车辆管理发生责任事故，经监督部门认定"),
    ),
    3: (
        ("PLUS1", "DEBT", 1, "专项债券管理获国务院督查激励"),
        ("PLUS2", "TREASURY", 2, "国库集中支付电子化两项做法被推广"),
        ("MINUS1", "TRANSPORT", 2, "两次未按期报送补贴清算资料，被通报批评"),
    ),
}
"""Quarter → item, unit, occurrences and reason of what is entered beside the forms."""


def conclude(cast: Cast, quarter: OpenQuarter, registry: Registry | None) -> None:
    """Score the quarter, publish the result and close the cycle."""
    due = quarter.quarter.due_at
    with cast.acting("indicator", due + timedelta(days=1, hours=-8)) as session:
        _enter_events(session, quarter)
    with cast.acting("indicator", due + timedelta(days=1, hours=-4)) as session:
        _import_for_the_late(session, quarter, registry)
    with cast.acting("indicator", due + timedelta(days=2, hours=-8)) as session:
        run = run_scoring(session, quarter.track_id, registry)
    with cast.acting("indicator", due + timedelta(days=2, hours=-3)) as session:
        propose_run(session, run.id, run.version)
    with cast.acting("leadership", due + timedelta(days=5, hours=-8)) as session:
        publish_run(session, run.id, session.get_one(Run, run.id).version)
    with cast.acting("comprehensive", due + timedelta(days=9, hours=-2)) as session:
        close_cycle(session, quarter.cycle_id, session.get_one(Cycle, quarter.cycle_id).version)


def _enter_events(session: Session, quarter: OpenQuarter) -> None:
    track = session.get_one(Track, quarter.track_id)
    items = _ids(session, Item, Item.scheme_version_id == track.scheme_version_id)
    participants = _ids(session, Participant, Participant.track_id == track.id)
    for item, unit, occurrences, reason in EVENTS[quarter.quarter.number]:
        values = {"participant": participants[unit], "item": items[item], "occurrences": occurrences, "reason": reason}
        save_record(session, "adjustment", None, values, None)


def _ids(session: Session, model: type[Item] | type[Participant], condition: ColumnElement[bool]) -> dict[str, int]:
    return {row.code: row.id for row in session.execute(select(model.code, model.id).where(condition))}


def _import_for_the_late(session: Session, quarter: OpenQuarter, registry: Registry | None) -> None:
    """Of a unit that handed nothing in, what the platform's own sources say; the rest stays missing."""
    unit = LATE.get(quarter.quarter.number)
    if unit is None:
        return
    values = entered(unit, quarter.quarter.code, quarter.quarter.number)
    numbers = {code: value.actual for code, value in values.items() if isinstance(value.actual, float)}
    known = {code: np.array([x]) for code, x in numbers.items() if indicators()[code]["evidence"] == "none"}
    report = import_data(
        session, quarter.track_id, Data(participants_of([unit]), actual=known), commit=True, registry=registry
    )
    if not report.is_clean:
        raise report.error()
