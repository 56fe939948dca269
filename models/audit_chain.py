"""The chain of seals over the audit trail: finds entries that were altered, removed, made up or put in between.

Sealing every commit at once would make all writers wait for each other, so a sealer in the background takes up what
was committed, in batches.  Until then an entry is protected by its own seal alone, which shows alteration and
invention but not removal.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from config.text import Text, text
from models.audit import AuditEntry, AuditSeal
from models.audit_seals import link_mac, seal_holds
from models.db import Database, writing

ENTRIES = AuditEntry.__table__
LINKS = AuditSeal.__table__

SEALING_LOCK = 0x706C_7365
"""PostgreSQL's advisory lock that lets one process at a time lengthen the chain."""

WINDOW = 20_000
"""How far below the newest sealed entry the background sealer looks for late commits; `everything` looks at all."""

BATCH = 5_000

Entries = Generator[Mapping[str, Any], None, None]


def seal(database: Database, *, everything: bool = False) -> int:
    """Lengthen the chain by the entries committed since; how many.  Several processes may call it at once.

    An entry whose own seal does not hold is left out, and stays a finding of `verify`.
    """
    total = 0
    while count := _seal_batch(database, everything):
        total += count
    return total


def head(database: Database) -> str:
    """The end of the chain as `number:mac`, to be kept elsewhere; `0:` when nothing is sealed yet."""
    with database.engine.connect() as connection:
        number, mac = _end(connection)
    return f"{number}:{mac}"


def verify(database: Database, head: str | None = None) -> list[Text]:
    """Everything that is wrong with the trail, oldest first; empty when it is whole.

    `head`: an end of the chain exported earlier; the chain must still contain it.  Entries that are not sealed yet
    are no finding while their own seal holds.
    """
    key, findings = database.audit_key, []
    with database.engine.connect() as connection:
        before, seen = "", set()
        for link in _links(connection):
            seen.add(f"{link['id']}:{link['mac']}")
            findings += _link_findings(link, before, key)
            before = link["mac"]
        findings += [_forged(entry["id"]) for entry in _unsealed(connection) if not seal_holds(entry, key)]
    if head is not None and head != "0:" and head not in seen:
        findings.append(_cut(head))
    return findings


def _seal_batch(database: Database, everything: bool) -> int:
    key = database.audit_key
    with writing(database.engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(SEALING_LOCK)))
        _number, mac = _end(connection)
        newest = connection.scalar(select(func.max(LINKS.c.audit_id))) or 0
        rows = []
        with closing(_unsealed(connection, None if everything else newest - WINDOW)) as entries:
            for entry in islice((entry for entry in entries if seal_holds(entry, key)), BATCH):
                mac = link_mac(key, mac, entry["id"], entry["seal"])
                rows.append({"audit_id": entry["id"], "mac": mac})
        if rows:
            connection.execute(insert(LINKS), rows)
    return len(rows)


def _end(connection: Connection) -> tuple[int, str]:
    last = connection.execute(select(LINKS.c.id, LINKS.c.mac).order_by(LINKS.c.id.desc()).limit(1)).first()
    return (last.id, last.mac) if last else (0, "")


def _unsealed(connection: Connection, after: int | None = None) -> Entries:
    """The entries without a link, those with greater ids than `after` only."""
    query = select(ENTRIES).outerjoin(LINKS, LINKS.c.audit_id == ENTRIES.c.id).where(LINKS.c.id.is_(None))
    if after is not None:
        query = query.where(ENTRIES.c.id > after)
    return _stream(connection, query.order_by(ENTRIES.c.id))


def _links(connection: Connection) -> Entries:
    """The links in order, each with its entry (its columns None when that is gone)."""
    entry = [column.label(f"entry_{column.name}") for column in ENTRIES.c]
    query = select(LINKS, *entry).outerjoin(ENTRIES, ENTRIES.c.id == LINKS.c.audit_id).order_by(LINKS.c.id)
    return _stream(connection, query)


def _stream(connection: Connection, query: Select[Any]) -> Entries:
    with connection.execute(query, execution_options={"yield_per": 1000}) as result:
        for row in result.mappings():
            yield dict(row)


def _link_findings(link: Mapping[str, Any], before: str, key: bytes) -> list[Text]:
    entry = {name.removeprefix("entry_"): value for name, value in link.items() if name.startswith("entry_")}
    findings = []
    if entry["id"] is None:
        findings.append(_removed(link["audit_id"]))
    elif not seal_holds(entry, key):
        findings.append(_altered(entry["id"]))
    elif link["mac"] != link_mac(key, before, entry["id"], entry["seal"]):
        findings.append(_broken(link["id"], entry["id"]))
    return findings


def _altered(entry: int) -> Text:
    return text("Audit entry {id} was altered.", "审计记录 {id} 已被篡改。", id=entry)


def _removed(entry: int) -> Text:
    return text("Audit entry {id} was removed.", "审计记录 {id} 已被删除。", id=entry)


def _forged(entry: int) -> Text:
    return text(
        "Audit entry {id} was not written by the platform, or was altered before it was sealed.",
        "审计记录 {id} 不是由平台写入的，或在封存前已被篡改。",
        id=entry,
    )


def _broken(link: int, entry: int) -> Text:
    return text(
        "The chain breaks before link {link} (audit entry {id}): a link was removed, put in or replaced.",
        "链条在第 {link} 环（审计记录 {id}）之前断开：有环节被删除、插入或替换。",
        link=link,
        id=entry,
    )


def _cut(head: str) -> Text:
    return text(
        "The chain does not contain the exported head {head}: its end was cut off, or an older state was restored.",
        "链条中没有已导出的链头 {head}：末尾被截断，或数据库恢复到了更早的状态。",
        head=head,
    )
