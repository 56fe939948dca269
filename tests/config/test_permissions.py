"""Who may do what, written out once more and by hand: a permission that widens by accident fails here."""

from __future__ import annotations

import pytest

from config.metadata import Metadata, Permission, load_metadata

GROUPS = {"comprehensive", "indicator", "regional"}
WATCHERS = {"leadership", "supervision"}
LINE = {"liaison", "leader"}
EVERYONE = {
    "admin", "comprehensive", "indicator", "regional", "personnel", "liaison", "leader", "staff", "rater",
    "leadership", "supervision",
}  # fmt: skip
READING = {"list", "show", "export"}

KEEPERS = {
    "unit": {"admin"},
    "unit_succession": {"admin"},
    "post": {"personnel"},
    "person": {"personnel"},
    "appointment": {"personnel"},
    "user": {"admin"},
    "grant": {"admin"},
    "scheme": {"indicator", "regional"},
    "scheme_version": {"indicator", "regional"},
    "item": {"indicator", "regional"},
    "rater_group": {"indicator", "regional"},
    "grade_band": {"indicator", "regional"},
    "adjustment": {"indicator", "regional"},
    "cycle": {"comprehensive"},
    "participant": {"comprehensive", "regional"},
}
"""Entity → the roles that add, edit, delete and import its records."""

FURTHER = {
    ("track", "add"): {"comprehensive", "regional"},
    ("track", "edit"): {"comprehensive", "regional"},
    ("track", "delete"): {"comprehensive", "regional"},
    ("track", "import"): {"indicator", "regional"},
    ("track", "score"): {"indicator", "regional"},
    ("track", "answer"): {"indicator", "regional"},
    ("setting", "edit"): {"admin"},
    ("upload", "add"): EVERYONE,
    ("upload", "delete"): EVERYONE,
    ("scheme_version", "publish"): {"indicator", "regional"},
    ("scheme_version", "new_version"): {"indicator", "regional"},
    ("cycle", "open"): {"comprehensive"},
    ("cycle", "close"): {"comprehensive"},
    ("cycle", "bind"): {"personnel"},
    ("cycle", "apply"): {"personnel"},
    ("outcome", "propose"): {"personnel"},
    ("outcome", "change"): {"personnel"},
    ("outcome", "approve"): {"personnel"},
    ("outcome", "reject"): {"personnel"},
    ("form", "fill"): {"liaison"},
    ("form", "submit"): {"liaison"},
    ("form", "return"): {"leader"},
    ("form", "approve"): {"leader"},
    ("run", "propose"): {"indicator", "regional"},
    ("run", "publish"): {"leadership"},
}
"""Every other action that changes something → the roles that may."""

LISTS = {
    "unit": EVERYONE - {"staff", "rater"},
    "unit_version": {"admin", "personnel", *GROUPS, *WATCHERS},
    "unit_succession": {"admin", "personnel", *GROUPS, *WATCHERS},
    "post": {"personnel", "comprehensive", "staff", *LINE, *WATCHERS},
    "person": {"admin", "personnel", "comprehensive", "staff", *LINE, *WATCHERS},
    "appointment": {"personnel", "comprehensive", "staff", *LINE, *WATCHERS},
    "user": {"admin", "supervision"},
    "grant": {"admin", "supervision"},
    "setting": {"admin", "supervision"},
    "audit": {"admin", "supervision"},
    "audit_seal": set(),
    "upload": EVERYONE,
    "scheme": GROUPS | WATCHERS,
    "scheme_version": GROUPS | WATCHERS,
    "item": GROUPS | WATCHERS,
    "rater_group": GROUPS | WATCHERS,
    "grade_band": GROUPS | WATCHERS,
    "cycle": {"personnel", *GROUPS, *WATCHERS},
    "track": GROUPS | WATCHERS,
    "participant": GROUPS | WATCHERS,
    "adjustment": {"staff", *GROUPS, *LINE, *WATCHERS},
    "form": {"staff", *GROUPS, *LINE, *WATCHERS},
    "entry": {"staff", *GROUPS, *LINE, *WATCHERS},
    "remark": {"staff", *GROUPS, *LINE, *WATCHERS},
    "rating": {"indicator", "regional", "supervision"},
    "linked_rate": GROUPS | WATCHERS,
    "warning_answer": {"indicator", "regional", "supervision"},
    "run": GROUPS | WATCHERS,
    "total": EVERYONE,
    "score": {"personnel", "staff", *GROUPS, *LINE, *WATCHERS},
    "cycle_rule": {"personnel", "comprehensive", *WATCHERS},
    "outcome": {"personnel", "comprehensive", "leader", "staff", *WATCHERS},
}
"""Entity → the roles that have a list of it, however short."""

