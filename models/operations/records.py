"""The write path of registers, console, REST and imports: one record, completely checked, saved or refused as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.metadata.finding import nearest
from config.text import Text, text
from models.access import require
from models.account import Grant
from models.errors import Invalid, Stale, WrongState
from models.operations import rules
from models.operations.administrators import keeping_an_administrator
from models.operations.constraints import in_use, taken
from models.operations.context import clock_of, find_record, spec_of
from models.operations.fields import read_value, shown
from models.operations.keys import find_ids, key_texts, split
from models.operations.rules.change import Change, Lookup
from models.operations.unit_of_work import unit_of_work
from models.operations.values import Unreadable, is_blank
from models.specs import MergedField, MergedSpec

NEEDED = text("This is needed.", "此项必填。")
KEPT = text("The platform keeps this itself; it cannot be changed here.", "此项由平台自动维护，不能在此修改。")
GOES_WITH: dict[str, frozenset[str]] = {
    "unit": frozenset({"unit_version"}),
    "scheme_version": frozenset({"item", "rater_group", "grade_band"}),
    "user": frozenset({"grant"}),
}
"""Entity → the entities whose rows are deleted together with one of its records."""


def get_record(session: Session, entity: str, record_id: int) -> Any:
    """The record within the actor's reach; NotFound otherwise."""
    spec_of(session, entity)
    return find_record(session, entity, record_id)


@unit_of_work
def save_record(
    session: Session,
    entity: str,
    record_id: int | None,
    values: Mapping[str, Any],
    version: int | None,
    *,
    effective_on: date | None = None,
) -> Any:
    """Add (`record_id` None) or change a record and return it.

    `values`: field → typed value or text; a reference is an id (int), a record, or a natural key (text).  Fields that
    are not named stay as they are.  `version`: the version that was read, needed to change a record that has one.
    `effective_on`: for a unit, the day from which the change holds; without it the current version is corrected.
    Raises Invalid with a sentence for each field, Stale with both versions, NotAllowed, NotFound, Frozen.
    """
    spec = spec_of(session, entity)
    if record_id is None:
        require(session, entity, "add")
        record = None
    else:
        record = find_record(session, entity, record_id)
        require(session, entity, "edit", record)
        _require_fresh(session, spec, record, values, version)
    change = checked_change(session, spec, record, values, effective_on)
    with keeping_an_administrator(session, entity):
        return _write(session, spec, record, change)


def _write(session: Session, spec: MergedSpec, record: Any, change: Change) -> Any:
    rules.complete(change)
    if record is None:
        record = spec.model()
        session.add(record)
    for name, value in change.values.items():
        if change.is_new and value is None and spec.field(name).stored.has_default:
            continue
        if change.is_new or value != change.before.get(name):
            setattr(record, spec.field(name).attribute, value)
    for column, value in change.columns.items():
        setattr(record, column, value)
    before = session.info.get("effective_on")
    session.info["effective_on"] = change.effective_on
    try:
        session.flush()
    finally:
        session.info["effective_on"] = before
    return record


def checked_change(
    session: Session,
    spec: MergedSpec,
    record: Any,
    values: Mapping[str, Any],
    effective_on: date | None = None,
) -> Change:
    """The change that saving `values` makes, with every field checked.  Raises Invalid."""
    before = current_values(spec, record) if record is not None else {}
    change = Change(
        session=session,
        entity=spec.entity,
        record_id=record.id if record is not None else None,
        values=dict(before),
        before=before,
        lookup=Lookup(session),
        effective_on=effective_on,
    )
    read_fields(change, spec, values)
    rules.prepare(change)
    check_fields(change, spec)
    if not change.problems:
        rules.check(change)
    if not change.problems:
        _check_unique(change, spec)
    if change.problems:
        raise invalid(spec, change.problems)
    return change


def invalid(spec: MergedSpec, problems: Mapping[str, Text]) -> Invalid:
    """The refusal of a record, naming its fields."""
    labels = [spec.fields[name].label if name in spec.fields else name for name in problems]
    en = ", ".join(str(label) for label in labels)
    zh = "、".join(label.zh_Hans if isinstance(label, Text) else label for label in labels)
    message = Text("Not saved. Please look at: {en}.", "未保存。请检查：{zh}。", (("en", en), ("zh", zh)))
    return Invalid(message, problems)


def current_values(spec: MergedSpec, record: Any) -> dict[str, Any]:
    """Field → value of a record; a reference by its id."""
    return {name: getattr(record, f.attribute) for name, f in spec.fields.items() if f.stored.kind != "binary"}


def read_fields(change: Change, spec: MergedSpec, values: Mapping[str, Any]) -> None:
    """Read what was given into the change; a field that cannot be read is a problem."""
    names = {field.attribute: name for name, field in spec.fields.items()}
    for given, value in values.items():
        name = given if given in spec.fields else names.get(given, given)
        field = spec.fields.get(name)
        if field is None:
            hint = nearest(given, spec.fields)
            change.problems[given] = text("There is no such field. {hint}", "没有此字段。{hint}", hint=hint)
            continue
        try:
            read = _read_reference(change, field, value) if field.references else _read_plain(change, field, value)
        except Unreadable as error:
            change.problems[name] = error.text
            continue
        if field.spec.readonly and read != change.values.get(name) and not is_blank(read):
            change.problems[name] = KEPT
        elif not field.spec.readonly:
            change.values[name] = read


