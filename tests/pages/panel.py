"""A cycle in which raters judge the divisions, its ratings handed in as a data workbook would, scored and published."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from sqlalchemy import select

from models.cycle import Cycle, Participant
from models.db import Database
from models.operations.cycles import add_participants, create_track, open_cycle
from models.operations.data import import_data
from models.operations.records import save_record
from models.operations.schemes import import_scheme, publish_version
from models.operations.scoring import propose_run, publish_run, run_scoring
from models.result import Run
from models.scheme import SchemeVersion
from plugins.engine.data import Data, Participants, Ratings
from plugins.engine.scheme import GradeBand, Item, RaterGroup, Scheme
from tests.pages.organization import acting, version_of

COMMON = {"source": "panel", "standard": "judged", "unit": "points", "value_type": "number"}
PANEL = Scheme(
    code="PANEL",
    name="民主评议",
    items=(
        Item("Q", None, "dimension", "评议"),
        Item("Q1", "Q", "indicator", "履职评议", 60.0, method="rating", **COMMON),
        Item("Q2", "Q", "indicator", "作风评议", 40.0, method="rating", **COMMON),
    ),
    raters=(
        RaterGroup("PEERS", "同级", 1.0, 1, "max 6 >= 90"),
        RaterGroup("PAIR", "联系领导", 1.0, 1),
    ),
    grades=(GradeBand("good", "良好", 80.0), GradeBand("rest", "一般")),
)
RATERS = {"PEERS": ("zhao-yi", "qian-er", "sun-san", "li-void"), "PAIR": ("zhou-wu", "wu-liu")}
NAMES = tuple(name for group in RATERS.values() for name in group)
CODES = ("BUDGET", "TREASURY", "ASSETS", "CENTER")


def score_of(rater: int, item: int, participant: int) -> float:
    """Some judgement; the fourth of the peers gives everybody 99 and so breaks the rule."""
    return 99.0 if rater == 3 else 70.0 + 3 * participant + 2 * rater + item


def ratings() -> Ratings:
    """Everybody's ballots."""
    rows = [
        (participant, item, rater, group, score_of(NAMES.index(rater), at, participant))
        for group, raters in RATERS.items()
        for rater in raters
        for at, item in enumerate(("Q1", "Q2"))
        for participant in range(len(CODES))
    ]
    who, items, raters, groups, scores = zip(*rows, strict=True)
    return Ratings(np.array(who, dtype=np.int64), items, raters, groups, np.array(scores))


def publish_panel(database: Database) -> int:
    """The id of the published run."""
    with acting(database, "indicator") as session:
        report = import_scheme(session, PANEL, commit=True)
        version = session.get_one(SchemeVersion, report.version_id)
        publish_version(session, version.id, version.version)
        version_id = version.id
    with acting(database, "comprehensive") as session:
        now = database.clock.now()
        values = {"code": "2025P", "name": "评议", "name_en": "Panel 2025", "kind": "year"}
        values |= {"start_on": date(2025, 1, 1), "end_on": date(2025, 12, 31)}
        values |= {"opens_at": now - timedelta(hours=1), "due_at": now + timedelta(days=5)}
        cycle = save_record(session, "cycle", None, values, None)
        track = create_track(session, cycle.id, version_id, name="处室", name_en="Divisions")
        track_id = track.id
        add_participants(session, track_id, unit_kinds=["division"])
        open_cycle(session, cycle.id, session.get_one(Cycle, cycle.id).version)
    blank = ("",) * len(CODES)
    with acting(database, "indicator") as session:
        data = Data(Participants(CODES, blank, blank, blank, blank), ratings=ratings())
        assert import_data(session, track_id, data, commit=True).committed
        run_id = run_scoring(session, track_id).id
        propose_run(session, run_id, version_of(session, run_id))
    with acting(database, "leadership") as session:
        publish_run(session, run_id, version_of(session, run_id))
    return run_id


def participants_of(database: Database, run_id: int) -> dict[str, int]:
    """Code → id of the participants of a run."""
    with acting(database, "indicator") as session:
        track_id = session.scalars(select(Run.track_id).where(Run.id == run_id)).one()
        found = session.execute(select(Participant.code, Participant.id).where(Participant.track_id == track_id))
        return dict(iter(found))
