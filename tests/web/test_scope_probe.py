"""Every route as every role, generated from the metadata: no row leaks, no foreign write succeeds.

Each record of the world carries a mark of its own in its text.  What a role may read is asked of `models.access`,
whose rules are proven by tests of their own; here every door is tried against it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.conftest import ROLES, Api, Browser, World
from tests.web.world import MARK

MARKS = re.compile(MARK + r"[a-z]+-[A-Za-z0-9-]+")
LEFT_OUT = {"audit", "audit_seal", "upload"}
"""The audit trail names whatever was done, to those who may read it; uploads are only added."""


class Probe:
    """One role before every door."""

    def __init__(self, world: World, role: str, depth: int = 1) -> None:
        from models.access import criteria, load_actor, may
        from models.specs import MODELS

        self.world, self.role, self.depth = world, role, depth
        self.specs = world.platform.specs
        metadata = world.platform.metadata
        self.leaks: list[str] = []
        self.all: dict[str, set[int]] = {}
        self.may: dict[tuple[str, str], set[int]] = {}
        with world.session() as session:
            actor = load_actor(session, role, source="screen", on=world.platform.clock.today())
            self.granted = {(entity, "export") for entity in MODELS if may(actor, metadata, entity, "export")}
            for entity, model in MODELS.items():
                self.all[entity] = set(session.scalars(select(model.id)))
                for action in ("list", "show", "edit", "delete", "export", "read"):
                    asked = ("list", "show") if action == "read" else (action,)
                    term = criteria(actor, metadata, model, *asked)
                    query = select(model.id) if term is None else select(model.id).where(term)
                    self.may[entity, action] = set(session.scalars(query))
            self.owners = dict(marks_of(session))

    def hidden(self, entity: str) -> list[int]:
        """Rows that exist and may not be read, as many as are tried."""
        return sorted(self.all[entity] - self.may[entity, "read"])[: self.depth]

    def refused(self, entity: str, action: str) -> list[int]:
        """Rows that `action` is not granted on, as many as are tried."""
        return sorted(self.all[entity] - self.may[entity, action])[: self.depth]

    def look(self, where: str, body: str) -> None:
        """Note every mark of a row that may not be read."""
        for mark in set(MARKS.findall(body)):
            rows = self.owners.get(mark, set())
            if rows and not any(number in self.may[entity, "read"] for entity, number in rows):
                self.leaks.append(f"{where}: {mark}")

    def expect(self, where: str, found: Iterable[int], allowed: set[int]) -> None:
        """Note every id that should not be there."""
        self.leaks += [f"{where}: id {number}" for number in found if number not in allowed]


def marks_of(session: Any) -> Iterator[tuple[str, set[tuple[str, int]]]]:
    """Mark → the rows that carry it."""
    from models.specs import MODELS

    found: dict[str, set[tuple[str, int]]] = {}
    for entity, model in MODELS.items():
        if entity in LEFT_OUT:
            continue
        for row in session.scalars(select(model)).unique():
            for column in model.__table__.columns:
                value = getattr(row, column.key, None)
                for mark in MARKS.findall(value) if isinstance(value, str) else ():
                    found.setdefault(mark, set()).add((entity, row.id))
    yield from found.items()


def state_of(world: World) -> dict[str, str]:
    """A digest of each table as it stands, but for what merely looking leaves behind."""
    from models.specs import MODELS

    digests = {}
    with world.platform.database.engine.connect() as connection:
        for entity, model in MODELS.items():
            if entity in LEFT_OUT:
                continue
            table = model.__table__
            kept = [column for column in table.columns if column.key not in BOOKKEEPING]
            rows = connection.execute(select(*kept).order_by(table.c.id)).all()
            digests[entity] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return digests


BOOKKEEPING = {"last_login", "login_count", "fail_login_count", "version", "changed_on"}


@pytest.fixture(scope="module")
def probed(make_world_app: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with make_world_app("sqlite", tmp_path_factory.mktemp("probe")) as world:
        yield world


@pytest.fixture(params=[1, pytest.param(12, marks=pytest.mark.soak)])
def depth(request: pytest.FixtureRequest) -> int:
    """How many rows of each kind are tried at each door."""
    return int(request.param)


@pytest.fixture(params=list(ROLES))
def probe(request: pytest.FixtureRequest, probed: World, depth: int) -> Probe:
    return Probe(probed, str(request.param), depth)


def test_the_world_gives_the_probe_something_to_find(probed: World) -> None:
    liaison, staff = Probe(probed, "liaison", 99), Probe(probed, "staff", 99)

    for entity in (
        "person",
        "post",
        "appointment",
        "form",
        "entry",
        "remark",
        "adjustment",
        "rating",
        "score",
        "user",
        "grant",
    ):
        assert liaison.hidden(entity), entity
    assert len(staff.hidden("person")) == len(staff.all["person"]) - 1
    assert len(liaison.owners) > 40
    liaison.look("here", f"x {MARK}person-TREASURY-1 y")
    assert liaison.leaks == [f"here: {MARK}person-TREASURY-1"]


def test_lists_searches_filters_lookups_and_exports(probe: Probe) -> None:
    browser, program = probe.world.browser(probe.role), probe.world.api(probe.role)
    for entity, spec in probe.specs.items():
        base = {"register": f"/{entity}/list/", "console": f"/console/{entity}/"}.get(spec.spec.tool)
        queries = ["", f"?q={MARK}"]
        for name in spec.spec.filters:
            field = spec.field(name)
            if field.references:
                queries += [f"?{name}={number}" for number in probe.hidden(field.references)]
        if base is not None and entity not in LEFT_OUT:
            for query in queries:
                probe.look(base + query, browser.get(base + query).text)
        found = browser.get(f"/lookup/{entity}?q={MARK}")
        if found.status_code == 200:
            probe.expect(f"lookup {entity}", (row["id"] for row in found.get_json()), probe.may[entity, "read"])
            probe.look(f"lookup {entity}", "" if entity in LEFT_OUT else found.text)
        if entity not in LEFT_OUT:
            probe.look(f"export {entity}", browser.get(f"/export/{entity}.csv").text)
        for answer in (
            program("GET", f"/api/v1/{entity}/?q=(page_size:100)"),
            browser.get(f"/api/v1/{entity}/?q=(page_size:100)"),
        ):
            if answer.status_code == 200 and entity not in LEFT_OUT:
                probe.expect(f"api {entity}", answer.get_json()["ids"], probe.may[entity, "list"])
                probe.look(f"api {entity}", answer.get_data(as_text=True))
        for field in spec.fields.values():
            for number in probe.hidden(field.references) if field.references else ():
                narrowed = program(
                    "GET", f"/api/v1/{entity}/?q=(filters:!((col:{field.name},opr:rel_o_m,value:{number})))"
                )
                if narrowed.status_code == 200:
                    probe.expect(f"api {entity}.{field.name}", narrowed.get_json()["ids"], probe.may[entity, "list"])
        probe.look(f"info {entity}", program("GET", f"/api/v1/{entity}/_info").text)

    assert probe.leaks == []


def test_records_forms_and_related_lists(probe: Probe) -> None:
    browser, program = probe.world.browser(probe.role), probe.world.api(probe.role)
    for entity, spec in probe.specs.items():
        if entity in LEFT_OUT:
            continue
        for number in {*probe.hidden(entity), *sorted(probe.may[entity, "read"])[: probe.depth]}:
            hidden = number not in probe.may[entity, "read"]
            for path in paths_of(spec.spec.tool, entity, number):
                answer = browser.get(path, follow_redirects=True)
                probe.look(path, answer.text)
                if hidden and answer.status_code not in {403, 404}:
                    probe.leaks.append(f"{path}: {answer.status_code}")
            for answer in (program("GET", f"/api/v1/{entity}/{number}"), browser.get(f"/api/v1/{entity}/{number}")):
                probe.look(f"api {entity} {number}", answer.get_data(as_text=True))
                if hidden and answer.status_code == 200:
                    probe.leaks.append(f"api {entity} {number}: 200")

    assert probe.leaks == []


def paths_of(tool: str, entity: str, number: int) -> list[str]:
    """The pages of one record."""
    if tool == "register":
        return [f"/{entity}/show/{number}", f"/{entity}/edit/{number}"]
    if tool == "console":
        base = f"/console/{entity}"
        return [f"{base}/details/?id={number}", f"{base}/edit/?id={number}"]
    return []


def test_every_page_there_is(probe: Probe) -> None:
    browser = probe.world.browser(probe.role)
    for rule in probe.world.app.url_map.iter_rules():
        if (
            "GET" not in (rule.methods or ())
            or "static" in rule.endpoint
            or "audit" in rule.rule
            or "logout" in rule.rule
        ):
            continue
        for number in range(1, 2 + probe.depth) if rule.arguments else (1,):
            path = rule.build(dict.fromkeys(rule.arguments, number), append_unknown=False)
            if path is None:
                continue
            answer = browser.get(f"{path[1]}?q={MARK}")
            assert answer.status_code < 500, (path[1], answer.text[-300:])
            if not answer.is_streamed or answer.mimetype.startswith("text"):
                probe.look(
                    path[1],
                    answer.get_data(as_text=True) if answer.mimetype.startswith(("text", "application/json")) else "",
                )

    assert probe.leaks == []


def test_no_foreign_write_succeeds(probe: Probe) -> None:
    browser, program = probe.world.browser(probe.role), probe.world.api(probe.role)
    before = state_of(probe.world)
    for entity, spec in probe.specs.items():
        if entity in LEFT_OUT:
            continue
        for number in probe.refused(entity, "edit"):
            row = probe.world.record(entity, number)
            change(probe, browser, program, spec, number, row)
        for number in probe.refused(entity, "delete"):
            row = probe.world.record(entity, number)
            remove(browser, program, spec.spec.tool, entity, number, str(row.get("version", "")))
        add_below_what_is_hidden(probe, browser, program, spec)
        if (entity, "export") not in probe.granted:
            assert browser.get(f"/export/{entity}.xlsx").status_code in {403, 404}
    verbs(probe, program)
    after = state_of(probe.world)

    assert {entity for entity in before if before[entity] != after[entity]} == set()
    assert probe.leaks == []


def change(probe: Probe, browser: Browser, program: Api, spec: Any, number: int, row: dict[str, Any]) -> None:
    """Try every way to change a row that may not be changed."""
    values = {
        name: "X" for name, field in spec.fields.items() if field.stored.kind == "text" and not field.spec.choices
    }
    version = str(row.get("version", ""))
    entity = spec.entity
    for answer in (
        browser.post(f"/{entity}/edit/{number}", values | {"version": version}),
        browser.post(f"/console/{entity}/edit/?id={number}", values | {"version": version}),
        browser.post(
            f"/console/{entity}/ajax/update/", values | {"list_form_pk": str(number), "version": version, "weight": "1"}
        ),
        program("PUT", f"/api/v1/{entity}/{number}", values | {"version": row.get("version")}),
        browser.json("PUT", f"/api/v1/{entity}/{number}", values | {"version": row.get("version")}),
    ):
        assert 400 <= answer.status_code < 500, (entity, number, answer.status_code)
        probe.look(f"change {entity} {number}", answer.get_data(as_text=True))


def remove(browser: Browser, program: Api, tool: str, entity: str, number: int, version: str) -> None:
    """Try every way to delete a row that may not be deleted."""
    chosen = {"action": "delete", "rowid": str(number), f"version_{number}": version}
    browser.post(f"/{entity}/delete/{number}", {"version": version})
    browser.post(f"/{entity}/action_post", chosen)
    browser.post(f"/{entity}/action/delete/{number}", {})
    browser.post(f"/console/{entity}/delete/", {"id": str(number), "version": version})
    browser.post(f"/console/{entity}/action/", chosen)
    for answer in (
        program("DELETE", f"/api/v1/{entity}/{number}"),
        browser.json("DELETE", f"/api/v1/{entity}/{number}"),
    ):
        assert 400 <= answer.status_code < 500, (entity, number, answer.status_code)


def add_below_what_is_hidden(probe: Probe, browser: Browser, program: Api, spec: Any) -> None:
    """Try to add rows that refer to rows out of reach, by id and by key."""
    entity = spec.entity
    for field in spec.writable:
        for number in probe.hidden(field.references) if field.references else ():
            values: dict[str, Any] = {other.name: "1" for other in spec.writable if not other.references}
            refused = browser.post(f"/{entity}/add", values | {field.name: str(number)})
            probe.look(f"add {entity}", refused.text)
            browser.post(f"/console/{entity}/new/", values | {field.name: str(number)})
            answer = program("POST", f"/api/v1/{entity}/", values | {field.name: number})
            assert 400 <= answer.status_code < 500, (entity, field.name, answer.status_code)


def verbs(probe: Probe, program: Api) -> None:
    """Try every verb on rows out of reach."""
    from views.rest.verbs import VERBS

    for entity, named in VERBS.items():
        for number in probe.hidden(entity):
            for verb in named:
                answer = program("POST", f"/api/v1/{entity}/{number}/{verb}", {})
                assert answer.status_code in {403, 404}, (entity, verb, answer.status_code)


def test_probing_leaves_room_on_disk(probed: World) -> None:
    folder = Path(probed.platform.settings.upload_dir)

    assert not folder.exists() or not list(folder.iterdir())
