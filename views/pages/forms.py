"""Forms: the list of one's own, and the generated entry form with its drafts, its errors and its workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from config.text import Text
from models.cycle import Form
from models.errors import Invalid, PlumblineError, Stale, WrongState
from models.operations.context import find
from models.operations.form_sheet import FormSheet, form_sheet
from models.operations.forms import save_form, submit_form
from views.context import allowed, platform, session
from views.pages.access import guarded, need
from views.pages.entry_form import EntryForm, make_entry_form, typed_lines
from views.pages.exports import hand_out
from views.pages.form_list import FORM_STATES, list_page
from views.pages.form_workbook import offline_form
from views.shell.formats import moment, number
from views.shell.i18n import language, say
from views.shell.naming import pick_name
from views.workbooks.form_writing import write_form

blueprint = guarded("forms")


@blueprint.get("/forms/")
def index() -> ResponseReturnValue:
    """The forms within reach, those of the open cycle first."""
    need("form", "list")
    can = {"fill": allowed("form", "fill"), "approve": allowed("form", "approve")}
    return render_template("pages/forms.html", page=list_page(session(), request.args), states=FORM_STATES, can=can)


@blueprint.get("/forms/<int:form_id>")
def show(form_id: int) -> ResponseReturnValue:
    """The entry form, or what it holds when it cannot be filled in now."""
    sheet = form_sheet(session(), form_id, platform().registry)
    if "fill" not in sheet.may:
        return render_template("pages/form_read.html", sheet=sheet, title=form_title(sheet))
    return _page(sheet, make_entry_form(sheet), _kept_errors(sheet))


@blueprint.post("/forms/<int:form_id>")
def save(form_id: int) -> ResponseReturnValue:
    """Save the draft; with `step=submit` also check it and hand it in."""
    sheet = form_sheet(session(), form_id, platform().registry)
    form = make_entry_form(sheet, request.form)
    try:
        saved = save_form(session(), form_id, form.version.data, typed_lines(sheet, form, request.form))
    except Stale as stale:
        return _stale_page(sheet, form, stale)
    except (Invalid, WrongState) as refused:  # what was typed stands in the fields, whatever happened meanwhile
        return _page(sheet, form, refused.fields, say(refused.text)), refused.status
    if request.form.get("step") != "submit":
        flash(_("Draft saved."), "ok")
        return redirect(url_for("forms.show", form_id=form_id))
    try:
        submit_form(session(), form_id, saved.version)
    except Invalid as refused:
        now = form_sheet(session(), form_id, platform().registry)
        return _page(now, make_entry_form(now), refused.fields, checked=True), refused.status
    flash(_("Submitted. The leader of the unit sees it now."), "ok")
    return redirect(url_for("forms.show", form_id=form_id))


@blueprint.post("/forms/<int:form_id>/draft")
def draft(form_id: int) -> ResponseReturnValue:
    """Save the draft as one goes; answers in JSON with the new version and what is wrong at which field."""
    sheet = form_sheet(session(), form_id, platform().registry)
    form = make_entry_form(sheet, request.form)
    try:
        save_form(session(), form_id, form.version.data, typed_lines(sheet, form, request.form))
    except PlumblineError as refused:
        return jsonify(code=refused.code, message=say(refused.text), fields={}), refused.status
    now = form_sheet(session(), form_id, platform().registry)
    errors = {f"v{line.item_id}": say(line.error) for line in now.lines() if line.error is not None}
    saved = _("Draft saved %(moment)s", moment=moment(now.saved_at, short=True))
    return jsonify(version=now.version, saved=saved, errors=errors, score=score_text(now), filled=_filled(now))


@blueprint.get("/forms/<int:form_id>/workbook")
def workbook(form_id: int) -> ResponseReturnValue:
    """The form as a workbook to fill offline; it carries the form's id and version."""
    sheet = form_sheet(session(), form_id, platform().registry)
    clock = platform().clock
    title = form_title(sheet)
    offline = offline_form(sheet, title, clock.now(), clock.zone)
    form = find(session(), Form, form_id)
    return hand_out(lambda file: write_form(offline, file, language=language()), title, "form", form)


def form_title(sheet: FormSheet) -> str:
    """`Budget Division, Q4 2025`."""
    participant = pick_name(sheet.participant, sheet.participant_en)
    return _("%(participant)s, %(cycle)s", participant=participant, cycle=pick_name(sheet.cycle, sheet.cycle_en))


def score_text(sheet: FormSheet) -> dict[str, str]:
    """The score so far and what could be had, as written."""
    if sheet.score is None:
        return {"points": number(None), "full": number(None)}
    return {"points": number(sheet.score.points), "full": number(sheet.score.full_marks, None)}


def _filled(sheet: FormSheet) -> dict[str, str]:
    """Section code → how many of its lines are filled."""
    return {
        section.code: _(
            "%(filled)d of %(asked)d filled",
            filled=sum(line.is_filled for line in section.lines),
            asked=len(section.lines),
        )
        for section in sheet.sections
    }


def _kept_errors(sheet: FormSheet) -> dict[str, Text]:
    """What is wrong with the values that were kept as typed."""
    return {line.code: line.error for line in sheet.lines() if line.error is not None}


def _page(
    sheet: FormSheet,
    form: EntryForm,
    errors: Mapping[str, Text],
    message: str = "",
    *,
    checked: bool = False,
    theirs: Mapping[str, Any] | None = None,
) -> str:
    lines = sheet.lines()
    for line in lines:
        if line.code in errors:
            form.value_of(line).errors = [say(errors[line.code])]
    return render_template(
        "pages/form.html",
        sheet=sheet,
        form=form,
        title=form_title(sheet),
        message=message,
        checked=checked,
        theirs=theirs or {},
        problems=[(form.value_of(line), say(errors[line.code])) for line in lines if line.code in errors],
        filled=_filled(sheet),
        score=score_text(sheet),
        import_url=f"{request.script_root}/import/form-{sheet.form_id}",
    )


def _stale_page(sheet: FormSheet, form: EntryForm, stale: Stale) -> ResponseReturnValue:
    """Both versions in one form: what was typed stays in the fields, what the other person saved stands beside it."""
    theirs = {
        line.code: line.value or _("(empty)")
        for line in sheet.lines()
        if f"v{line.item_id}" in request.form and (form.value_of(line).data or "") != line.value
    }
    form.version.data = form.version.raw_data = None
    form.version.data = stale.version
    return _page(sheet, form, {}, say(stale.text), theirs=theirs), stale.status
