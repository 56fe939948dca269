"""What importing rows into a register would do: which records are added, which fields change, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session

from config.text import Text, text
from models.operations import rules
from models.operations.fields import shown
from models.operations.import_checks import Clashes, RowRights, read_existing
from models.operations.import_reading import VERSION, ReadRows, read_rows
from models.operations.import_report import ImportReport, RowProblem
from models.operations.import_tree import CIRCLE, in_circles, node_of, own_reference
from models.operations.keys import key_texts
from models.operations.records import KEPT, check_fields
from models.operations.rules.change import Change, Lookup
from models.operations.values import is_blank
from models.specs import MergedSpec

TWICE = text("This key stands in row {row} already.", "此编码已在第 {row} 行出现。")


@dataclass(slots=True)
class ImportPlan:
    """`added`: changes that make a record; `changed`: (id, version, change) of records that differ."""

    spec: MergedSpec
    report: ImportReport
    added: list[Change] = field(default_factory=list)
    changed: list[tuple[int, int | None, Change]] = field(default_factory=list)
    seen: dict[int, int | None] = field(default_factory=dict)
    """Id → version of every record that a row matched when the plan was made."""


def plan_import(session: Session, spec: MergedSpec, rows: Sequence[Mapping[str, Any]]) -> ImportPlan:
    """Read and check all rows; nothing is written."""
    read = read_rows(session, spec, rows)
    plan = ImportPlan(spec, ImportReport())
    plan.report.refuse(read.problems)
    keys = [_key(spec, values) for values in read.values]
    plan.report.refuse(_repeated(spec, rows, keys))
    plan.report.refuse(_circles(session, spec, rows, read, keys))
    existing = read_existing(session, spec, [key for key in keys if key is not None])
    maker = _Maker(session, spec, rows, read, {problem.index for problem in plan.report.problems})
    maker.fetch()
    for index, (key, values) in enumerate(zip(keys, read.values, strict=True)):
        current = existing.get(key) if key is not None else None
        outcome = maker.change(index, values, current)
        if isinstance(outcome, list):
            plan.report.refuse(outcome)
        elif current is None:
            plan.added.append(outcome)
        else:
            _note_match(plan, current, outcome)
    plan.report.added = len(plan.added)
    plan.report.changed = len(plan.changed)
    _settle(plan, len(rows))
    return plan


def _circles(
    session: Session,
    spec: MergedSpec,
    rows: Sequence[Mapping[str, Any]],
    read: ReadRows,
    keys: Sequence[tuple[Any, ...] | None],
) -> list[RowProblem]:
    """Rows that would belong to themselves; new ones by their key, records by their id."""
    field = own_reference(spec)
    if field is None:
        return []
    written = [key for key in keys if key is not None]
    ids = {key: row.id for key, row in read_existing(session, spec, written).items()}
    nodes = [node_of(ids.get(key), key) if key is not None else None for key in keys]
    parents = {n: v[field.name] for n, v in zip(nodes, read.values, strict=True) if n is not None and field.name in v}
    circling = in_circles(session, spec, parents)
    return [
        RowProblem(index, field.name, rows[index].get(field.name), CIRCLE)
        for index, node in enumerate(nodes)
        if node in circling
    ]


def _settle(plan: ImportPlan, count: int) -> None:
    """Rows are counted once: one that is refused is not also added, changed or the same."""
    plan.report.refused = len({problem.index for problem in plan.report.problems})
    plan.report.same = max(0, count - plan.report.added - plan.report.changed - plan.report.refused)


def _note_match(plan: ImportPlan, current: Any, change: Change) -> None:
    version = getattr(current, VERSION, None)
    plan.seen[current.id] = version
    if any(change.values[name] != change.before[name] for name in change.values):
        plan.changed.append((current.id, version, change))


def _key(spec: MergedSpec, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The typed natural key; None when a part of it could not be read or all of it is blank."""
    names = spec.spec.natural_key
    if any(name not in values and spec.field(name).required for name in names):
        return None
    key = tuple(values.get(name) for name in names)
    return None if all(is_blank(part) for part in key) else key


def _repeated(
    spec: MergedSpec, rows: Sequence[Mapping[str, Any]], keys: Sequence[tuple[Any, ...] | None]
) -> list[RowProblem]:
    first: dict[tuple[Any, ...], int] = {}
    found = []
    name = spec.spec.natural_key[0]
    for index, key in enumerate(keys):
        if key is None:
            continue
        if key in first:
            said = text(TWICE.en, TWICE.zh_Hans, row=first[key] + 1)
            found.append(RowProblem(index, name, rows[index].get(name), said))
        else:
            first[key] = index
    return found


