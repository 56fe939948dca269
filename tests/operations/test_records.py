"""The write path: every field checked, nothing half-written, nothing typed lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from models.account import Grant
from models.audit import AuditEntry
from models.errors import Frozen, Invalid, NotAllowed, NotFound, Stale, WrongState
from models.operations.records import delete_record, get_record, save_record
from models.organization import Unit, UnitVersion
from models.scheme import Item, SchemeVersion
from models.setting import Setting
from tests.operations.factories import World, add_cycle, add_scheme, make_organization, open_it


def refused(world: World, who: str, entity: str, record_id: int | None, version: int | None, **values: Any) -> Invalid:
    with world.as_role(who) as session:
        with pytest.raises(Invalid) as caught:
            save_record(session, entity, record_id, values, version)
        assert not session.new
        assert not session.dirty
    return caught.value


def test_text_becomes_what_is_stored(world: World) -> None:
    make_organization(world)
    with world.as_role("admin") as session:
        unit = save_record(
            session,
            "unit",
            None,
            {"code": "NEW", "name": " 新处 ", "kind": "处室", "parent": "DEPT", "position": "１２", "opened_on": "2026年1月2日"},
            None,
        )
        assert (unit.name, unit.kind, unit.position, unit.opened_on) == ("新处", "division", 12, date(2026, 1, 2))
        assert unit.parent_id == world.ids["DEPT"]
        assert unit.path == f"/{world.ids['DEPT']}/{unit.id}/"


def test_a_reference_is_an_id_a_record_or_a_natural_key(world: World) -> None:
    make_organization(world)
    with world.as_role("personnel") as session:
        unit = session.get(Unit, world.ids["TAX"])
        for number, given in enumerate((world.ids["TAX"], unit, "TAX")):
            post = save_record(session, "post", None, {"code": f"P{number}", "name": "岗位", "unit": given}, None)
            assert post.unit_id == world.ids["TAX"]


def test_every_field_in_error_is_named_at_once(world: World) -> None:
    make_organization(world)
    error = refused(
        world, "admin", "unit", None, None,
        code="a/b", kind="nonsense", parent="NOWHERE", position="x", opened_on="23/11/2026", colour="red",
    )  # fmt: skip
    assert set(error.fields) == {"code", "kind", "parent", "position", "opened_on", "colour", "name"}
    assert "department" in str(error.fields["kind"])
    assert error.fields["name"].in_language("zh") == "此项必填。"


def test_a_taken_code_is_named_before_the_database_speaks(world: World) -> None:
    make_organization(world)
    error = refused(world, "admin", "unit", None, None, code="TAX", name="another", kind="division")
    assert set(error.fields) == {"code"}


def test_a_combination_that_stands_already_names_its_fields(world: World) -> None:
    make_organization(world)
    world.put("post", code="P1", name="岗", unit="TAX")
    world.put("person", code="E1", name="王芳", unit="TAX")
    held = {"person": "E1", "post": "P1", "start_on": "2026-01-01"}
    world.put("appointment", **held)
    assert set(refused(world, "personnel", "appointment", None, None, **held).fields) == {"person", "post", "start_on"}


def test_a_stale_save_shows_both_versions(world: World) -> None:
    make_organization(world)
    tax = world.ids["TAX"]
    with world.as_role("admin") as session:
        version = get_record(session, "unit", tax).version
        save_record(session, "unit", tax, {"name": "税政一处"}, version)
    with world.as_role("admin") as session, pytest.raises(Stale) as caught:
        save_record(session, "unit", tax, {"name": "税政二处", "parent": "BUDGET"}, version)
    assert caught.value.theirs == {"name": "税政一处", "parent": "DEPT"}
    assert caught.value.yours == {"name": "税政二处", "parent": "BUDGET"}
    assert caught.value.version == version + 1
    assert refused(world, "admin", "unit", tax, None, name="x").fields.keys() == {"version"}


def test_what_is_not_named_stays(world: World) -> None:
    make_organization(world)
    with world.as_role("admin") as session:
        unit = get_record(session, "unit", world.ids["TAX"])
        saved = save_record(session, "unit", unit.id, {"name": "税政处（新）"}, unit.version)
        assert (saved.code, saved.name_en, saved.parent_id) == ("TAX", "Tax", world.ids["DEPT"])


def test_nothing_stays_of_a_refused_save(world: World) -> None:
    make_organization(world)
    with world.system() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
    refused(world, "admin", "unit", world.ids["TAX"], 1, name="x" * 121, kind="city")
    with world.system() as session:
        unit = session.get(Unit, world.ids["TAX"])
        assert (unit.kind, unit.version) == ("division", 1)
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_reach_holds_for_rows_and_references(world: World) -> None:
    make_organization(world)
    with world.as_role("personnel", "BUDGET", "subtree") as session:
        save_record(session, "post", None, {"code": "OK", "name": "岗", "unit": "OFFICE"}, None)
        with pytest.raises(NotAllowed):
            save_record(session, "post", None, {"code": "NO", "name": "岗", "unit": "TAX"}, None)
    taken = world.put("post", code="FAR", name="岗", unit="TAX")
    with world.as_role("personnel", "BUDGET", "subtree") as session:
        with pytest.raises(NotFound):
            save_record(session, "post", taken, {"name": "mine"}, 1)
        with pytest.raises(Invalid) as caught:
            save_record(session, "post", None, {"code": "FAR", "name": "岗", "unit": "OFFICE"}, None)
        assert set(caught.value.fields) == {"code"}
    with world.as_role("liaison", "TAX") as session, pytest.raises(NotAllowed):
        save_record(session, "post", None, {}, None)
    with world.acting(None) as session, pytest.raises(NotAllowed):
        save_record(session, "post", None, {"code": "X"}, None)


def test_a_unit_cannot_hang_below_itself(world: World) -> None:
    make_organization(world)
    error = refused(world, "admin", "unit", world.ids["BUDGET"], 1, parent="OFFICE")
    assert set(error.fields) == {"parent"}


def test_a_closed_unit_takes_no_new_posts_people_or_units(world: World) -> None:
    make_organization(world)
    with world.as_role("admin") as session:
        save_record(session, "unit", world.ids["TAX"], {"closed_on": "2026-11-01"}, 1)
    assert set(refused(world, "personnel", "post", None, None, code="P", name="n", unit="TAX").fields) == {"unit"}
    assert set(refused(world, "personnel", "person", None, None, code="E", name="n", unit="TAX").fields) == {"unit"}
    assert set(refused(world, "admin", "unit", None, None, code="U", name="n", kind="division", parent="TAX").fields) == {"parent"}


def test_a_change_on_a_date_opens_a_new_version_of_the_unit(world: World) -> None:
    make_organization(world)
    with world.as_role("admin") as session:
        save_record(session, "unit", world.ids["TAX"], {"name": "税收处"}, 1, effective_on=date(2027, 1, 1))
    with world.system() as session:
        query = select(UnitVersion).where(UnitVersion.unit_id == world.ids["TAX"]).order_by(UnitVersion.valid_from)
        assert [(v.name, v.valid_to) for v in session.scalars(query)] == [("税政处", date(2027, 1, 1)), ("税收处", None)]


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (("2026-01-01", "2025-12-31"), None, "end_on"),
        (("2026-01-01", None), ("2026-06-01", None), "start_on"),
        (("2026-01-01", "2026-06-30"), ("2026-06-30", None), "start_on"),
    ],
)
def test_appointments_run_forward_and_do_not_overlap(world: World, first: Any, second: Any, field: str) -> None:
    make_organization(world)
    world.put("post", code="P1", name="岗", unit="TAX")
    world.put("person", code="E1", name="王芳", unit="TAX")
    held = {"person": "E1", "post": "P1"}
    if second is not None:
        world.put("appointment", **held, start_on=first[0], end_on=first[1])
        first = second
    error = refused(world, "personnel", "appointment", None, None, **held, start_on=first[0], end_on=first[1])
    assert set(error.fields) == {field}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"role": "liaison", "scope": "all"}, {"scope"}),
        ({"role": "liaison", "scope": "unit"}, {"unit"}),
        ({"role": "indicator", "scope": "all", "unit": "TAX"}, {"unit"}),
        ({"role": "nobody", "scope": "all"}, {"role"}),
        ({"role": "liaison", "scope": "unit", "unit": "TAX", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}, {"ends_on"}),
    ],
)
def test_grants_reach_as_far_as_roles_may(world: World, values: dict[str, Any], fields: set[str]) -> None:
    make_organization(world)
    user = world.put("user", username="wang", first_name="芳", last_name="王", email="wang@example.org")
    assert set(refused(world, "admin", "grant", None, None, user=user, **values).fields) == fields


def test_a_sign_in_goes_with_its_grants(world: World) -> None:
    user = world.put("user", username="wang", first_name="芳", last_name="王", email="wang@example.org")
    world.put("grant", user=user, role="indicator", scope="all")
    with world.as_role("admin") as session:
        delete_record(session, "user", user, 1)
        assert session.scalar(select(func.count()).select_from(Grant)) == 0


def test_what_others_refer_to_is_not_deleted(world: World) -> None:
    make_organization(world)
    with world.as_role("admin") as session:
        with pytest.raises(WrongState) as caught:
            delete_record(session, "unit", world.ids["BUDGET"], 1)
        assert "Unit (1)" in str(caught.value.text)
        delete_record(session, "unit", world.ids["OFFICE"], 1)
        with pytest.raises(NotFound):
            get_record(session, "unit", world.ids["OFFICE"])


def test_an_item_is_refused_with_what_the_engine_says_at_its_field(world: World) -> None:
    version_id = add_scheme(world, publish=False)
    with world.as_role("indicator") as session:
        item = session.scalars(select(Item).where(Item.code == "EXEC")).one()
        for values, field in (
            ({"method": "nonsense"}, "method"),
            ({"params": "speed=3"}, "params"),
            ({"parent": "COUNT"}, "parent"),
        ):
            with pytest.raises(Invalid) as caught:
                save_record(session, "item", item.id, values, item.version)
            assert set(caught.value.fields) == {field}
        saved = save_record(session, "item", item.id, {"weight": "30"}, item.version)
        assert saved.weight == 30.0
        assert saved.scheme_version_id == version_id


def test_published_versions_are_frozen_part_by_part(world: World) -> None:
    version_id = add_scheme(world)
    with world.as_role("indicator") as session:
        item = session.scalars(select(Item).where(Item.code == "EXEC")).one()
        with pytest.raises(Invalid):
            save_record(session, "item", item.id, {"weight": 30}, item.version)
        version = session.get(SchemeVersion, version_id)
        with pytest.raises(Frozen):
            save_record(session, "scheme_version", version_id, {"decimals": 3}, version.version)
        assert session.get(SchemeVersion, version_id).decimals == 2


def test_tracks_and_participants_join_draft_cycles_only(world: World) -> None:
    make_organization(world)
    cycle_id = add_cycle(world, add_scheme(world))
    participant = {"track": world.ids["track"], "unit": "HARBOUR"}
    with world.as_role("comprehensive") as session:
        saved = save_record(session, "participant", None, participant, None)
        assert (saved.code, saved.name, saved.parent_code) == ("HARBOUR", "海港市", "DEPT")
        delete_record(session, "participant", saved.id, saved.version)
    open_it(world, cycle_id)
    assert set(refused(world, "comprehensive", "participant", None, None, **participant).fields) == {"track"}
    with world.as_role("comprehensive") as session:
        cycle = get_record(session, "cycle", cycle_id)
        with pytest.raises(Invalid) as caught:
            save_record(session, "cycle", cycle_id, {"is_trial": True}, cycle.version)
        assert set(caught.value.fields) == {"is_trial"}
        save_record(session, "cycle", cycle_id, {"due_at": "2026-12-20 18:00"}, cycle.version)


def test_settings_take_what_their_catalogue_says(world: World) -> None:
    with world.system() as session:
        session.add(Setting(code="due_soon_days", value="7"))
        session.commit()
        number = session.scalar(select(Setting.id))
    assert set(refused(world, "admin", "setting", number, 1, value="many").fields) == {"value"}
    with world.as_role("admin") as session:
        assert save_record(session, "setting", number, {"value": "10"}, 1).value == "10"
