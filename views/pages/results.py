"""Published results: the rankings that everyone may see, the newest first; one's own results among them."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models.cycle import Track
from models.result import Run, Total
from views.context import allowed, platform, session
from views.pages.access import guarded, need
from views.pages.paging import page_number, page_of

blueprint = guarded("results")
SIZE = 30


@blueprint.get("/results/")
def index() -> ResponseReturnValue:
    """Every published run of which the person may see at least one total."""
    need("total", "list")
    seen = select(Total.run_id).where(Total.is_published.is_(True)).distinct()
    query = select(Run).where(Run.state == "published", Run.id.in_(seen))
    page = page_of(
        session().scalar(query.with_only_columns(func.count(Run.id))) or 0, page_number(request.args.get("page")), SIZE
    )
    newest = query.order_by(Run.published_at.desc(), Run.id.desc()).limit(SIZE).offset(page.first)
    runs = session().scalars(newest.options(joinedload(Run.track).joinedload(Track.cycle)))
    return render_template(
        "pages/results.html",
        page=page.with_rows(list(runs.unique())),
        own=_own_totals(),
        can_export=allowed("total", "export"),
    )


def _own_totals() -> list[Total]:
    """The actor's own published results."""
    person = platform().sessions().info["actor"].person_id
    if person is None:
        return []
    query = (
        select(Total)
        .where(Total.person_id == person, Total.is_published.is_(True))
        .order_by(Total.id.desc())
        .limit(SIZE)
        .options(joinedload(Total.run).joinedload(Run.track).joinedload(Track.cycle), joinedload(Total.participant))
    )
    return list(session().scalars(query).unique())
