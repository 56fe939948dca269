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


PROBES: dict[str, Probe] = {
    "entity": lambda s: [post.code for post in s.scalars(select(Post))],
    "column": lambda s: s.scalars(select(Post.code)).all(),
    "expression": lambda s: s.scalars(select(func.lower(Post.code))).all(),
    "label": lambda s: s.scalars(select(Post.code.label("x")).order_by("x")).all(),
    "alias": lambda s: s.scalars(select(other.code)).all(),
    "both": lambda s: [
        code for pair in s.execute(select(Post.code, other.code).join(other, other.id != Post.id)) for code in pair
    ],
    "join": lambda s: s.scalars(select(Post.code).join(Post.unit)).all(),
    "joined column": lambda s: s.scalars(select(Unit.code).join(Post, Post.unit_id == Unit.id)).all(),
    "self join": lambda s: [
        c for pair in s.execute(select(Unit.code, upper.code).outerjoin(Unit.parent.of_type(upper))) for c in pair
    ],
    "explicit join": lambda s: s.scalars(
        select(Unit.code).select_from(Unit).join(upper, upper.id == Unit.parent_id)
    ).all(),
    "from": lambda s: s.scalars(select(Unit.code).select_from(Post).join(Unit, Unit.id == Post.unit_id)).all(),
    "subquery": lambda s: s.scalars(select(select(Post.code).subquery().c.code)).all(),
    "aliased subquery": lambda s: [p.code for p in s.scalars(select(aliased(Post, select(Post).subquery())))],
    "cte": lambda s: s.scalars(select(select(Post.code).cte().c.code)).all(),
    "union": lambda s: s.scalars(union_all(select(Post.code), select(Unit.code))).all(),
    "union entities": lambda s: [
        p.code for p in s.scalars(select(Post).from_statement(union_all(select(Post), select(Post))))
    ],
    "union subquery": lambda s: s.scalars(
        select(union_all(select(Post.code), select(Unit.code)).subquery().c.code)
    ).all(),
    "scalar subquery": lambda s: s.scalars(
        select(select(Post.code).order_by(Post.id.desc()).limit(1).scalar_subquery())
    ).all(),
    "correlated": lambda s: s.scalars(
        select(select(func.max(Post.code)).where(Post.unit_id == Unit.id).scalar_subquery()).select_from(Unit)
    ).all(),
    "window": lambda s: s.scalars(select(func.first_value(Post.code).over(order_by=Post.id.desc()))).all(),
    "aggregate": lambda s: s.scalars(select(func.max(Post.code))).all(),
    "query": lambda s: [p.code for p in s.query(Post)],
    "query columns": lambda s: [code for (code,) in s.query(Post.code)],
    "query from_self": lambda s: [code for (code,) in s.query(s.query(Post.code).subquery())],
    "query join": lambda s: [p.code for p in s.query(Post).join(Post.unit).order_by(Unit.code)],
    "query with_entities": lambda s: [code for (code,) in s.query(Post).join(Post.unit).with_entities(Unit.code)],
    "query union": lambda s: [p.code for p in s.query(Post).union_all(s.query(Post))],
    "joined load": lambda s: [p.unit.code for p in s.scalars(select(Post).options(joinedload(Post.unit))) if p.unit],
    "inner joined load": lambda s: [
        p.unit.code for p in s.scalars(select(Post).options(joinedload(Post.unit, innerjoin=True)))
    ],
    "selectin load": lambda s: [
        p.unit.code for p in s.scalars(select(Post).options(selectinload(Post.unit))) if p.unit
    ],
    "subquery load": lambda s: [
        p.unit.code for p in s.scalars(select(Post).options(subqueryload(Post.unit))) if p.unit
    ],
    "contains eager": lambda s: [
        p.unit.code for p in s.scalars(select(Post).join(Post.unit).options(contains_eager(Post.unit)))
    ],
    "lazy load": lambda s: [p.unit.code for p in s.scalars(select(Post)) if p.unit],
    "lazy parents": lambda s: [u.parent.code for u in s.scalars(select(Unit)) if u.parent],
    "deep load": lambda s: [
        a.post.unit.code
        for a in s.scalars(select(Appointment).options(selectinload(Appointment.post).joinedload(Post.unit)))
    ],
    "stream": lambda s: [p.code for p in s.scalars(select(Post).execution_options(yield_per=2))],
    "exists": lambda s: [code for code in CODES if s.scalar(select(exists().where(Unit.code == code)))],
    "query exists": lambda s: [c for c in CODES if s.scalar(select(s.query(Unit).filter(Unit.code == c).exists()))],
    "has": lambda s: [
        c for c in CODES if s.scalars(select(UnitSuccession).where(UnitSuccession.successor.has(code=c))).all()
    ],
    "any": lambda s: [c for c in CODES if s.scalars(select(Unit).where(Unit.parent.has(Unit.code == c))).all()],
    "in subquery": lambda s: s.scalars(select(literal("B")).where(literal("B").in_(select(Unit.code)))).all(),
    "get": lambda s: [u.code for u in (s.get(Unit, i) for i in range(1, 20)) if u],
    "get populated": lambda s: [u.code for u in (s.get(Unit, i, populate_existing=True) for i in range(1, 20)) if u],
    "get one": lambda s: [s.get(Post, p.id).code for p in s.scalars(select(Post))],
    "table": lambda s: s.scalars(select(Post.__table__.c.code)).all(),
    "table beside a class": lambda s: s.scalars(
        select(Post.__table__.c.code).join(Unit, Unit.id == Post.__table__.c.unit_id)
    ).all(),
    "table alias": lambda s: s.scalars(select(Post.__table__.alias().c.code)).all(),
    "table subquery": lambda s: s.scalars(select(Post.__table__.select().subquery().c.code)).all(),
    "table counted": lambda s: [
        f"s{'RAAABCK'[i]}" for i in range(3, s.scalar(select(func.count()).select_from(Post.__table__)))
    ],
    "nested join": lambda s: s.scalars(
        select(Unit.code).join(Post, Post.unit_id == Unit.id).join(Person, Person.unit_id == Post.unit_id)
    ).all(),
    "outer join": lambda s: [
        c for pair in s.execute(select(Unit.code, Post.code).outerjoin(Post, Post.unit_id == Unit.id)) for c in pair
    ],
    "outer join from the other side": lambda s: [
        c
        for pair in s.execute(select(Unit.code, Post.code).select_from(Post).outerjoin(Unit, Post.unit_id == Unit.id))
        for c in pair
    ],
    "case": lambda s: s.scalars(select(case((Post.id > 0, Post.code), else_="A"))).all(),
    "concatenated": lambda s: s.scalars(select(literal("") + Post.code)).all(),
    "cast": lambda s: s.scalars(select(cast(Post.code, String))).all(),
    "distinct": lambda s: s.scalars(select(Post.code).distinct()).all(),
    "having": lambda s: s.scalars(select(func.max(Post.code)).group_by(Post.unit_id).having(func.count() > 0)).all(),
    "recursive": lambda s: s.scalars(select(descending().c.code)).all(),
    "group": lambda s: [code for code, _n in s.execute(select(Post.code, func.count()).group_by(Post.code))],
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
