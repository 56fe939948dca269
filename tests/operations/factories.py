"""A small organization, a scheme and a cycle, made through the verbs by the people who may."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actor import SYSTEM, Actor, Held
from models.clock import FixedClock
from models.cycle import Cycle, Form, Participant, Track
from models.db import Database
from models.operations.cycles import add_participants, create_track, open_cycle
from models.operations.form_values import FieldInput
from models.operations.forms import approve_form, save_form, submit_form
from models.operations.records import save_record
from models.operations.schemes import import_scheme, publish_version
from models.organization import Unit
from plugins.engine.scheme import GradeBand, Item, Scheme, TableRow

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Noon in Shanghai, within the window of `open_window`."""
COMMON = {"source": "ledger", "standard": "the higher the better"}

SCHEME = Scheme(
    code="DIV",
    name="处室考核",
    applies_to="unit",
    items=(
        Item("TASKS", None, "dimension", "重点任务"),
        Item(
            "EXEC", "TASKS", "indicator", "预算执行率", 40.0, method="ratio", value_type="percent", unit="%", **COMMON
        ),
        Item(
            "COUNT",
            "TASKS",
            "indicator",
            "调研报告",
            20.0,
            method="steps",
            value_type="count",
            unit="篇",
            table=(TableRow(1.0, 0.5), TableRow(3.0, 1.0)),
            **COMMON,
        ),
        Item("DUTY", None, "dimension", "履职"),
        Item(
            "LEVEL",
            "DUTY",
            "indicator",
            "内控等级",
            20.0,
            method="choice",
            value_type="choice",
            unit="级",
            table=(TableRow("A", 1.0), TableRow("B", 0.7), TableRow("C", 0.4)),
            **COMMON,
        ),
        Item(
            "DONE",
            "DUTY",
            "indicator",
            "制度建设",
            20.0,
            method="choice",
            value_type="choice",
            unit="-",
            table=(TableRow("yes", 1.0), TableRow("no", 0.0)),
            **COMMON,
        ),
        Item("PRAISE", None, "bonus", "表彰", params={"each": "2"}, cap=5.0),
        Item("FAULT", None, "deduction", "通报", params={"each": "1"}),
    ),
    grades=(
        GradeBand("good", "良好", min_score=80.0),
        GradeBand("fair", "合格", min_score=60.0),
        GradeBand("poor", "不合格"),
    ),
)

FILLED = {
    "EXEC": FieldInput("91.2"),
    "COUNT": FieldInput("3"),
    "LEVEL": FieldInput(choice="B"),
    "DONE": FieldInput(choice="yes"),
}


def actor(role: str, scope: str = "all", unit: Unit | None = None, *, name: str | None = None, **more: Any) -> Actor:
    """Someone who holds one role."""
    held = Held(role, scope, unit.id if unit else None, unit.path if unit else None)
    known = {"unit_id": unit.id, "unit_path": unit.path} if unit else {}
    return Actor(username=name or role, grants=(held,), **{**known, **more})


@dataclass
class World:
    """A database with its clock, and what was made in it, by name."""

    database: Database
    clock: FixedClock
    ids: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def acting(self, who: Actor | None) -> Iterator[Session]:
        """A session in which `who` acts."""
        with self.database.session(who) as session:
            yield session

    def system(self) -> Any:
        """A session of the system."""
        return self.acting(SYSTEM)

    def as_role(self, role: str, unit: str | None = None, scope: str | None = None, **more: Any) -> Any:
        """A session of someone with one role; with `unit`, for that unit alone unless `scope` says otherwise."""
        row = None
        if unit is not None:
            with self.system() as session:
                row = session.get(Unit, self.ids[unit])
                session.expunge(row)
        default = {"regional": "regions", "staff": "self", "rater": "self"}.get(role, "unit" if unit else "all")
        return self.acting(actor(role, scope or default, row, **more))

    def put(self, entity: str, **values: Any) -> int:
        """Add a record as the system."""
        with self.system() as session:
            return int(save_record(session, entity, None, values, None).id)


def make_organization(world: World) -> World:
    """A department with three divisions, one of them with an office below it, and a city."""
    root = world.ids["DEPT"] = world.put("unit", code="DEPT", name="省财政厅", kind="department")
    for code, name in (("BUDGET", "预算处"), ("TAX", "税政处"), ("AUDITS", "监督处")):
        world.ids[code] = world.put("unit", code=code, name=name, name_en=code.title(), kind="division", parent=root)
    world.ids["OFFICE"] = world.put("unit", code="OFFICE", name="综合科", kind="division", parent=world.ids["BUDGET"])
    world.ids["HARBOUR"] = world.put("unit", code="HARBOUR", name="海港市", kind="city", parent=root)
    return world


