"""Row scope on every SELECT: the criteria of the actor's grants on each of our entities, wherever it occurs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_appbuilder.security.sqla.models import User as BaseUser
from sqlalchemy import Column, ColumnClause, FromClause, Select, Table
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, with_loader_criteria

from config.metadata.spec import Metadata
from models.access import READING, criteria
from models.account import Account
from models.actor import Actor
from models.base import Record, metadata
from models.guard_state import acting, guard_state


class Unguarded(RuntimeError):
    """A statement that the guard cannot scope: a mistake in the program, not of its user."""


def scope(state: ORMExecuteState) -> None:
    """Narrow the statement to what the session's actor may read; refuse what cannot be narrowed.

    `execution_options(skip_scope=True)` is left alone; only code in `models` may say so.
    """
    if state.execution_options.get("skip_scope"):
        return
    if not state.is_select:
        _refuse_bulk(state)
    actor, spec = acting(state.session)
    if actor is not None and actor.is_system:
        return
    if state.is_select:
        if not state.is_relationship_load and not state.is_column_load:
            _refuse_bare(state.statement)
        own = state.bind_mapper if state.is_column_load else None
        options = scope_options(state.session, actor, spec)
        state.statement = state.statement.options(*(option for model, option in options if _other(model, own)))


def scope_options(session: Session, actor: Actor | None, spec: Metadata) -> list[tuple[type[Any], Any]]:
    """(class, loader criteria) for every class that `actor` may not read as a whole; made once an actor."""
    state = guard_state(session)
    if not state.scope or state.scope[0] is not actor or state.scope[1] is not spec:
        state.scope = (actor, spec, [*_options(actor, spec)])
    options: list[tuple[type[Any], Any]] = state.scope[2]
    return options


def _options(actor: Actor | None, spec: Metadata) -> Any:
    for mapper in sorted(Record.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        model = mapper.class_
        if not issubclass(model, Record | Account):
            continue
        found = criteria(actor, spec, model, *READING)
        if found is not None:
            # Flask-AppBuilder reads the base class, its relations too: the criteria on sign-ins hang there.
            target = BaseUser if model is Account else model
            yield target, with_loader_criteria(target, found, include_aliases=True, propagate_to_loaders=False)


def _other(model: type[Any], own: Mapper[Any] | None) -> bool:
    """A row at hand is refreshed even when it has moved out of reach; what is joined to it stays scoped."""
    return own is None or not issubclass(own.class_, model)


def _guarded_tables() -> set[Table]:
    return {table for table in metadata.tables.values() if table.name == "ab_user" or not table.name.startswith("ab_")}


GUARDED_TABLES = _guarded_tables()


def _refuse_bulk(state: ORMExecuteState) -> None:
    table = getattr(state.statement, "table", None)
    if table is None or table in GUARDED_TABLES:
        raise Unguarded("bulk writes and statements as text go through models.bulk")


def _refuse_bare(statement: Any) -> None:
    """Refuse what no criteria reach: tables and columns named past their mapped classes, and statements as text.

    A bare column is harmless beside its mapped class, whose criteria then hold for it too (`session.get` does so).
    """
    scoped: set[Any] = set()
    bare: set[Any] = set()
    left = [statement]
    while left:
        element = left.pop()
        if element.__visit_name__ in {"textclause", "textual_select"}:
            raise Unguarded("statements as text cannot be scoped")
        table = element.table if isinstance(element, Column) else element
        if "parententity" in element._annotations and isinstance(element, FromClause | ColumnClause):
            scoped.add(table)
            continue
        if isinstance(table, Table):
            bare.add(table)
        left.extend(_written_parts(element))
    if found := (bare & GUARDED_TABLES) - scoped:
        raise Unguarded(f"read {', '.join(table.name for table in found)} through the mapped class")


def _written_parts(element: Any) -> Iterable[Any]:
    """The parts of a statement as it was written, without the tables that follow from its columns."""
    if isinstance(element, Select):
        parts: Iterable[Any] = super(Select, element).get_children(omit_attrs=("_correlate", "_correlate_except"))
        return parts
    children: Iterable[Any] = element.get_children()
    return children
