"""Every shape of question: each probe answers with codes of units or posts, or with a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import String, case, cast, column, exists, func, literal, select, table, text, union_all
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload, subqueryload

from models.organization import Appointment, Person, Post, Unit, UnitSuccession

CODES = {"R", "A", "A1", "A2", "B", "C", "K"}
Probe = Callable[[Session], Any]
other = aliased(Post)
upper = aliased(Unit)


def descending() -> Any:
    """The tree from its root down, by recursion."""
    top = select(Unit.id, Unit.code).cte(recursive=True)
    below = aliased(Unit)
    return top.union_all(select(below.id, below.code).where(below.parent_id == top.c.id, top.c.id < 0))


def cells(statement: Any) -> Probe:
    """Every value of every row."""
    return lambda session: [cell for row in session.execute(statement) for cell in row]


def posts(statement: Any) -> Probe:
    """The codes of the posts found."""
    return lambda session: [post.code for post in session.scalars(statement)]


def units_of(statement: Any) -> Probe:
    """The codes of the units of the posts found."""
    return lambda session: [post.unit.code for post in session.scalars(statement) if post.unit]


def which(question: Callable[[Session, str], Any]) -> Probe:
    """The codes of which a question says that they are there."""
    return lambda session: [code for code in CODES if question(session, code)]


bare = Post.__table__
Followed = UnitSuccession
latest = select(Post.code).order_by(Post.id.desc()).limit(1)
of_unit = select(func.max(Post.code)).where(Post.unit_id == Unit.id)
both = union_all(select(Post.code), select(Unit.code))

PROBES: dict[str, Probe] = {
    "entity": posts(select(Post)),
    "column": cells(select(Post.code)),
    "expression": cells(select(func.lower(Post.code))),
    "label": cells(select(Post.code.label("x")).order_by("x")),
    "case": cells(select(case((Post.id > 0, Post.code), else_="A"))),
    "concatenated": cells(select(literal("") + Post.code)),
    "cast": cells(select(cast(Post.code, String))),
    "distinct": cells(select(Post.code).distinct()),
    "having": cells(select(func.max(Post.code)).group_by(Post.unit_id).having(func.count() > 0)),
    "group": cells(select(Post.code).group_by(Post.code)),
    "aggregate": cells(select(func.max(Post.code))),
    "window": cells(select(func.first_value(Post.code).over(order_by=Post.id.desc()))),
    "stream": posts(select(Post).execution_options(yield_per=2)),
    "alias": cells(select(other.code)),
    "alias beside": cells(select(Post.code, other.code).join(other, other.id != Post.id)),
    "join": cells(select(Post.code).join(Post.unit)),
    "join of a column": cells(select(Unit.code).join(Post, Post.unit_id == Unit.id)),
    "join of two": cells(select(Unit.code).join(Post, Post.unit_id == Unit.id).join(Person, Person.unit_id == Unit.id)),
    "join of itself": cells(select(Unit.code, upper.code).outerjoin(Unit.parent.of_type(upper))),
    "join of an alias": cells(select(Unit.code).select_from(Unit).join(upper, upper.id == Unit.parent_id)),
    "join from elsewhere": cells(select(Unit.code).select_from(Post).join(Unit, Unit.id == Post.unit_id)),
    "outer join": cells(select(Unit.code, Post.code).outerjoin(Post, Post.unit_id == Unit.id)),
    "outer join back": cells(select(Unit.code, Post.code).select_from(Post).outerjoin(Unit, Post.unit_id == Unit.id)),
    "subquery": cells(select(select(Post.code).subquery().c.code)),
    "aliased subquery": posts(select(aliased(Post, select(Post).subquery()))),
    "scalar subquery": cells(select(latest.scalar_subquery())),
    "correlated subquery": cells(select(of_unit.scalar_subquery()).select_from(Unit)),
    "in a subquery": cells(select(literal("B")).where(literal("B").in_(select(Unit.code)))),
    "cte": cells(select(select(Post.code).cte().c.code)),
    "recursive": cells(select(descending().c.code)),
    "union": cells(both),
    "union as a subquery": cells(select(both.subquery().c.code)),
    "union of entities": posts(select(Post).from_statement(union_all(select(Post), select(Post)))),
    "table": cells(select(bare.c.code)),
    "table beside a class": cells(select(bare.c.code).join(Unit, Unit.id == bare.c.unit_id)),
    "table as an alias": cells(select(bare.alias().c.code)),
    "table as a subquery": cells(select(bare.select().subquery().c.code)),
    "query": lambda s: [post.code for post in s.query(Post)],
    "query columns": lambda s: [code for (code,) in s.query(Post.code)],
    "query subquery": lambda s: [code for (code,) in s.query(s.query(Post.code).subquery())],
    "query join": lambda s: [post.code for post in s.query(Post).join(Post.unit).order_by(Unit.code)],
    "query other columns": lambda s: [code for (code,) in s.query(Post).join(Post.unit).with_entities(Unit.code)],
    "query union": lambda s: [post.code for post in s.query(Post).union_all(s.query(Post))],
    "joined load": units_of(select(Post).options(joinedload(Post.unit))),
    "inner joined load": units_of(select(Post).options(joinedload(Post.unit, innerjoin=True))),
    "selectin load": units_of(select(Post).options(selectinload(Post.unit))),
    "subquery load": units_of(select(Post).options(subqueryload(Post.unit))),
    "eager from the join": units_of(select(Post).join(Post.unit).options(contains_eager(Post.unit))),
    "lazy load": units_of(select(Post)),
    "lazy parents": lambda s: [unit.parent.code for unit in s.scalars(select(Unit)) if unit.parent],
    "deep load": lambda s: [
        row.post.unit.code
        for row in s.scalars(select(Appointment).options(selectinload(Appointment.post).joinedload(Post.unit)))
    ],
    "get": lambda s: [unit.code for unit in (s.get(Unit, number) for number in range(1, 20)) if unit],
    "get again": lambda s: [u.code for u in (s.get(Unit, i, populate_existing=True) for i in range(1, 20)) if u],
    "exists": which(lambda s, code: s.scalar(select(exists().where(Unit.code == code)))),
    "query exists": which(lambda s, code: s.scalar(select(s.query(Unit).filter(Unit.code == code).exists()))),
    "has": which(lambda s, code: s.scalars(select(Followed).where(Followed.successor.has(code=code))).all()),
    "has of itself": which(lambda s, code: s.scalars(select(Unit).where(Unit.parent.has(Unit.code == code))).all()),
}

COUNTS: dict[str, Probe] = {
    "count": lambda s: s.scalar(select(func.count()).select_from(Post)),
    "count column": lambda s: s.scalar(select(func.count(Post.id))),
    "count subquery": lambda s: s.scalar(select(func.count()).select_from(select(Post).subquery())),
    "query count": lambda s: s.query(Post).count(),
    "query joined count": lambda s: s.query(Post).join(Post.unit).filter(Unit.kind != "x").count(),
    "limit": lambda s: len(s.scalars(select(Post).limit(100)).all()),
}


REFUSED: dict[str, Probe] = {
    "text": lambda s: s.execute(text("SELECT code FROM post")),
    "text columns": lambda s: s.execute(text("SELECT code FROM post").columns(Post.code)),
    "text subquery": lambda s: s.execute(select(text("SELECT code FROM post").columns(Post.code).subquery().c.code)),
    "from text": lambda s: s.scalars(select(Post).from_statement(text("SELECT * FROM post"))).all(),
    "text in a condition": lambda s: s.scalars(select(Unit).where(text("EXISTS (SELECT 1 FROM post)"))).all(),
    "text as a column": lambda s: s.execute(select(text("code"), Post.id)),
    "light table": lambda s: s.execute(select(table("post", column("code")).c.code)),
    "full join": lambda s: s.execute(select(Unit.code, Post.code).join(Post, Post.unit_id == Unit.id, full=True)),
}