SHOWN_TO_ALL = {
    "unit",
    "setting",
    "scheme",
    "scheme_version",
    "item",
    "grade_band",
    "cycle",
    "track",
    "participant",
    "run",
}
"""Readable for everyone where something refers to it."""


@pytest.fixture(scope="module")
def metadata() -> Metadata:
    return load_metadata()


def holders(metadata: Metadata, entity: str, action: str) -> set[str]:
    permissions = metadata.entities[entity].permissions
    return {role for role, given in permissions.items() if any(action in one.actions for one in given)}


def given(metadata: Metadata, role: str, entity: str, action: str) -> list[Permission]:
    return [one for one in metadata.permissions(role, entity) if action in one.actions]


def test_who_changes_what_is_exactly_this(metadata: Metadata) -> None:
    expected = dict(FURTHER)
    for entity, roles in KEEPERS.items():
        for action in ("add", "edit", "delete", "import"):
            expected[entity, action] = roles
    found = {
        (entity, action): roles
        for entity, spec in metadata.entities.items()
        for action in spec.actions
        if action not in READING and (roles := holders(metadata, entity, action))
    }
    assert found == expected


@pytest.mark.parametrize("entity", sorted(LISTS))
def test_who_has_a_list_is_exactly_this(entity: str, metadata: Metadata) -> None:
    assert holders(metadata, entity, "list") == LISTS[entity]


def test_the_table_is_complete(metadata: Metadata) -> None:
    assert set(LISTS) == set(metadata.entities)
    assert set(metadata.roles) == EVERYONE


def test_what_is_only_referred_to_is_shown_and_no_more(metadata: Metadata) -> None:
    for entity, spec in metadata.entities.items():
        shown = holders(metadata, entity, "show")
        assert (shown == EVERYONE) == (entity in SHOWN_TO_ALL | {"total", "upload"}), entity
        for role in shown - LISTS[entity]:
            actions = {action for one in spec.permissions[role] for action in one.actions}
            assert actions == {"show"}, (entity, role)


def test_nobody_exports_what_they_cannot_list(metadata: Metadata) -> None:
    for entity in metadata.entities:
        assert holders(metadata, entity, "export") <= holders(metadata, entity, "list"), entity


def test_supervision_and_leadership_change_nothing_but_what_they_publish(metadata: Metadata) -> None:
    changes = {
        (role, entity, action)
        for role in ("supervision", "leadership")
        for entity, spec in metadata.entities.items()
        for one in spec.permissions.get(role, ())
        for action in one.actions
        if action not in READING and entity != "upload"
    }
    assert changes == {("leadership", "run", "publish")}


def test_comprehensive_changes_no_score(metadata: Metadata) -> None:
    scored = ("form", "entry", "rating", "adjustment", "run", "total", "score", "item", "grade_band", "scheme_version")
    for entity in scored:
        actions = {action for one in metadata.permissions("comprehensive", entity) for action in one.actions}
        assert actions <= READING, entity


@pytest.mark.parametrize("entity", ["scheme", "scheme_version", "item", "rater_group", "grade_band", "track", "run"])
def test_the_city_and_county_group_touches_regions_only(entity: str, metadata: Metadata) -> None:
    for one in metadata.permissions("regional", entity):
        if set(one.actions) - {"show"}:
            (path,) = one.where
            assert path.endswith("applies_to")
            assert one.where[path] == ("region",)
    assert metadata.roles["regional"].scopes == ("regions",)


