"""Units: a change is a correction, or holds from a day on and opens a new version."""

from __future__ import annotations

from typing import Any

from flask import request

from models.errors import PlumblineError, Stale
from models.operations.records import save_record
from models.operations.values import Unreadable, read_date
from views.context import session
from views.errors import say
from views.records.forms import RecordForm
from views.records.pages import Extras
from views.records.saving import Saved
from views.registers.view import RegisterView

EFFECTIVE_ON = "effective_on"


class UnitView(RegisterView):
    """The register of units, with the day on which a change takes effect."""

    def extras(self, record: Any = None) -> Extras:
        """The form asks for that day when an existing unit is changed."""
        context = {"effective_on": request.form.get(EFFECTIVE_ON, ""), "effective_error": None}
        return Extras(template="registers/unit_form.html", context=context) if self._editing() else Extras()

    def save(self, form: RecordForm, record: Any) -> Saved:
        """Write the unit as of the day given, or as a correction when none is."""
        day = request.form.get(EFFECTIVE_ON, "").strip()
        try:
            saved = save_record(
                session(),
                "unit",
                record.id if record is not None else None,
                form.values(record),
                form.version_read(),
                effective_on=read_date(day) if day else None,
            )
        except Unreadable as error:
            form.problems = [say(error.text)]
            return Saved()
        except Stale as error:
            return Saved(stale=error)
        except PlumblineError as error:
            form.show_errors(error)
            return Saved()
        return Saved(saved)

    def _editing(self) -> bool:
        return str(request.endpoint).endswith(".edit")
