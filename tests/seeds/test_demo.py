"""The demo organization is whole, looks like one, and was made by the people it tells of."""

from __future__ import annotations

from collections import Counter
from statistics import mean, stdev

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from models.access import load_actor
from models.account import Account, Grant
from models.audit import AuditEntry
from models.cycle import Adjustment, Cycle, Entry, Form, Participant, Remark, Track
from models.db import Database
from models.organization import Appointment, Person, Post, Unit, UnitVersion
from models.result import Run, Total
from seeds.demo import TRIAL_NAMES
from tests.seeds.conftest import MORNING
from tests.support.settings import DEMO_PASSWORD

SCOPES = {
    "admin": "all",
    "comprehensive": "all",
    "indicator": "all",
    "regional": "regions",
    "personnel": "all",
    "leadership": "all",
    "supervision": "all",
    "liaison": "unit",
    "leader": "unit",
    "staff": "self",
    "rater": "self",
}


def count(session: Session, model: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_units_are_a_department_with_its_divisions_and_a_province_of_regions(session: Session) -> None:
    kinds = Counter(session.scalars(select(Unit.kind)))
    assert kinds["division"] + kinds["institution"] == 40
    assert (kinds["department"], kinds["city"], kinds["county"]) == (1, 11, 167)
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    for unit in units.values():
        assert unit.name
        assert unit.name_en
        assert unit.name_en.isascii()
        if unit.kind == "county":
            assert units[unit.parent_id].kind == "city"
        if unit.kind in {"division", "institution"}:
            assert units[unit.parent_id].code == "DEPT"
            assert unit.leader_id is not None
        assert unit.path.endswith(f"/{unit.id}/")
    assert next(unit for unit in units.values() if unit.code == "BUDGET").name == "预算处"
    assert count(session, UnitVersion) == len(units)


def test_some_six_hundred_people_hold_posts_in_both_languages(session: Session) -> None:
    assert 580 <= count(session, Person) <= 640
    assert count(session, Post, Post.name_en.is_(None)) == 0
    assert count(session, Person, Person.name_sort == "") == 0
    today = MORNING.date()
    held: Counter[int] = Counter()
    for one in session.scalars(select(Appointment)):
        assert one.unit_id == one.post.unit_id
        assert one.end_on is None or one.start_on <= one.end_on < today
        held[one.person_id] += one.end_on is None
    assert set(held.values()) == {1}
    assert len(held) == count(session, Person)
    taken = Counter(session.scalars(select(Appointment.post_id).where(Appointment.end_on.is_(None))))
    for post in session.scalars(select(Post)):
        assert taken[post.id] <= post.establishment


@pytest.mark.parametrize("role", sorted(SCOPES))
def test_every_role_has_a_sign_in_with_its_grant(role: str, session: Session) -> None:
    account = session.scalars(select(Account).where(Account.username == role)).one()
    assert check_password_hash(account.password, DEMO_PASSWORD)
    assert account.person is not None
    assert account.person.name == account.last_name + account.first_name
    (grant,) = session.scalars(select(Grant).where(Grant.user_id == account.id))
    assert (grant.role, grant.scope) == (role, SCOPES[role])
    if role in {"liaison", "leader", "staff", "rater"}:
        assert account.person.unit.code == "BUDGET"
    if grant.scope == "unit":
        assert grant.unit is not None
        assert grant.unit.code == "BUDGET"
    actor = load_actor(session, role, source="screen", on=MORNING.date())
    assert actor.roles == {role}


def test_no_other_sign_in_has_a_password_yet_every_unit_has_its_line(session: Session) -> None:
    assert set(TRIAL_NAMES) == set(SCOPES)
    others = session.scalars(select(Account).where(Account.username.not_in(TRIAL_NAMES))).all()
    assert not any(
        check_password_hash(account.password, guess) for account in others for guess in ("", "!", DEMO_PASSWORD)
    )
    units = session.scalars(select(Unit.id).where(Unit.kind.in_(("division", "institution")))).all()
    for role in ("liaison", "leader"):
        of_units = session.scalars(select(Grant.unit_id).where(Grant.role == role)).all()
        assert sorted(of_units) == sorted(units)


def totals(session: Session, cycle: str) -> list[Total]:
    query = (
        select(Total)
        .join(Run, Run.id == Total.run_id)
        .join(Track, Track.id == Run.track_id)
        .join(Cycle, Cycle.id == Track.cycle_id)
        .where(Cycle.code == cycle, Run.state == "published")
    )
    return list(session.scalars(query))


@pytest.mark.parametrize("quarter", ["2026Q1", "2026Q2", "2026Q3"])
def test_three_quarters_are_published_and_look_like_rankings(quarter: str, session: Session) -> None:
    cycle = session.scalars(select(Cycle).where(Cycle.code == quarter)).one()
    assert cycle.state == "closed"
    found = totals(session, quarter)
    assert len(found) == 40
    assert all(one.is_published and one.subject == "unit" for one in found)
    marks = [one.total for one in found if one.total is not None and one.total > 50]
    assert 80 < mean(marks) < 95
    assert 3 < stdev(marks) < 9
    assert max(marks) < 100
    grades = Counter(one.grade for one in found)
    assert grades["excellent"] <= 8
    assert len(grades) >= 3
    assert sorted(one.rank for one in found)[0] == 1
    assert len({one.rank for one in found}) > 35


def test_the_quarters_tell_of_a_bonus_a_deduction_a_veto_and_missing_values(session: Session) -> None:
    found = {one.participant.code: one for one in totals(session, "2026Q2")}
    assert found["BUDGET"].bonus == 1
    assert found["EDU"].deduction == 1
    assert found["SERVICE"].vetoes == 1
    assert found["SERVICE"].total <= 79
    assert found["SERVICE"].grade == "pass"
    assert found["RETIRED"].rank == 40
    form = session.scalars(select(Form).where(Form.participant_id == found["RETIRED"].participant_id)).one()
    assert form.submitted_at is None
    assert any(entry.approved_at is None for entry in form.entries)
    assert any(entry.approved_at is not None for entry in form.entries)


def test_the_fourth_quarter_is_open_with_forms_in_every_state(session: Session) -> None:
    cycle = session.scalars(select(Cycle).where(Cycle.code == "2026Q4")).one()
    assert cycle.state == "open"
    assert cycle.opens_at < MORNING < cycle.due_at
    assert (cycle.due_at - MORNING).days <= 14
    forms = session.scalars(select(Form).join(Track).where(Track.cycle_id == cycle.id)).all()
    assert len(forms) == 40
    states = Counter("untouched" if form.saved_at is None else form.state for form in forms)
    assert set(states) == {"draft", "submitted", "returned", "approved", "untouched"}
    assert min(states.values()) >= 4
    for form in forms:
        moments = (form.saved_at, form.submitted_at, form.decided_at)
        assert all(moment is None or moment <= MORNING for moment in moments)
        if form.state == "returned":
            remarks = session.scalars(select(Remark).where(Remark.form_id == form.id)).all()
            assert {remark.item.code for remark in remarks if remark.item} == {"A1", "B3", "E2"}
    own = next(form for form in forms if form.participant.code == "BUDGET")
    assert own.state == "draft"
    filled = [entry for entry in own.entries if entry.actual is not None or entry.choice or entry.is_not_applicable]
    assert 0 < len(filled) < len(own.entries)


def test_targets_and_last_values_are_at_hand(session: Session) -> None:
    spending = (
        select(Cycle.code, Entry.target)
        .select_from(Entry)
        .join(Form, Form.id == Entry.form_id)
        .join(Participant, Participant.id == Form.participant_id)
        .join(Track, Track.id == Form.track_id)
        .join(Cycle, Cycle.id == Track.cycle_id)
        .where(Participant.code == "BUDGET")
    )
    rows = session.execute(spending.where(Entry.item.has(code="B1")).order_by(Cycle.code)).all()
    assert [target for _, target in rows] == [24, 50, 74, 96]
    assert count(session, Entry, Entry.item.has(code="A1"), Entry.target.is_(None)) == 0
    assert count(session, Entry, Entry.item.has(code="E2"), Entry.baseline.is_(None)) == 0
    cycles = session.scalars(select(Cycle).order_by(Cycle.code)).all()
    assert [cycle.previous.code if cycle.previous else None for cycle in cycles] == [None, "2026Q1", "2026Q2", "2026Q3"]


def test_each_step_was_taken_by_whom_it_belongs_to(session: Session) -> None:
    by_action: dict[str, set[str]] = {}
    for action, username in session.execute(select(AuditEntry.action, AuditEntry.username).distinct()):
        by_action.setdefault(action, set()).add(username)
    assert by_action["cycle.open"] == by_action["cycle.close"] == {"comprehensive"}
    assert by_action["run.publish"] == {"leadership"}
    for action in ("scheme.import", "scheme_version.publish", "track.import", "track.score", "run.propose"):
        assert by_action[action] == {"indicator"}, action
    assert all(
        name == "liaison" or name.endswith(".liaison") for name in by_action["form.fill"] | by_action["form.submit"]
    )
    assert all(
        name == "leader" or name.endswith(".leader") for name in by_action["form.return"] | by_action["form.approve"]
    )
    people = select(AuditEntry.username).where(AuditEntry.record_entity == "person").distinct()
    assert set(session.scalars(people)) == {"personnel"}
    by_system = set(session.scalars(select(AuditEntry.record_entity).where(AuditEntry.username == "system")))
    assert by_system <= {"user", "grant", "setting"}


def test_history_runs_forward_and_ends_before_now(session: Session) -> None:
    query = select(AuditEntry.at).where(AuditEntry.record_entity != "setting").order_by(AuditEntry.id)
    moments = session.scalars(query).all()
    assert list(moments) == sorted(moments)
    assert moments[-1] <= MORNING


def test_no_hash_of_a_password_is_in_the_audit_trail(session: Session) -> None:
    for changes in session.scalars(select(AuditEntry.changes).where(AuditEntry.record_entity == "user")):
        assert "scrypt" not in str(changes)


def test_every_adjustment_is_approved_and_has_a_reason(session: Session) -> None:
    rows = session.scalars(select(Adjustment)).all()
    assert len(rows) == 10
    assert all(row.reason and row.approved_by == "indicator" for row in rows)


def test_the_demo_is_found_in_its_own_words(demo: Database, session: Session) -> None:
    actor = load_actor(session, "liaison", source="screen", on=MORNING.date())
    with demo.session(actor) as own:
        forms = own.scalars(select(Form)).all()
        assert {form.participant.code for form in forms} == {"BUDGET"}
        assert len(forms) == 4