@pytest.mark.parametrize("role", ["liaison", "leader", "staff"])
@pytest.mark.parametrize("entity", ["form", "entry", "remark", "adjustment", "score", "person", "appointment"])
def test_the_units_own_line_reaches_no_further_than_its_grant(role: str, entity: str, metadata: Metadata) -> None:
    assert {one.scope for one in metadata.permissions(role, entity)} == {"grant"}
    assert "all" not in metadata.roles[role].scopes


@pytest.mark.parametrize("entity", ["form", "entry", "remark", "adjustment", "score"])
def test_a_liaison_sees_nothing_of_other_peoples_evaluation(entity: str, metadata: Metadata) -> None:
    assert all(one.where["person_id"] == (None,) for one in metadata.permissions("liaison", entity))


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_unpublished_results_are_seen_by_those_who_make_them(role: str, metadata: Metadata) -> None:
    insiders = GROUPS | WATCHERS
    open_rows = [one for one in given(metadata, role, "total", "list") if "is_published" not in one.where]
    assert bool(open_rows) == (role in insiders)
    scores = [one for one in given(metadata, role, "score", "show") if "run.state" not in one.where]
    assert bool(scores) == (role in insiders)


def test_ratings_are_kept_from_participants_and_units(metadata: Metadata) -> None:
    assert holders(metadata, "rating", "show") == {"indicator", "regional", "supervision"}


def test_birth_dates_and_phones_are_personal_and_never_in_a_list(metadata: Metadata) -> None:
    person = metadata.entities["person"]
    personal = {name for name, field in person.fields.items() if field.personal}
    assert {"born_on", "phone"} <= personal
    assert not personal & {*person.list, *person.search, *person.filters}


STEPS = [
    ("admin", "unit", ["add", "edit", "list", "export", "import"]),
    ("admin", "user", ["add", "edit", "list"]),
    ("admin", "grant", ["add", "edit", "list"]),
    ("personnel", "post", ["add", "edit"]),
    ("personnel", "person", ["add", "edit"]),
    ("personnel", "appointment", ["add", "edit"]),
    ("indicator", "scheme", ["import", "list", "show"]),
    ("indicator", "item", ["edit", "list"]),
    ("indicator", "scheme_version", ["publish", "new_version", "show"]),
    ("comprehensive", "cycle", ["add", "edit", "open"]),
    ("comprehensive", "track", ["add"]),
    ("comprehensive", "participant", ["add"]),
    ("comprehensive", "scheme_version", ["list", "show"]),
    ("comprehensive", "unit", ["list", "show"]),
    ("liaison", "form", ["list", "show", "fill", "submit"]),
    ("liaison", "remark", ["show"]),
    ("liaison", "item", ["show"]),
    ("liaison", "cycle", ["show"]),
    ("leader", "form", ["list", "show", "return", "approve"]),
    ("indicator", "form", ["list", "show"]),
    ("indicator", "track", ["score"]),
    ("indicator", "total", ["list", "show", "export"]),
    ("indicator", "score", ["show"]),
    ("indicator", "run", ["list", "propose"]),
    ("leadership", "run", ["list", "show", "publish"]),
    ("leadership", "total", ["list", "show", "export"]),
    ("personnel", "person", ["export"]),
    ("personnel", "total", ["list"]),
    ("supervision", "audit", ["list", "show", "export"]),
]


@pytest.mark.parametrize(("role", "entity", "actions"), STEPS, ids=lambda value: str(value))
def test_each_step_of_the_main_job_is_possible(role: str, entity: str, actions: list[str], metadata: Metadata) -> None:
    for action in actions:
        assert given(metadata, role, entity, action), action


def test_the_menu_has_the_agreed_sections(metadata: Metadata) -> None:
    assert [section.code for section in metadata.menu] == ["home", "evaluation", "organization", "platform"]


def test_everything_with_a_list_of_its_own_is_reached_from_the_menu(metadata: Metadata) -> None:
    reached = {item.entity for section in metadata.menu for item in section.items if item.entity}
    waiting = list(reached)
    while waiting:
        found = set(metadata.entities[waiting.pop()].related) - reached
        reached |= found
        waiting += found
    assert {code for code, spec in metadata.entities.items() if spec.tool != "none"} <= reached
