"""A page where anybody signed in can have an exported workbook checked against its run, as far as they may see it."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.errors import NotAllowed, NotFound
from views.context import platform, session
from views.errors import error_message
from views.pages.access import guarded, need
from views.pages.verification import LARGEST, Verdict, verify_workbook
from views.shell.i18n import language, say
from views.workbooks.book import open_workbook
from views.workbooks.problems import WorkbookError

blueprint = guarded("verify")
MEGABYTE = 1024 * 1024
SHOWN = 200


@blueprint.get("/verify/")
def choose() -> ResponseReturnValue:
    """The page to hand in a workbook."""
    need("total", "list")
    return _page()


@blueprint.post("/verify/")
def check() -> ResponseReturnValue:
    """The verdict; the workbook is not kept."""
    need("total", "list")
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(_("Choose a workbook first.")), 422
    most = platform().settings.max_upload_mb * MEGABYTE
    content = file.read(most + 1)
    if len(content) > most:
        return _page(error_message(413)), 413
    try:
        verdict = verify_workbook(session(), open_workbook(content, LARGEST), platform().registry)
    except (WorkbookError, NotFound, NotAllowed) as refused:
        return _page(say(refused.text)), 422
    return _page(verdict=verdict, name=file.filename)


def _page(problem: str = "", verdict: Verdict | None = None, name: str = "") -> str:
    lines = [one.line(language()) for one in verdict.differences[:SHOWN]] if verdict else []
    return render_template(
        "pages/verify.html",
        problem=problem,
        verdict=verdict,
        name=name,
        lines=lines,
        more=len(verdict.differences) - len(lines) if verdict else 0,
        most=platform().settings.max_upload_mb,
    )
