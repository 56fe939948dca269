"""The pages that no framework draws: home, forms, review, progress, scoring, ranking, explanation, reports, audit."""

from __future__ import annotations

from flask import Flask

from views.pages import (
    audit,
    cycles,
    explanation,
    forms,
    home,
    outcomes,
    reports,
    results,
    review,
    runs,
    search,
    sensitivity,
    tracks,
    verify,
    what_if,
)
from views.pages.deadlines import due_text, due_tone
from views.pages.grading import grade_name, grade_tone
from views.pages.paging import page_url

BLUEPRINTS = (
    home.blueprint,
    forms.blueprint,
    review.blueprint,
    cycles.blueprint,
    tracks.blueprint,
    runs.blueprint,
    explanation.blueprint,
    results.blueprint,
    outcomes.blueprint,
    reports.blueprint,
    audit.blueprint,
    search.blueprint,
    verify.blueprint,
    what_if.blueprint,
    sensitivity.blueprint,
)


def register(app: Flask) -> None:
    """Give `app` every page."""
    app.jinja_env.globals.update(
        due_text=due_text, due_tone=due_tone, page_url=page_url, grade_name=grade_name, grade_tone=grade_tone
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