def _read_plain(change: Change, field: MergedField, value: Any) -> Any:
    if field.spec.readonly and value == change.before.get(field.name):
        return value
    return read_value(field, value, clock_of(change.session).zone)


def _read_reference(change: Change, field: MergedField, value: Any) -> int | None:
    """The id of the record referred to, which must be within the actor's reach or stand there already."""
    entity = field.references or ""
    if is_blank(value):
        return None
    if hasattr(value, "entity") and value.entity == entity:
        value = value.id
    if isinstance(value, int) and not isinstance(value, bool):
        if value == change.before.get(field.name) or value in key_texts(change.session, entity, [value]):
            return value
    else:
        parts = split(change.session, entity, value)
        found = find_ids(change.session, entity, [parts]).get(parts) if parts is not None else None
        if found is not None:
            return found
    label = spec_of(change.session, entity).spec.label
    raise Unreadable(unknown_reference(label, value))


def unknown_reference(label: Text, value: Any) -> Text:
    """What is said of a reference that leads nowhere."""
    return text(
        "{label} “{value}” does not exist or is out of your reach.",
        "{label}“{value}”不存在或不在您的权限范围内。",
        label=label,
        value=value,
    )


def check_fields(change: Change, spec: MergedSpec) -> None:
    """Defaults of a new record, then what is needed, always or under a condition."""
    for name, field in spec.fields.items():
        if field.spec.readonly or name in change.problems:
            continue
        value = change.values.get(name)
        defaults = name not in change.values if field.stored.nullable else True
        if is_blank(value) and field.spec.default is not None and defaults and (change.is_new or not field.stored.nullable):
            value = change.values[name] = field.spec.default
        if is_blank(value) and _is_needed(change, field) and not isinstance(value, (list, dict)):
            change.problems[name] = NEEDED


def _is_needed(change: Change, field: MergedField) -> bool:
    visible, needed = field.spec.visible_when, field.spec.required_when
    if visible is not None and change.values.get(visible.field) not in visible.values:
        return field.required
    if needed is not None and change.values.get(needed.field) in needed.values:
        return True
    return field.required or (not change.is_new and not field.stored.nullable)


def _check_unique(change: Change, spec: MergedSpec) -> None:
    columns = {spec.field(name).attribute: value for name, value in change.values.items()}
    names = {field.attribute: name for name, field in spec.fields.items()}
    for column, problem in taken(change.session, spec.model, change.record_id, columns).items():
        change.problems.setdefault(names.get(column, column), problem)


def _require_fresh(
    session: Session, spec: MergedSpec, record: Any, values: Mapping[str, Any], version: int | None
) -> None:
    if not spec.versioned or version == record.version:
        return
    if version is None:
        missing = text("Say which version of the record you read.", "请说明所读取记录的版本。")
        raise Invalid(missing, {"version": missing})
    theirs = shown_values(session, spec, record)
    raise Stale(record.version, {name: theirs[name] for name in values if name in theirs}, dict(values))


def shown_values(session: Session, spec: MergedSpec, record: Any) -> dict[str, Any]:
    """Field → value of a record as a person writes it; references by their natural keys."""
    found: dict[str, Any] = {}
    for name, value in current_values(spec, record).items():
        field = spec.field(name)
        if field.references is not None:
            found[name] = key_texts(session, field.references, [value]).get(value, "")
        else:
            found[name] = shown(field, value)
    return found


@unit_of_work
def delete_record(session: Session, entity: str, record_id: int, version: int | None) -> None:
    """Delete a record that nothing refers to.  Raises WrongState saying what does, Stale, NotAllowed, Frozen."""
    spec = spec_of(session, entity)
    record = find_record(session, entity, record_id)
    require(session, entity, "delete", record)
    _require_fresh(session, spec, record, {}, version)
    owned = GOES_WITH.get(entity, frozenset())
    if used := in_use(session, record, owned):
        raise WrongState(_used_text(session, used))
    with keeping_an_administrator(session, entity):
        for grant in _own_grants(session, record) if entity == "user" else ():
            session.delete(grant)
        session.delete(record)
        session.flush()


def _own_grants(session: Session, record: Any) -> Sequence[Grant]:
    return session.scalars(select(Grant).where(Grant.user_id == record.id)).all()


def _used_text(session: Session, used: list[tuple[str, int]]) -> Text:
    named = [(spec_of(session, entity).spec, count) for entity, count in used]
    en = ", ".join(f"{(spec.label if count == 1 else spec.plural).en} ({count})" for spec, count in named)
    zh = "、".join(f"{spec.label.zh_Hans}（{count}）" for spec, count in named)
    return Text(
        "This cannot be deleted: other records refer to it: {en}.", "不能删除：仍有其他记录引用：{zh}。", (("en", en), ("zh", zh))
    )
