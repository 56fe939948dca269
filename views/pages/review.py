"""The leader's page: what was submitted beside target and last period, returned with reasons or approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from config.text import Text
from models.errors import Invalid, Stale
from models.operations.form_sheet import FormLine, FormSheet, form_sheet
from models.operations.forms import approve_form, return_form
from views.context import platform, session
from views.pages.access import guarded
from views.pages.forms import form_title
from views.shell.formats import number
from views.shell.i18n import say

blueprint = guarded("review")
COMPARED = frozenset({"number", "percent", "money", "count"})


@dataclass(frozen=True, slots=True)
class Change:
    """How a value moved since the last period; `tone`: good, bad or '' as the indicator's direction has it."""

    text: str
    direction: str
    tone: str


@blueprint.get("/forms/<int:form_id>/review")
def show(form_id: int) -> ResponseReturnValue:
    """What was submitted; forms in another state are only shown."""
    sheet = form_sheet(session(), form_id, platform().registry)
    if not sheet.may & {"approve", "return"}:
        return redirect(url_for("forms.show", form_id=form_id))
    return _page(sheet)


@blueprint.post("/forms/<int:form_id>/return")
def send_back(form_id: int) -> ResponseReturnValue:
    """Return the form with a reason on the whole and at single fields."""
    sheet = form_sheet(session(), form_id, platform().registry)
    reasons = {line.code: request.form.get(f"reason{line.item_id}", "") for line in sheet.lines()}
    try:
        return_form(session(), form_id, _version(), request.form.get("reason", ""), reasons)
    except (Invalid, Stale) as refused:
        return _page(sheet, say(refused.text), refused.fields), refused.status
    flash(_("Returned. The liaison sees the reasons at the fields."), "ok")
    return redirect(url_for("forms.index"))


@blueprint.post("/forms/<int:form_id>/approve")
def approve(form_id: int) -> ResponseReturnValue:
    """Approve the form; its values count from now on."""
    try:
        approve_form(session(), form_id, _version())
    except Stale as stale:
        sheet = form_sheet(session(), form_id, platform().registry)
        return _page(sheet, say(stale.text)), stale.status
    flash(_("Approved. The values count in the scoring."), "ok")
    return redirect(url_for("forms.index"))


def _version() -> int | None:
    """The version of the form that the person has read."""
    given = request.form.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _page(sheet: FormSheet, message: str = "", fields: Mapping[str, Text] | None = None) -> str:
    return render_template(
        "pages/review.html",
        sheet=sheet,
        title=form_title(sheet),
        changes={line.code: change_of(line) for line in sheet.lines()},
        message=message,
        fields=fields or {},
        typed=request.form,
    )


def change_of(line: FormLine) -> Change | None:
    """The change of a number since the last period; None where there is nothing to compare."""
    if line.value_type not in COMPARED or line.actual is None or line.previous is None:
        return None
    moved = line.actual - line.previous
    if abs(moved) < 1e-12:
        return Change(_("unchanged"), "", "")
    better = {"higher": moved > 0, "lower": moved < 0}.get(line.direction)
    tone = "" if better is None else "ok" if better else "warn"
    return Change(("+" if moved > 0 else "−") + number(abs(moved), None), "up" if moved > 0 else "down", tone)