class _Maker:
    """Turns read rows into checked changes, with everything that the checks look at fetched beforehand."""

    def __init__(
        self,
        session: Session,
        spec: MergedSpec,
        rows: Sequence[Mapping[str, Any]],
        read: ReadRows,
        bad: set[int],
    ) -> None:
        self.session, self.spec, self.rows, self.read, self.bad = session, spec, rows, read, bad
        self.lookup = Lookup(session)
        self.clashes = Clashes(session, spec)
        self.rights = RowRights(session, spec)
        rule = rules.RULES.get(spec.entity)
        self.siblings = rule.siblings if rule is not None else ()
        self.unread: dict[int, set[str]] = {}
        for problem in read.problems:
            self.unread.setdefault(problem.index, set()).add(problem.field)

    def fetch(self) -> None:
        """Read the records that rows refer to, and those that rules compare with."""
        for name, merged in self.spec.fields.items():
            if merged.references is None:
                continue
            ids = {v[name] for v in self.read.values if isinstance(v.get(name), int)}
            self.lookup.fetch(merged.references, ids)
            if name in self.siblings:
                self.lookup.fetch_related(self.spec.entity, merged.attribute, ids)
        self.clashes.fetch(self.read.values)

    def change(self, index: int, values: Mapping[str, Any], current: Any) -> Change | list[RowProblem]:
        """The checked change of a row, or what else is wrong with it than that a cell could not be read."""
        before = self._before(current)
        change = Change(
            session=self.session,
            entity=self.spec.entity,
            record_id=current.id if current is not None else None,
            values={**before},
            before=before,
            lookup=self.lookup,
        )
        self._take(change, values)
        is_bad = index in self.bad
        if current is not None and change.values == before and not change.problems and not is_bad:
            return change
        self._refuse_stale(change, index, current)
        rules.prepare(change)
        check_fields(change, self.spec)
        if not change.problems and not is_bad:
            self._check_whole(change)
        if change.problems or is_bad:
            return self._problems(index, change)
        self._expect(change)
        return change

    def _before(self, current: Any) -> dict[str, Any]:
        if current is None:
            return {}
        fields = self.spec.fields.items()
        return {name: getattr(current, own.attribute) for name, own in fields if own.stored.kind != "binary"}

    def _take(self, change: Change, values: Mapping[str, Any]) -> None:
        """Put the read values into the change.  What the platform keeps itself is left out of new records."""
        for name, value in values.items():
            if not self.spec.field(name).spec.readonly or (change.is_new and name in self.spec.spec.natural_key):
                change.values[name] = value
            elif change.record_id is not None and value != change.before[name] and not is_blank(value):
                change.problems[name] = KEPT

    def _check_whole(self, change: Change) -> None:
        rules.check(change)
        if not change.problems:
            self.clashes.check(change)
        if not change.problems:
            self.rights.check(change)

    def _expect(self, change: Change) -> None:
        rules.complete(change)
        self.clashes.take(change)
        for name in self.siblings:
            own = self.spec.field(name)
            columns = {field.attribute: change.values.get(n) for n, field in self.spec.fields.items()}
            row = SimpleNamespace(id=change.record_id, **columns)
            self.lookup.expect(self.spec.entity, own.attribute, change.values[name], row)

    def _refuse_stale(self, change: Change, index: int, current: Any) -> None:
        """A record saved since the file was exported: each field that would overwrite something says what."""
        version = self.read.versions[index]
        if version is None or current is None or version == getattr(current, VERSION, version):
            return
        for name, value in change.values.items():
            if value != change.before.get(name):
                change.problems.setdefault(name, self._stale_text(name, change.before.get(name)))

    def _stale_text(self, name: str, theirs: Any) -> Text:
        own = self.spec.field(name)
        if own.references is not None and theirs is not None:
            theirs = key_texts(self.session, own.references, [theirs]).get(theirs, "")
        return text(
            "The record was saved since this file was exported; it now says “{theirs}”. Export it again.",
            "该记录在导出此文件后已被保存，现值为“{theirs}”。请重新导出。",
            theirs=shown(own, theirs) if not isinstance(theirs, str) else theirs,
        )

    def _problems(self, index: int, change: Change) -> list[RowProblem]:
        row, unread = self.rows[index], self.unread.get(index, set())
        return [
            RowProblem(index, name, row.get(name), said) for name, said in change.problems.items() if name not in unread
        ]
