"""A small organization with one of everything, and metadata that gives a role whatever a test needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from config.metadata.spec import EntitySpec, Metadata, Permission, RoleSpec, Transition, Workflow
from config.text import text
from models.account import Account, Grant
from models.actor import Actor, Held
from models.clock import FixedClock
from models.cycle import Adjustment, Cycle, Entry, Form, LinkedRate, Participant, Rating, Remark, Track
from models.organization import Appointment, Person, Post, Unit, UnitSuccession
from models.outcome import CycleRule, Outcome
from models.result import Run, Score, Total
from models.scheme import GradeBand, Item, RaterGroup, Scheme, SchemeVersion
from models.setting import Setting, Upload
from models.warning_answer import WarningAnswer

WORD = text("Word", "词")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEY = b"a key that is kept outside the database"
PLAIN = ("list", "show", "add", "edit", "delete", "export")
ENTITIES = sorted(mapper.class_.entity for mapper in Unit.registry.mappers if hasattr(mapper.class_, "entity"))
WORKFLOWS = {"form": "draft", "cycle": "draft", "run": "draft", "scheme_version": "draft"}
VERBS = {"form": ("fill", "submit"), "cycle": ("open", "close"), "run": ("publish",), "track": ("score",)}


def clock() -> FixedClock:
    return FixedClock(NOW)


def make_metadata(
    permissions: dict[str, Iterable[Permission]] | None = None, *, role: str = "holder", everything: bool = True
) -> Metadata:
    """Metadata in which `role` may do everything plain on each entity, except where `permissions` says otherwise."""
    given = {entity: tuple(found) for entity, found in (permissions or {}).items()}
    whole = (Permission(actions=PLAIN),) if everything else ()
    return Metadata(
        entities={code: make_entity(code, {role: given.get(code, whole)}) for code in ENTITIES},
        roles={
            name: RoleSpec(label=WORD, help=WORD, scopes=("all", "subtree", "unit", "regions", "self"))
            for name in (role, "other")
        },
        menu=(),
        fingerprint="made by hand",
    )


def make_entity(code: str, permissions: dict[str, tuple[Permission, ...]]) -> EntitySpec:
    flow = Workflow(field="state", initial=WORKFLOWS[code], transitions={}) if code in WORKFLOWS else None
    if flow and code in VERBS:
        steps = {verb: Transition(label=WORD, source=("draft",), target="x") for verb in VERBS[code]}
        flow = Workflow(field="state", initial="draft", transitions=steps)
    return EntitySpec(
        entity=code,
        label=text(code.capitalize(), code),
        plural=WORD,
        natural_key=("id",),
        title="id",
        order="id",
        fields={},
        list=("id",),
        workflow=flow,
        permissions=permissions,
    )


def holder(scope: str, unit: Unit | None = None, **about: Any) -> Actor:
    """An actor who holds the role `holder` with one scope."""
    held = Held("holder", scope, unit.id if unit else None, unit.path if unit else None)
    return Actor(**{"username": "somebody", "user_id": 9_999, "grants": (held,), **about})


@dataclass
class World:
    """What was made, by code."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    rows: dict[str, list[Any]] = field(default_factory=dict)

    def keep(self, session: Session, *rows: Any) -> Any:
        for row in rows:
            self.rows.setdefault(row.entity, []).append(row)
        session.add_all(rows)
        session.flush()
        return rows[0]


TREE = (
    ("R", "department", None),
    ("A", "division", "R"),
    ("A1", "section", "A"),
    ("A2", "section", "A"),
    ("B", "division", "R"),
    ("C", "city", "R"),
    ("K", "county", "C"),
)


