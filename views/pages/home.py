"""The home page: what waits for whoever is signed in, what was published last, how the open cycles stand."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.cycle import Track
from models.operations.home import PublishedRun, Task, home
from models.result import Run
from models.scheme import SchemeVersion
from views.context import allowed, platform, session
from views.pages.access import guarded
from views.pages.deadlines import due_text
from views.pages.form_list import FORM_STATES
from views.shell.links import record_url
from views.shell.naming import pick_name

blueprint = guarded("home")
SHOWN_TASKS = 12


@dataclass(frozen=True, slots=True)
class Todo:
    """A task in words: what to do, with what, until when."""

    what: str
    about: str
    url: str | None
    due: str
    tone: str
    progress: str


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The start page of everyone."""
    page = home(session())
    latest = [run for run in page.published if run.cycle == page.published[0].cycle] if page.published else []
    return render_template(
        "pages/home.html",
        todos=[_todo(task) for task in page.tasks[:SHOWN_TASKS]],
        more=max(len(page.tasks) - SHOWN_TASKS, 0),
        latest=latest,
        earlier=[run for run in page.published if run not in latest],
        versions=_versions(page.published),
        cycles=page.cycles,
        form_states=FORM_STATES,
        can_follow=allowed("cycle", "list") and allowed("form", "list"),
    )


def _todo(task: Task) -> Todo:
    what = {
        "fill": _("Fill in the form"),
        "correct": _("Correct the returned form"),
        "review": _("Review what was submitted"),
        "score": _("Run the scoring"),
        "propose": _("Check and propose the ranking"),
        "publish": _("Publish the ranking"),
        "open_cycle": _("Prepare and open the cycle"),
        "publish_version": _("Complete and publish the scheme"),
    }[task.kind]
    about = [pick_name(task.title, task.title_en), pick_name(task.detail, task.detail_en)]
    return Todo(
        what=what,
        about=" · ".join(part for part in about if part),
        url=_url(task),
        due=due_text(task.due_at) if task.due_at else "",
        tone="bad" if task.overdue else "warn" if task.due_soon else "",
        progress=_("%(filled)d of %(asked)d filled", filled=task.filled, asked=task.asked) if task.asked else "",
    )


def _url(task: Task) -> str | None:
    """Where the task is done."""
    if task.kind == "review":
        return url_for("review.show", form_id=task.record_id)
    if task.entity == "form":
        return url_for("forms.show", form_id=task.record_id)
    if task.entity == "track":
        return url_for("tracks.show", track_id=task.record_id)
    if task.entity == "run":
        return url_for("runs.show", run_id=task.record_id)
    return record_url(platform().metadata.entities[task.entity], task.record_id)


def _versions(runs: tuple[PublishedRun, ...]) -> dict[int, SchemeVersion]:
    """Run id → the scheme version whose grades it speaks in."""
    query = (
        select(Run)
        .where(Run.id.in_([run.run_id for run in runs]))
        .options(joinedload(Run.track).joinedload(Track.scheme_version).selectinload(SchemeVersion.grade_bands))
    )
    return {run.id: run.track.scheme_version for run in session().scalars(query).unique()}
