"""The page of a cycle: its window, tracks and participants, what keeps it from opening, and the button that opens it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from models.access import covers
from models.cycle import Cycle, Participant, Track
from models.errors import PlumblineError, Refused
from models.operations.cycles import close_cycle, open_cycle, opening_findings
from models.operations.participants import add_participants, create_track
from views.console.view import ConsoleView
from views.context import actor, allowed, platform, session
from views.errors import say
from views.records.display import shown, title_of
from views.records.query import whole
from views.records.reading import find_record


class CycleView(ConsoleView):
    """Cycles: `/console/cycle/<id>` is the record page."""

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """Go to the page of this cycle."""
        return redirect(cycle_url(find_record(self.spec, request.args.get("id", "")).id))

    @expose("/<int:cycle_id>")
    def page(self, cycle_id: int) -> ResponseReturnValue:
        """The page of a cycle."""
        return cycle_page(find_record(self.spec, cycle_id))

    @expose("/<int:cycle_id>/track", methods=("POST",))
    def add_track(self, cycle_id: int) -> ResponseReturnValue:
        """Bind a scheme version as a track."""
        cycle = find_record(self.spec, cycle_id)
        try:
            track = create_track(session(), cycle.id, whole(request.form.get("scheme_version"), 0))
        except PlumblineError as error:
            return cycle_page(find_record(self.spec, cycle_id), refused=error), error.status
        flash(_("%(track)s is bound to this cycle.", track=title_of(track)), "ok")
        return redirect(cycle_url(cycle_id))

    @expose("/<int:cycle_id>/participants", methods=("POST",))
    def add_participants(self, cycle_id: int) -> ResponseReturnValue:
        """Add every unit of some kinds, or one unit, to a track."""
        find_record(self.spec, cycle_id)
        kinds = request.form.getlist("kind")
        unit = whole(request.form.get("unit"), 0)
        try:
            added = add_participants(
                session(),
                whole(request.form.get("track"), 0),
                unit_kinds=kinds or None,
                unit_ids=[unit] if unit else None,
            )
        except PlumblineError as error:
            return cycle_page(find_record(self.spec, cycle_id), refused=error), error.status
        flash(ngettext("%(num)s participant was added.", "%(num)s participants were added.", len(added)), "ok")
        return redirect(cycle_url(cycle_id))

    @expose("/<int:cycle_id>/open", methods=("POST",))
    def open(self, cycle_id: int) -> ResponseReturnValue:
        """Open the cycle, or say every reason that keeps it from opening."""
        try:
            open_cycle(session(), find_record(self.spec, cycle_id).id, whole(request.form.get("version"), 0) or None)
        except PlumblineError as error:
            return cycle_page(find_record(self.spec, cycle_id), refused=error), error.status
        flash(_("The cycle is open; every participant has its form."), "ok")
        return redirect(cycle_url(cycle_id))

    @expose("/<int:cycle_id>/close", methods=("POST",))
    def close(self, cycle_id: int) -> ResponseReturnValue:
        """Close the cycle; everything below it is frozen."""
        try:
            close_cycle(session(), find_record(self.spec, cycle_id).id, whole(request.form.get("version"), 0) or None)
        except PlumblineError as error:
            return cycle_page(find_record(self.spec, cycle_id), refused=error), error.status
        flash(_("The cycle is closed."), "ok")
        return redirect(cycle_url(cycle_id))


class TrackView(ConsoleView):
    """Tracks are shown on the page of their cycle."""

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """Go to the page of the track's cycle, or draw the record for those who cannot list cycles."""
        track = find_record(self.spec, request.args.get("id", ""))
        if allowed("cycle", "show"):
            return redirect(cycle_url(track.cycle_id))
        return super().details_view()


def cycle_url(cycle_id: int) -> str:
    """The address of a cycle's page."""
    return f"{request.script_root}/console/cycle/{cycle_id}"


def cycle_page(cycle: Cycle, *, refused: PlumblineError | None = None) -> str:
    """The page of a cycle.  `refused`: what was asked for and could not be done."""
    specs = platform().specs
    is_draft = cycle.state == "draft"
    tracks = session().scalars(select(Track).where(Track.cycle_id == cycle.id).order_by(Track.id)).all()
    return render_template(
        "console/cycle.html",
        page_title=title_of(cycle),
        crumbs=[(say(specs["cycle"].spec.plural), f"{request.script_root}/console/cycle/")],
        cycle=cycle,
        facts=[
            (say(field.label), shown(field, cycle)) for field in specs["cycle"].form_fields if field.name != "state"
        ],
        state_label=shown(specs["cycle"].field("state"), cycle),
        tracks=[(track, *_participants(track)) for track in tracks],
        kinds=specs["unit"].field("kind").spec.choices,
        findings=[say(finding.text) for finding in opening_findings(session(), cycle)] if is_draft else [],
        refused=refused,
        reasons=[say(finding.text) for finding in refused.findings] if isinstance(refused, Refused) else [],
        title_of=title_of,
        may_edit=is_draft and _covers(cycle, "edit"),
        may_bind=is_draft and allowed("track", "add"),
        may_add=is_draft and allowed("participant", "add"),
        may_open=is_draft and _covers(cycle, "open"),
        may_close=cycle.state == "open" and _covers(cycle, "close"),
        may_apply=not (is_draft or cycle.is_trial) and allowed("outcome", "list"),
        may_follow=not is_draft and allowed("form", "list"),
    )


SHOWN_PARTICIPANTS = 60


def _participants(track: Track) -> tuple[int, list[Participant]]:
    """How many participants a track has, and the first of them."""
    mine = select(Participant).where(Participant.track_id == track.id)
    count = session().scalar(select(func.count()).select_from(mine.subquery()))
    return count or 0, list(session().scalars(mine.order_by(Participant.code).limit(SHOWN_PARTICIPANTS)))


def _covers(row: Any, action: str) -> bool:
    return covers(session(), actor(), platform().metadata, row, action)
