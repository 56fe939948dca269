"""Schemes: drafts, publication with every reason, the next version, and the round trip to the engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models.errors import Frozen, NotAllowed, Refused, Stale, WrongState
from models.operations.records import save_record
from models.operations.scheme_shape import (
    band_values,
    engine_item,
    group_values,
    item_values,
    scheme_from_version,
    version_values,
)
from models.operations.schemes import check_version, engine_scheme, import_scheme, new_version, publish_version
from models.scheme import GradeBand, Item, RaterGroup, Scheme, SchemeVersion
from plugins.engine.scheme import Item as EngineItem
from plugins.engine.scheme import RaterGroup as EngineGroup
from plugins.engine.scheme import TableRow
from tests.operations.factories import SCHEME, World, add_scheme, changed_weight, world_version

PARTS = 1 + len(SCHEME.items) + len(SCHEME.grades)


def test_a_new_scheme_is_a_draft_that_holds_exactly_what_came(world: World) -> None:
    with world.as_role("indicator") as session:
        dry = import_scheme(session, SCHEME, commit=False)
        assert (dry.version_id, dry.added, dry.new_version) == (None, PARTS, True)
        assert session.scalars(select(Scheme)).all() == []
        report = import_scheme(session, SCHEME, commit=True)
        assert (report.added, report.changed, report.same) == (PARTS, 0, 0)
        assert report.version_id is not None
        assert replace(engine_scheme(session, report.version_id), version=None) == SCHEME
        again = import_scheme(session, SCHEME, commit=True)
        assert (again.version_id, again.added, again.same) == (report.version_id, 0, PARTS)


def test_a_draft_is_replaced_and_keeps_what_no_workbook_carries(world: World) -> None:
    version_id = add_scheme(world, publish=False)
    with world.as_role("indicator") as session:
        item = session.scalars(select(Item).where(Item.code == "EXEC")).one()
        save_record(session, "item", item.id, {"max_value": "110", "name_en": "Execution"}, item.version)
        changed = replace(changed_weight(SCHEME, "EXEC", 35.0), items=changed_weight(SCHEME, "EXEC", 35.0).items[:-1])
        report = import_scheme(session, changed, commit=True)
        assert (report.version_id, report.changed, report.removed) == (version_id, 1, 1)
        kept = session.scalars(select(Item).where(Item.code == "EXEC")).one()
        assert (kept.weight, kept.max_value, kept.name_en) == (35.0, 110.0, "Execution")


def test_what_the_engine_cannot_read_is_refused_whole(world: World) -> None:
    bad = replace(SCHEME, items=(*SCHEME.items, EngineItem("X", "NOWHERE", method="nonsense", weight=1.0)))
    too_long = replace(SCHEME, name="x" * 121)
    with world.as_role("indicator") as session:
        for scheme, column in ((bad, {"parent", "method"}), (too_long, {"name"})):
            report = import_scheme(session, scheme, commit=True)
            assert report.refused
            assert column <= {finding.place.column for finding in report.findings if finding.level == "error"}
        assert session.scalars(select(Scheme)).all() == []


def test_publishing_refuses_with_every_reason_at_once(world: World) -> None:
    items = tuple(replace(item, source=None) if item.code == "COUNT" else item for item in SCHEME.items)
    version_id = add_scheme(world, changed_weight(replace(SCHEME, items=items), "EXEC", 30.0), publish=False)
    with world.as_role("indicator") as session:
        check = check_version(session, version_id)
        assert not check.is_publishable
        whole = next(one for one in check.sums if one.parent == "")
        assert (whole.found, whole.expected, whole.is_right) == (90.0, 100.0, False)
        row = world_version(session, version_id)
        with pytest.raises(Refused) as caught:
            publish_version(session, version_id, row.version)
        places = {(found.place.key, found.place.column) for found in caught.value.findings}
        assert ("COUNT", "source") in places
        assert any("90" in str(found.text) for found in caught.value.findings)
        assert world_version(session, version_id).state == "draft"


def test_a_published_version_is_frozen_and_the_next_change_is_a_new_one(world: World) -> None:
    version_id = add_scheme(world)
    with world.as_role("indicator") as session:
        row = world_version(session, version_id)
        with pytest.raises(WrongState):
            publish_version(session, version_id, row.version)
        assert import_scheme(session, SCHEME, commit=True).version_id == version_id
        report = import_scheme(session, changed_weight(SCHEME, "EXEC", 41.0), commit=True)
        assert (report.new_version, report.changed, report.version_id != version_id) == (True, 1, True)
        assert engine_scheme(session, version_id).items[1].weight == 40.0
        with pytest.raises(WrongState):
            new_version(session, row.scheme_id)
    with world.as_role("indicator") as session:
        moved = replace(SCHEME, applies_to="region")
        assert import_scheme(session, moved, commit=True).refused


def test_a_new_version_copies_the_newest(world: World) -> None:
    version_id = add_scheme(world)
    with world.as_role("indicator") as session:
        copy = new_version(session, world_version(session, version_id).scheme_id)
        assert (copy.number, copy.state) == (2, "draft")
        assert replace(scheme_from_version(copy), version="1") == engine_scheme(session, version_id)
        item = copy.items[1]
        save_record(session, "item", item.id, {"name": "改名"}, item.version)
        assert engine_scheme(session, version_id).items[1].name == "预算执行率"


def test_publishing_asks_for_the_version_that_was_read_and_for_the_grant(world: World) -> None:
    version_id = add_scheme(world, publish=False)
    with world.as_role("indicator") as session, pytest.raises(Stale):
        publish_version(session, version_id, 99)
    with world.as_role("comprehensive") as session, pytest.raises(NotAllowed):
        publish_version(session, version_id, 1)
    with world.as_role("comprehensive") as session, pytest.raises(NotAllowed):
        import_scheme(session, SCHEME, commit=True)
    with world.as_role("regional") as session, pytest.raises(NotAllowed):
        import_scheme(session, replace(SCHEME, code="MINE"), commit=True)
    with world.as_role("regional") as session:
        assert import_scheme(session, replace(SCHEME, code="MINE", applies_to="region"), commit=True).version_id


def test_the_frozen_rows_refuse_even_the_system(world: World) -> None:
    version_id = add_scheme(world)
    with world.system() as session:
        row = session.scalars(select(Item).where(Item.scheme_version_id == version_id)).first()
        assert row is not None
        row.weight = 1.0
        with pytest.raises(Frozen):
            session.commit()


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MAYBE = st.one_of(st.none(), NUMBERS)
TEXTS = st.one_of(st.none(), st.text(min_size=1, max_size=20))
ITEMS = st.builds(
    EngineItem,
    code=st.text("ABC_1", min_size=1, max_size=5),
    parent=st.one_of(st.none(), st.just("A")),
    kind=st.sampled_from(["dimension", "indicator", "bonus"]),
    name=st.text(max_size=20),
    weight=MAYBE,
    method=TEXTS,
    params=st.dictionaries(st.text("abc", min_size=1), st.text("xyz019.=", min_size=1, max_size=9)),
    table=st.lists(st.builds(TableRow, st.one_of(NUMBERS, st.text(min_size=1, max_size=9)), NUMBERS)).map(tuple),
    floor=st.one_of(st.none(), st.just("none"), NUMBERS),
    cap=st.one_of(st.none(), st.just("none"), NUMBERS),
    decimals=st.one_of(st.none(), st.integers(0, 6)),
    unit=TEXTS,
)


@given(st.lists(ITEMS, max_size=4, unique_by=lambda item: item.code))
def test_the_round_trip_through_rows_is_exact(items: list[EngineItem]) -> None:
    scheme = replace(
        SCHEME,
        items=tuple(items),
        raters=(EngineGroup("G", "组", 0.5, 2, "max 3 >= 90"),),
        tie_breakers=("A", "B"),
        min_total=None,
        max_total=120.0,
        cycle_end=date(2026, 12, 31),
        version="1",
    )
    version = SchemeVersion(number=1, scheme=Scheme(code="DIV", name="处室考核", applies_to="unit"))
    for name, value in version_values(scheme).items():
        setattr(version, name, value)
    version.items = [Item(**item_values(item, at)) for at, item in enumerate(scheme.items)]
    version.rater_groups = [RaterGroup(**group_values(group, at)) for at, group in enumerate(scheme.raters)]
    version.grade_bands = [GradeBand(**band_values(band, at)) for at, band in enumerate(scheme.grades)]
    assert scheme_from_version(version) == scheme
    assert tuple(engine_item(item) for item in version.items) == scheme.items
