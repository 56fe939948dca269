"""Handing out workbooks: built in memory, named in any language, each noted in the audit trail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, BinaryIO

from flask import Response, send_file

from models.operations.events import note_export
from views.context import session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def hand_out(
    write: Callable[[BinaryIO], object],
    name: str,
    entity: str,
    row: Any = None,
    changes: Mapping[str, Any] | None = None,
) -> Response:
    """The workbook that `write` writes, as a download called `name`; that it was taken is kept of `entity`, `row`."""
    file = BytesIO()
    write(file)
    file.seek(0)
    note_export(session(), entity, row, {"file": name, **(changes or {})})
    answer = send_file(file, mimetype=XLSX, as_attachment=True, download_name=file_name(name), max_age=0)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def file_name(title: str) -> str:
    """A title as the name of a workbook."""
    return f"{_UNFIT.sub(' ', title).strip()[:120]}.xlsx"