def make_units(world: World, session: Session) -> None:
    for code, kind, parent in TREE:
        above = world.units[parent] if parent else None
        world.units[code] = world.keep(session, Unit(code=code, name=f"单位{code}", kind=kind, parent=above))
    for code, unit in world.units.items():
        person = world.keep(session, Person(code=f"p{code}", name=f"张{code}", unit=unit))
        world.people[code] = person
        post = world.keep(session, Post(code=f"s{code}", name="岗位", unit=unit))
        world.keep(session, Appointment(person=person, post=post, start_on=date(2025, 1, 1)))
        account = Account(username=f"u{code}", first_name="U", last_name=code, email=f"{code}@example.org", active=True)
        account.person = person
        world.keep(session, account)
        world.keep(session, Grant(user=account, role="holder", scope="subtree", unit=unit))
    successor = UnitSuccession(unit=world.units["A2"], successor=world.units["B"], on=date(2026, 1, 1), kind="merge")
    world.keep(session, successor)


def make_scheme(world: World, session: Session, code: str = "S") -> SchemeVersion:
    scheme = world.keep(session, Scheme(code=code, name="方案"))
    version = world.keep(session, SchemeVersion(scheme=scheme, number=1))
    world.keep(session, Item(scheme_version=version, code="i1", name="指标", weight=100))
    world.keep(session, RaterGroup(scheme_version=version, code="g1"))
    world.keep(session, GradeBand(scheme_version=version, code="good"))
    return version


def make_cycle(world: World, session: Session, version: SchemeVersion, code: str = "2026Q1") -> Cycle:
    """A draft cycle with a participant for every unit and for the person of A1, each with one of everything below."""
    first, last = date(2026, 1, 1), date(2026, 3, 31)
    cycle = world.keep(session, Cycle(code=code, name="周期", kind="quarter", start_on=first, end_on=last))
    track = world.keep(session, Track(cycle=cycle, scheme_version=version, name="组别"))
    run = world.keep(session, Run(track=track, number=1, input_hash="x", started_by="somebody", started_at=NOW))
    for number, unit in enumerate(world.units.values()):
        make_participant(world, session, run, unit, None, number)
    make_participant(world, session, run, world.units["A1"], world.people["A1"], 99)
    world.keep(session, WarningAnswer(track=track, key="k", answer="核实无误", answered_by="somebody", answered_at=NOW))
    rule = world.keep(session, CycleRule(cycle=cycle, rule="commendation"))
    for unit in world.units.values():
        world.keep(session, make_outcome(rule, unit, None))
    world.keep(session, make_outcome(rule, world.units["A1"], world.people["A1"]))
    return cycle


def make_outcome(rule: CycleRule, unit: Unit, person: Person | None) -> Outcome:
    said = {"en": "Word", "zh_Hans": "词"}
    whose = person or unit
    return Outcome(
        cycle=rule.cycle,
        cycle_rule=rule,
        unit=unit,
        person=person,
        subject="person" if person else "unit",
        code=whose.code,
        name=whose.name,
        kind="commendation",
        title=said,
        value="yes",
        value_title=said,
        proposed="yes",
        reason=said,
        cites=said,
        rule=rule.rule,
        rule_version="1",
        proposed_by="somebody",
        proposed_at=NOW,
    )


def make_participant(
    world: World, session: Session, run: Run, unit: Unit, person: Person | None, number: int
) -> Participant:
    track, item = run.track, run.track.scheme_version.items[0]
    code = person.code if person else unit.code
    participant = Participant(track=track, code=code, name=code, unit=unit, person=person)
    world.keep(session, participant)
    form = world.keep(session, Form(participant=participant))
    world.keep(
        session,
        Entry(form=form, item=item, actual=float(number)),
        Remark(form=form, text="说明", author="somebody", at=NOW),
        Adjustment(participant=participant, item=item, points=1.0),
        Rating(participant=participant, item=item, rater=f"r{number}", score=80.0),
        LinkedRate(participant=participant, source="unit", rate=0.9),
        Total(run=run, participant=participant, subject="person" if person else "unit", total=float(number)),
        Score(run=run, participant=participant, packed=b"\0" * 8),
    )
    return participant


def make_world(session: Session) -> World:
    """The whole organization, committed: a draft scheme version in a draft cycle."""
    world = World()
    make_units(world, session)
    make_cycle(world, session, make_scheme(world, session))
    world.keep(session, Setting(code="site.name", value="名称"))
    world.keep(session, Upload(username="somebody", name="表.xlsx", sha256="0" * 64, size=3, stored_as="x"))
    session.commit()
    return world
