"""Flask-AppBuilder's way to a table, with its own writing taken out."""

from __future__ import annotations

from typing import Any, NoReturn

from flask_appbuilder.models.sqla.interface import SQLAInterface


class RecordInterface(SQLAInterface):  # type: ignore[misc]  # Flask-AppBuilder is untyped
    """Reads and describes.  The framework's own commits are refused: the only write path is the operations'."""

    def _refuse(self, *_given: Any, **_named: Any) -> NoReturn:
        raise RuntimeError("records are written by models.operations.records only")

    add = edit = delete = delete_all = _refuse
