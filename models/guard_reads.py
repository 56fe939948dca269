"""Row scope on every SELECT: the criteria of the actor's grants on each of our tables, wherever it is read from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, false
from sqlalchemy.orm import ORMExecuteState, Session

from config.metadata.spec import Metadata
from models.access import READING, criteria
from models.account import Account
from models.actor import Actor
from models.base import Record
from models.guard_state import acting, guard_state
from models.scoped_sql import ScopeOption, Unguarded


def scope(state: ORMExecuteState) -> None:
    """Narrow the statement to what the session's actor may read; refuse statements that write.

    `execution_options(skip_scope=True)` is left alone; only code in `models` may say so.
    """
    if state.execution_options.get("skip_scope"):
        return
    if not state.is_select:
        _refuse_bulk(state)
        return
    actor, spec = acting(state.session)
    if actor is not None and actor.is_system:
        return
    option = scope_option(state.session, actor, spec)
    if state.is_column_load and state.bind_mapper is not None:
        # A row at hand is refreshed even when it has moved out of reach; what is joined to it stays scoped.
        option = option.but(state.bind_mapper.local_table)
    state.statement = state.statement.options(option)


def scope_option(session: Session, actor: Actor | None, spec: Metadata) -> ScopeOption:
    """The criteria of what `actor` may read, made once an actor and session."""
    scopes, key = guard_state(session).scopes, (actor, spec.fingerprint)
    if key not in scopes:
        scopes[key] = ScopeOption(_criteria(actor, spec))
    option: ScopeOption = scopes[key]
    return option


def guarded_models() -> dict[Any, type[Any]]:
    """Table → class, of everything whose rows have a scope: our records and the sign-ins."""
    mapped = (mapper.class_ for mapper in Record.registry.mappers)
    return {model.__table__: model for model in mapped if issubclass(model, Record | Account)}


def _criteria(actor: Actor | None, spec: Metadata) -> dict[Table, Any]:
    models = guarded_models()
    if actor is None or not actor.grants:
        return dict.fromkeys(models, false())
    found = ((table, criteria(actor, spec, model, *READING)) for table, model in models.items())
    return {table: criterion for table, criterion in found if criterion is not None}


def _refuse_bulk(state: ORMExecuteState) -> None:
    table = getattr(state.statement, "table", None)
    if table is None or table in guarded_models():
        raise Unguarded("bulk writes and statements as text go through models.bulk")
