"""Designing a scheme: items moved, added and removed in a draft, values tried, versions compared."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.errors import Invalid, NotAllowed, NotFound, PlumblineError, Refused, Stale, WrongState
from models.operations.item_moves import add_item, move_item, place_item, remove_item, step_item
from models.operations.item_trials import rate_curve, try_value
from models.operations.records import save_record
from models.operations.scheme_comparison import compare_versions
from models.operations.scheme_tree import in_tree_order
from models.operations.scheme_trials import try_version
from models.operations.schemes import engine_scheme, import_scheme, new_version
from models.operations.scoring import propose_run, publish_run, run_scoring
from models.scheme import Item
from plugins.engine.scheme import Item as EngineItem
from plugins.engine.scheme import Scheme
from tests.operations.factories import World, full_cycle


def leaf(code: str, parent: str | None, **more: object) -> EngineItem:
    given = {"weight": 25.0, "method": "ratio", "value_type": "number", "direction": "higher", **more}
    return EngineItem(code, parent, name=code, **given)  # type: ignore[arg-type]


TREE = Scheme(
    code="TREE",
    name="Tree",
    items=(
        EngineItem("A", None, "dimension", name="A"),
        leaf("A1", "A"),
        leaf("A2", "A"),
        EngineItem("B", None, "dimension", name="B"),
        leaf("B1", "B", weight=50.0, method="deduct", params={"each": "5"}, direction=None),
        EngineItem("P1", None, "bonus", name="P1"),
        EngineItem("P2", None, "bonus", name="P2"),
    ),
)


@pytest.fixture
def draft(world: World) -> int:
    """The version id of a draft of TREE."""
    with world.as_role("indicator") as session:
        version_id = import_scheme(session, TREE, commit=True).version_id
    assert version_id is not None
    return version_id


def one(session: object, code: str) -> Item:
    found: Item = session.scalars(select(Item).where(Item.code == code)).one()  # type: ignore[attr-defined]
    return found


def shape(session: object, version_id: int) -> str:
    """The tree as one line: `A(A1 A2)` …"""
    return " ".join("." * depth + item.code for item, depth in in_tree_order(engine_scheme(session, version_id)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "step", "expected"),
    [
        ("A2", "up", "A .A2 .A1 B .B1 P1 P2"),
        ("A1", "down", "A .A2 .A1 B .B1 P1 P2"),
        ("A1", "up", "A .A1 .A2 B .B1 P1 P2"),
        ("B", "up", "B .B1 A .A1 .A2 P1 P2"),
        ("B", "indent", "A .A1 .A2 .B ..B1 P1 P2"),
        ("A2", "outdent", "A .A1 A2 B .B1 P1 P2"),
        ("A1", "outdent", "A .A2 A1 B .B1 P1 P2"),
        ("A2", "indent", "A .A1 .A2 B .B1 P1 P2"),
        ("P1", "down", "A .A1 .A2 B .B1 P2 P1"),
        ("P2", "indent", "A .A1 .A2 B .B1 P1 P2"),
    ],
)
def test_a_step_moves_an_item_with_what_is_below_it(
    world: World, draft: int, code: str, step: str, expected: str
) -> None:
    with world.as_role("indicator") as session:
        item = one(session, code)
        step_item(session, item.id, item.version, step)
        assert shape(session, draft) == expected


@pytest.mark.parametrize(
    ("code", "place", "target", "expected"),
    [
        ("A1", "into", "B", "A .A2 B .B1 .A1 P1 P2"),
        ("B1", "before", "A1", "A .B1 .A1 .A2 B P1 P2"),
        ("A1", "after", "A2", "A .A2 .A1 B .B1 P1 P2"),
        ("A", "after", "B", "B .B1 A .A1 .A2 P1 P2"),
        ("A1", "before", "A1", "A .A1 .A2 B .B1 P1 P2"),
    ],
)
def test_an_item_is_put_beside_or_within_another(
    world: World, draft: int, code: str, place: str, target: str, expected: str
) -> None:
    with world.as_role("indicator") as session:
        item = one(session, code)
        place_item(session, item.id, item.version, one(session, target).id, place)
        assert shape(session, draft) == expected


@pytest.mark.parametrize("parent", ["A", "B", "A1", "NONE", None])
@pytest.mark.parametrize("position", [-3, 0, 1, 99])
def test_every_move_gives_a_tree_or_a_reason(world: World, draft: int, parent: str | None, position: int) -> None:
    with world.as_role("indicator") as session:
        item = one(session, "A")
        before = shape(session, draft)
        if parent in {"A", "A1", "NONE"}:
            with pytest.raises(Invalid) as refused:
                move_item(session, item.id, item.version, parent, position)
            assert "parent" in refused.value.fields
            assert shape(session, draft) == before
        else:
            move_item(session, item.id, item.version, parent, position)
            items = shape(session, draft).replace(".", "").split()
            assert sorted(items) == sorted(before.replace(".", "").split())
            assert [row.position for row in session.scalars(select(Item).order_by(Item.position))] == list(range(7))


def test_an_item_cannot_be_moved_below_what_is_below_it(world: World, draft: int) -> None:
    with world.as_role("indicator") as session:
        b = one(session, "B")
        move_item(session, b.id, b.version, "A", 0)
        a = one(session, "A")
        with pytest.raises(Invalid):
            move_item(session, a.id, a.version, "B", 0)


def test_a_stale_a_frozen_and_a_forbidden_move_are_refused(world: World, draft: int) -> None:
    with world.as_role("indicator") as session:
        item = one(session, "A2")
        with pytest.raises(Stale):
            step_item(session, item.id, item.version + 1, "up")
    with world.as_role("comprehensive") as session:
        item = one(session, "A2")
        with pytest.raises(NotAllowed):
            step_item(session, item.id, item.version, "up")
    with world.system() as session:
        one(session, "A2").scheme_version.state = "published"
        session.commit()
    with world.as_role("indicator") as session:
        item = one(session, "A2")
        with pytest.raises(PlumblineError):
            step_item(session, item.id, item.version, "up")


def test_items_are_added_in_place_and_removed_from_below(world: World, draft: int) -> None:
    with world.as_role("indicator") as session:
        add_item(session, one(session, "A1").id, "after", {"code": "A15", "name": "New", "kind": "indicator"})
        add_item(session, one(session, "B").id, "into", {"code": "C", "name": "Deep", "kind": "dimension"})
        add_item(session, one(session, "B").id, "after", {"code": "V", "name": "Veto", "kind": "veto"})
        assert shape(session, draft) == "A .A1 .A15 .A2 B .B1 .C P1 P2 V"
        with pytest.raises(Invalid) as refused:
            add_item(session, one(session, "A1").id, "after", {"code": "A15", "name": "Twice", "kind": "indicator"})
        assert "code" in refused.value.fields
        b = one(session, "B")
        with pytest.raises(WrongState, match="B1, C"):
            remove_item(session, b.id, b.version)
        c = one(session, "C")
        remove_item(session, c.id, c.version)
        assert shape(session, draft) == "A .A1 .A15 .A2 B .B1 P1 P2 V"


def test_a_value_is_tried_although_the_draft_does_not_add_up(world: World, draft: int) -> None:
    with world.as_role("indicator") as session:
        a1 = one(session, "A1")
        a1.weight = None
        found = try_value(session, one(session, "B1").id, {}, {"actual": "3"})
        assert (found.rate, found.marks) == (pytest.approx(0.7), pytest.approx(35.0))
        missing = try_value(session, a1.id, {}, {"actual": "3"})
        assert (missing.rate, missing.marks) == (None, None)
        session.rollback()


def test_a_curve_shows_the_stretch_where_the_rate_changes(world: World, draft: int) -> None:
    with world.as_role("indicator") as session:
        b1 = one(session, "B1")
        drawn = rate_curve(session, b1.id, {}, {})
        ratio = rate_curve(session, one(session, "A1").id, {}, {"target": "40"})
        peers = rate_curve(session, b1.id, {"method": "minmax", "direction": "higher"}, {})
        session.rollback()
    assert drawn is not None
    assert drawn.xs[0] == 0
    assert 10 < drawn.xs[-1] < 15
    assert dict(drawn.named)[10] == 0
    assert ratio is not None
    assert ratio.target == 40
    assert 40 < ratio.xs[-1] < 60
    assert peers is None


def published_cycle(world: World) -> int:
    """A published run of one unit's approved form; the id of the scheme's new draft version."""
    full_cycle(world, "TAX")
    with world.as_role("indicator") as session:
        run = run_scoring(session, world.ids["track"])
        propose_run(session, run.id, run.version)
        run_id = run.id
        scheme_id = run.track.scheme_version.scheme_id
    with world.as_role("leadership") as session:
        publish_run(session, run_id, 2)
    with world.as_role("indicator") as session:
        return int(new_version(session, scheme_id).id)


def item_in(session: object, version_id: int, code: str) -> Item:
    query = select(Item).where(Item.code == code, Item.scheme_version_id == version_id)
    found: Item = session.scalars(query).one()  # type: ignore[attr-defined]
    return found


def test_an_unchanged_draft_gives_what_was_published_and_a_changed_one_does_not(world: World) -> None:
    draft_id = published_cycle(world)
    with world.as_role("indicator") as session:
        same = try_version(session, draft_id)
        assert [(m.total, m.rank, m.grade) for m in same.moves] == [
            (m.was_total, m.was_rank, m.was_grade) for m in same.moves
        ]
        assert (same.moved, same.regraded, same.without) == (0, 0, ())
        level = item_in(session, draft_id, "LEVEL")
        save_record(session, "item", level.id, {"table_rows": [["A", 1], ["B", 0], ["C", 0]]}, level.version)
        changed = try_version(session, draft_id)
        tax = next(move for move in changed.moves if move.code == "TAX")
        assert tax.total == pytest.approx((tax.was_total or 0) - 14)


def test_a_draft_that_the_data_does_not_fit_is_refused_with_reasons(world: World) -> None:
    draft_id = published_cycle(world)
    with world.as_role("indicator") as session:
        level = item_in(session, draft_id, "LEVEL")
        save_record(session, "item", level.id, {"table_rows": [["X", 1]]}, level.version)
        with pytest.raises(Refused) as refused:
            try_version(session, draft_id)
        assert refused.value.findings
    with world.as_role("comprehensive") as session, pytest.raises(NotAllowed):
        try_version(session, draft_id)


def test_without_anything_published_there_is_nothing_to_try_on(world: World, draft: int) -> None:
    with world.as_role("indicator") as session, pytest.raises(NotFound):
        try_version(session, draft)


def test_versions_differ_by_what_was_changed_and_nothing_else(world: World) -> None:
    draft_id = published_cycle(world)
    with world.as_role("indicator") as session:
        level = item_in(session, draft_id, "LEVEL")
        first = level.scheme_version.scheme.versions[0].id
        assert compare_versions(session, first, draft_id) == []
        save_record(session, "item", level.id, {"weight": 15, "source": ""}, level.version)
        found = compare_versions(session, first, draft_id)
        fields = {(part.code, change.name): (change.before, change.after) for part in found for change in part.changes}
        assert fields.pop(("LEVEL", "weight")) == (20.0, 15.0)
        assert fields.pop(("LEVEL", "source"))[1] is None
        assert fields == {}