def add_scheme(world: World, scheme: Scheme = SCHEME, *, publish: bool = True) -> int:
    """Import a scheme as the indicator group, and publish it."""
    with world.as_role("indicator") as session:
        report = import_scheme(session, scheme, commit=True)
        assert not report.refused, [str(finding.text) for finding in report.findings]
        assert report.version_id is not None
        if publish:
            row = world_version(session, report.version_id)
            publish_version(session, row.id, row.version)
        return report.version_id


def world_version(session: Session, version_id: int) -> Any:
    """A scheme version by its id."""
    from models.scheme import SchemeVersion

    return session.get(SchemeVersion, version_id)


def add_cycle(
    world: World, version_id: int, code: str = "2026Q4", units: tuple[str, ...] | None = (), **values: Any
) -> int:
    """A draft cycle with one track of `units` (every division when none is named, nobody when None); ids `cycle` and
    `track`."""
    given = {
        "code": code,
        "name": f"{code} 考核",
        "kind": "quarter",
        "start_on": date(2026, 10, 1),
        "end_on": date(2026, 12, 31),
        "opens_at": "2026-11-01 08:00",
        "due_at": "2026-12-10 18:00",
        **values,
    }
    with world.as_role("comprehensive") as session:
        cycle = save_record(session, "cycle", None, given, None)
        track = create_track(session, cycle.id, version_id)
        ids = [world.ids[unit] for unit in units or ()]
        kinds = ("division",) if units == () else None
        add_participants(session, track.id, unit_ids=ids or None, unit_kinds=kinds)
        world.ids["cycle"], world.ids["track"] = cycle.id, track.id
        return int(cycle.id)


def open_it(world: World, cycle_id: int) -> None:
    """Open a cycle as the comprehensive group."""
    with world.as_role("comprehensive") as session:
        cycle = session.get(Cycle, cycle_id)
        open_cycle(session, cycle_id, cycle.version)


def form_of(session: Session, code: str, track_id: int) -> Form:
    """The form of a participant."""
    query = select(Form).join(Participant, Participant.id == Form.participant_id)
    return session.scalars(query.where(Participant.code == code, Form.track_id == track_id)).one()


def targets(world: World, value: float = 95.0) -> None:
    """Give every form a target of the budget's execution, as an import by the indicator group does."""
    import numpy as np

    from models.operations.data import import_data
    from plugins.engine.data import Data, Participants

    with world.system() as session:
        query = select(Participant.code).where(Participant.track_id == world.ids["track"]).order_by(Participant.id)
        codes = tuple(session.scalars(query))
    blank = ("",) * len(codes)
    data = Data(Participants(codes, blank, blank, blank, blank), target={"EXEC": np.full(len(codes), value)})
    with world.as_role("indicator") as session:
        assert import_data(session, world.ids["track"], data, commit=True).committed


def fill_and_submit(world: World, unit: str, values: dict[str, FieldInput] | None = None) -> int:
    """The unit's liaison fills in and submits its form."""
    with world.as_role("liaison", unit) as session:
        form = form_of(session, unit, world.ids["track"])
        saved = save_form(session, form.id, form.version, values or FILLED)
        submit_form(session, form.id, saved.version)
        return int(form.id)


def approve(world: World, unit: str) -> None:
    """The unit's leader approves its form."""
    with world.as_role("leader", unit) as session:
        form = form_of(session, unit, world.ids["track"])
        approve_form(session, form.id, form.version)


def full_cycle(world: World, *units: str) -> World:
    """An organization, a published scheme, an open cycle with targets, and approved forms of `units`."""
    make_organization(world)
    open_it(world, add_cycle(world, add_scheme(world)))
    targets(world)
    for unit in units:
        fill_and_submit(world, unit)
        approve(world, unit)
    return world


def changed_weight(scheme: Scheme, code: str, weight: float | None) -> Scheme:
    """The scheme with another weight of one item."""
    items = tuple(replace(item, weight=weight) if item.code == code else item for item in scheme.items)
    return replace(scheme, items=items)


def track_of(session: Session, world: World) -> Track:
    """The track made last."""
    return session.get(Track, world.ids["track"])  # type: ignore[return-value]
