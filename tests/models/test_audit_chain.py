"""Whoever has the database but not the key can change nothing in the trail without being found out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from config.text import Text
from models import audit_chain
from models.actor import SYSTEM
from models.audit import AuditEntry, AuditSeal
from models.audit_chain import head, seal, verify
from models.audit_seals import sealed
from models.db import Database, writing
from models.organization import Post
from models.sealer import Sealer
from tests.models.making import NOW

ENTRIES, LINKS = AuditEntry.__table__, AuditSeal.__table__


@pytest.fixture
def whole(database: Database) -> Database:
    """A trail that is sealed and found whole."""
    assert seal(database) > 50
    assert verify(database) == []
    return database


def write_more(database: Database, name: str = "more") -> None:
    with database.session(SYSTEM) as session:
        session.scalars(select(Post)).first().name = name
        session.commit()


def forged(key: bytes) -> dict[str, Any]:
    entry = {
        "at": NOW,
        "username": "nobody",
        "source": "screen",
        "address": None,
        "action": "update",
        "record_entity": "post",
        "record_id": 1,
        "record_label": "",
        "unit_id": None,
        "changes": {},
    }
    return sealed(entry, key)


def middle(connection: Connection) -> int:
    return int(connection.scalar(select(func.max(ENTRIES.c.id))) or 0) // 2


def alter(column: str, value: Any) -> Callable[[Connection], None]:
    def tamper(connection: Connection) -> None:
        connection.execute(update(ENTRIES).where(ENTRIES.c.id == middle(connection)).values({column: value}))

    return tamper


def remove(connection: Connection) -> None:
    number = middle(connection)
    connection.execute(delete(LINKS).where(LINKS.c.audit_id == number))
    connection.execute(delete(ENTRIES).where(ENTRIES.c.id == number))


def remove_the_first(connection: Connection) -> None:
    connection.execute(delete(LINKS).where(LINKS.c.id == 1))
    connection.execute(delete(ENTRIES).where(ENTRIES.c.id == 1))


def remove_and_relabel(connection: Connection) -> None:
    """Remove an entry and move the links behind it up by one."""
    number = middle(connection)
    connection.execute(delete(LINKS).where(LINKS.c.audit_id == number))
    connection.execute(delete(ENTRIES).where(ENTRIES.c.id == number))
    connection.execute(update(LINKS).where(LINKS.c.id == number + 1).values(id=number))


def exchange(connection: Connection) -> None:
    """Two entries trade places."""
    first = middle(connection)
    query = select(ENTRIES).where(ENTRIES.c.id.in_([first, first + 1])).order_by(ENTRIES.c.id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    for row in rows:
        connection.execute(update(ENTRIES).where(ENTRIES.c.id == row["id"]).values(seal=str(row["id"])))
    for row, place in zip(rows, (first + 1, first), strict=True):
        connection.execute(update(ENTRIES).where(ENTRIES.c.id == place).values({**row, "id": place}))


def make_up(connection: Connection) -> None:
    connection.execute(insert(ENTRIES), forged(b"another key"))


def put_in_between(connection: Connection) -> None:
    """An entry with a link of its own."""
    made = connection.execute(insert(ENTRIES), forged(b"another key")).inserted_primary_key
    connection.execute(insert(LINKS), {"audit_id": made[0] if made else 0, "mac": "0" * 64})


def replay(connection: Connection) -> None:
    """An entry once more, with another random part so that it is no duplicate."""
    row = dict(connection.execute(select(ENTRIES).where(ENTRIES.c.id == 1)).mappings().one())
    del row["id"]
    row["seal"] = "f" * 32 + row["seal"][32:]
    connection.execute(insert(ENTRIES), row)


TAMPERINGS = {
    "who": alter("username", "nobody"),
    "what": alter("changes", {"name": ["a", "b"]}),
    "which": alter("record_id", 4711),
    "label": alter("record_label", "n"),
    "unit": alter("unit_id", 4711),
    "action": alter("action", "read"),
    "address": alter("address", "192.0.2.1"),
    "seal": alter("seal", "0" * 97),
    "removed": remove,
    "first removed": remove_the_first,
    "removed and relabelled": remove_and_relabel,
    "exchanged": exchange,
    "made up": make_up,
    "put in between": put_in_between,
    "replayed": replay,
}


@pytest.mark.parametrize("tamper", TAMPERINGS.values(), ids=TAMPERINGS)
@pytest.mark.parametrize("sealed_again", [False, True], ids=["", "sealed again"])
def test_tampering_is_found(whole: Database, tamper: Callable[[Connection], None], sealed_again: bool) -> None:
    with writing(whole.engine) as connection:
        tamper(connection)
    if sealed_again:
        write_more(whole)
        seal(whole, everything=True)
    findings = verify(whole)
    assert findings
    assert all(isinstance(found, Text) and found.in_language("zh_Hans") for found in findings)


def test_a_copy_of_an_entry_cannot_be_stored(whole: Database) -> None:
    row = forged(whole.audit_key)
    with writing(whole.engine) as connection:
        connection.execute(insert(ENTRIES), row)
    with pytest.raises(Exception, match=r"(?i)unique"), writing(whole.engine) as connection:
        connection.execute(insert(ENTRIES), row)


def test_a_cut_end_is_found_with_an_exported_head(whole: Database) -> None:
    exported = head(whole)
    write_more(whole)
    seal(whole)
    assert verify(whole, exported) == []
    newest = head(whole)
    with writing(whole.engine) as connection:
        for _ in range(2):
            last = connection.execute(select(LINKS).order_by(LINKS.c.id.desc()).limit(1)).one()
            connection.execute(delete(LINKS).where(LINKS.c.id == last.id))
            connection.execute(delete(ENTRIES).where(ENTRIES.c.id == last.audit_id))
    assert verify(whole) == []
    for cut in (exported, newest):
        assert [str(found) for found in verify(whole, cut) if "exported" in str(found)]


def test_ids_are_not_used_again(whole: Database) -> None:
    """So that a cut end cannot be covered up by what is written next."""
    with writing(whole.engine) as connection:
        newest = int(connection.scalar(select(func.max(ENTRIES.c.id))) or 0)
        connection.execute(delete(LINKS).where(LINKS.c.audit_id == newest))
        connection.execute(delete(ENTRIES).where(ENTRIES.c.id == newest))
    write_more(whole)
    with whole.engine.connect() as connection:
        assert int(connection.scalar(select(func.max(ENTRIES.c.id))) or 0) == newest + 1


def test_entries_not_sealed_yet_are_no_finding(whole: Database) -> None:
    before = head(whole)
    write_more(whole)
    assert verify(whole, before) == []
    assert head(whole) == before
    assert seal(whole) == 1
    assert head(whole) != before
    assert seal(whole) == 0


def test_another_key_finds_everything_wrong(whole: Database) -> None:
    count = int(head(whole).partition(":")[0])
    whole.audit_key = b"not the key"
    assert len(verify(whole)) == count


def test_an_empty_trail_has_a_head(database_url: str, opened: Any) -> None:
    database = opened(database_url)
    assert head(database) == "0:"
    assert verify(database, head(database)) == []
    assert seal(database) == 0


def test_late_commits_are_sealed_too(whole: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that took its number early and commits late lies below the newest link."""
    write_more(whole)
    write_more(whole, "and more")
    with writing(whole.engine) as connection:
        late = connection.execute(select(ENTRIES).order_by(ENTRIES.c.id.desc()).offset(1).limit(1)).mappings().one()
        connection.execute(delete(ENTRIES).where(ENTRIES.c.id == late["id"]))
    seal(whole)
    with writing(whole.engine) as connection:
        connection.execute(insert(ENTRIES), dict(late))
    assert seal(whole) == 1
    assert verify(whole) == []
    monkeypatch.setattr(audit_chain, "WINDOW", 0)
    with writing(whole.engine) as connection:
        connection.execute(insert(ENTRIES), {**forged(whole.audit_key), "id": -5})
    assert seal(whole) == 0
    assert seal(whole, everything=True) == 1


def test_long_trails_are_sealed_in_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", 7)
    with database.engine.connect() as connection:
        count = connection.scalar(select(func.count()).select_from(ENTRIES))
    assert seal(database) == count
    assert verify(database) == []


def test_several_sealers_make_one_chain(database: Database) -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(seal(database))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.engine.connect() as connection:
        assert sum(found) == connection.scalar(select(func.count()).select_from(ENTRIES))
    assert len(found) == 4
    assert verify(database) == []


def test_the_sealer_seals_in_the_background_and_when_it_stops(database: Database) -> None:
    sealer = Sealer(database, interval=0.02)
    sealer.start()
    sealer.start()
    deadline = time.monotonic() + 10
    while head(database) == "0:" and time.monotonic() < deadline:
        time.sleep(0.02)
    sealer.stop()
    sealer.stop()
    write_more(database)
    slow = Sealer(database, interval=60)
    slow.start()
    slow.stop()
    assert seal(database) == 0
    assert verify(database) == []
