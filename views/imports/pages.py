"""The pages of an import: choose a file, look at the report, confirm, or fetch the file back with its bad cells marked."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.setting import Upload
from views.context import platform, session
from views.errors import error_message, say
from views.imports.outcome import Outcome
from views.imports.store import clear_old, drop_file, find_file, keep_file
from views.imports.targets import Target, find_target
from views.records.query import whole
from views.shell.i18n import language
from views.workbooks.archive import Limits
from views.workbooks.book import open_workbook
from views.workbooks.problems import WorkbookError

blueprint = Blueprint("imports", __name__)
SHOWN_PROBLEMS = 200
MEGABYTE = 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/import/<what>")
def choose(what: str) -> ResponseReturnValue:
    """The page to hand in a workbook."""
    return _choose_page(_target(what))


@blueprint.post("/import/<what>")
def hand_in(what: str) -> ResponseReturnValue:
    """Keep the workbook and go on to its report; a file that is none is refused at once."""
    target = _target(what)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _choose_page(target, _("Choose a workbook first.")), 422
    content = file.read(_most_bytes() + 1)
    if len(content) > _most_bytes():
        return _choose_page(target, error_message(413)), 413
    clear_old(_folder(), platform().clock.now().timestamp())
    try:
        open_workbook(content, _limits())
    except WorkbookError as error:
        return _choose_page(target, say(error.text)), 422
    upload = keep_file(session(), _folder(), file.filename, content)
    return redirect(_address(what, upload.id))


@blueprint.get("/import/<what>/<int:upload_id>")
def report(what: str, upload_id: int) -> ResponseReturnValue:
    """What importing the workbook would do."""
    target = _target(what)
    upload, content = _own_file(upload_id)
    try:
        outcome = target.run(open_workbook(content, _limits()), False)
    except WorkbookError as error:
        return _choose_page(target, say(error.text)), 422
    return _report_page(what, target, upload, outcome)


@blueprint.post("/import/<what>/<int:upload_id>")
def confirm(what: str, upload_id: int) -> ResponseReturnValue:
    """Import the workbook, all of it or nothing."""
    target = _target(what)
    upload, content = _own_file(upload_id)
    try:
        outcome = target.run(open_workbook(content, _limits()), True)
    except WorkbookError as error:
        return _choose_page(target, say(error.text)), 422
    if not outcome.done:
        return _report_page(what, target, upload, outcome), 422
    drop_file(session(), _folder(), upload)
    flash(
        _(
            "Imported: %(added)s added, %(changed)s changed, %(same)s as they were.",
            added=outcome.added,
            changed=outcome.changed,
            same=outcome.same,
        ),
        "ok",
    )
    return redirect(request.script_root + (outcome.address or target.back))


@blueprint.get("/import/<what>/<int:upload_id>/annotated")
def annotated(what: str, upload_id: int) -> ResponseReturnValue:
    """The workbook again, its bad cells coloured and commented, with a summary in front."""
    target = _target(what)
    upload, content = _own_file(upload_id)
    outcome = target.run(open_workbook(content, _limits()), False)
    marked = BytesIO()
    annotate = import_module("views.workbooks.annotate").annotate  # openpyxl: half a second that no start should cost
    annotate(content, outcome.problems, marked, language=language(), limits=_limits())
    marked.seek(0)
    stem = upload.name.rpartition(".")[0] or upload.name
    return send_file(marked, XLSX, as_attachment=True, download_name=f"{stem} – {_('marked')}.xlsx", max_age=0)


@blueprint.post("/import/<what>/<int:upload_id>/discard")
def discard(what: str, upload_id: int) -> ResponseReturnValue:
    """Forget the workbook."""
    target = _target(what)
    upload, _content = _own_file(upload_id)
    drop_file(session(), _folder(), upload)
    return redirect(request.script_root + target.back)


def _target(what: str) -> Target:
    return find_target(session(), platform().specs, platform().registry, what)


def _folder() -> Path:
    return platform().settings.upload_dir


def _own_file(upload_id: int) -> tuple[Upload, bytes]:
    return find_file(session(), _folder(), whole(str(upload_id), 0))


def _most_bytes() -> int:
    return platform().settings.max_upload_mb * MEGABYTE


def _limits() -> Limits:
    settings = platform().settings
    return Limits(file_bytes=_most_bytes(), rows=settings.max_import_rows)


def _address(what: str, upload_id: int) -> str:
    return f"{request.script_root}/import/{what}/{upload_id}"


def _choose_page(target: Target, problem: str | None = None) -> str:
    return render_template(
        "imports/choose.html",
        page_title=_("Import: %(what)s", what=say(target.title)),
        problem=problem,
        back=request.script_root + target.back,
        most=platform().settings.max_upload_mb,
    )


def _report_page(what: str, target: Target, upload: Upload, outcome: Outcome) -> str:
    return render_template(
        "imports/report.html",
        page_title=_("Import: %(what)s", what=say(target.title)),
        upload=upload,
        outcome=outcome,
        shown=outcome.problems[:SHOWN_PROBLEMS],
        address=_address(what, upload.id),
        again=f"{request.script_root}/import/{what}",
    )
