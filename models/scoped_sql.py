"""Row scope where SQL is made: whatever table a statement reads from, in whatever place, gets its criteria there.

Loader criteria hang on the entities that the ORM recognizes, and miss some: aliases in explicit joins, window
functions, tables named past their class.  The compiler meets every FROM, so the criteria are put in by it.
A compiled statement is cached; the values in the criteria are parameters, so that actors share statements of one
shape and never values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, Integer, MetaData, Table, and_, func, select
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import Alias, AliasedReturnsRows, FromGrouping, Join, TableClause

Criteria = Mapping[Table, ColumnElement[bool]]

WHOLE = "scope_"


class Unguarded(RuntimeError):
    """A statement that cannot be scoped: a mistake in the program, not of its user."""


def whole(table: Any) -> Alias:
    """An alias of `table` for use within criteria only: it is read as a whole."""
    alias: Alias = table.alias(WHOLE + table.name)
    return alias


class ScopeOption(ORMOption):
    """Carries the criteria of one actor to the compiler.  A table without criteria is read as a whole."""

    __slots__ = ("_parameters", "_shape", "criteria")

    _is_has_cache_key = True

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = dict(criteria)
        self._parameters: list[Any] = []
        names = visitors.anon_map()
        self._shape = tuple(
            (table.name, found._gen_cache_key(names, self._parameters)) for table, found in self.criteria.items()
        )

    def _gen_cache_key(self, _anon_map: Any, bindparams: list[Any]) -> tuple[Any, ...]:
        """Made once, not once a statement: nothing else shares the elements of the criteria."""
        bindparams.extend(self._parameters)
        return ScopeOption, self._shape

    def but(self, table: Any) -> ScopeOption:
        """The same without the criteria of one table."""
        return ScopeOption({other: found for other, found in self.criteria.items() if other is not table})


def scope_engine(engine: Engine) -> None:
    """Have the engine's compiler put criteria in.  Raises RuntimeError when SQLAlchemy no longer lets it."""
    base = engine.dialect.statement_compiler
    engine.dialect.statement_compiler = type(f"Scoped{base.__name__}", (_ScopingCompiler, base), {})
    table = Table("proof", MetaData(), Column("id", Integer))
    other = table.alias()
    statement = select(func.count()).select_from(table.join(other, table.c.id != other.c.id))
    made = str(statement.options(ScopeOption({table: table.c.id.is_(None)})).compile(engine))
    if made.count("IS NULL") != 2:
        raise RuntimeError("this version of SQLAlchemy makes SQL without the row scope")


class _ScopingCompiler(SQLCompiler):
    """Mixed into a dialect's compiler: criteria of the first table of a FROM go to WHERE, of a joined one to its ON."""

    def _compose_select_body(
        self, text: str, select: Any, compile_state: Any, columns: Any, froms: Any, *rest: Any
    ) -> Any:
        if criteria := _criteria_of(self.statement):
            found = [term for item in froms for term in _terms(criteria, item)]
            select = select.where(*found) if found else select
        compose: Any = super()._compose_select_body
        return compose(text, select, compile_state, columns, froms, *rest)

    def visit_join(self, join: Any, *args: Any, **kwargs: Any) -> Any:
        if criteria := _criteria_of(self.statement):
            if join.full:
                raise Unguarded("full outer joins cannot be scoped")
            if found := [*_terms(criteria, join.right)]:
                join = join._clone()
                join.onclause = and_(join.onclause, *found)
        visit: Any = super().visit_join
        return visit(join, *args, **kwargs)

    def visit_textclause(self, textclause: Any, *args: Any, **kwargs: Any) -> Any:
        if _criteria_of(self.statement):
            raise Unguarded("statements as text cannot be scoped")
        visit: Any = super().visit_textclause
        return visit(textclause, *args, **kwargs)


def _criteria_of(statement: Any) -> Criteria:
    for option in getattr(statement, "_with_options", ()):
        if isinstance(option, ScopeOption):
            return option.criteria
    return {}


def _terms(criteria: Criteria, item: Any) -> Iterator[ColumnElement[bool]]:
    """The criteria of the first table of an item of a FROM."""
    while isinstance(item, Join | FromGrouping):
        item = item.left if isinstance(item, Join) else item.element
    table = item
    while isinstance(table, AliasedReturnsRows):
        if str(table.name).startswith(WHOLE):
            return
        table = table.element
    if not isinstance(table, TableClause):
        return
    if not isinstance(table, Table):
        raise Unguarded(f"{table.name} is named past the catalogue of tables")
    if table in criteria:
        yield _adapted(criteria[table], table, item)


def _adapted(criterion: ColumnElement[bool], table: Table, item: Any) -> ColumnElement[bool]:
    """`criterion` on the columns of `item`, which is `table` or an alias of it."""
    if item is table:
        return criterion

    def replaced(element: Any, **_kw: Any) -> Any:
        return item.c[element.key] if isinstance(element, Column) and element.table is table else None

    found: ColumnElement[bool] = visitors.replacement_traverse(criterion, {}, replaced)
    return found
