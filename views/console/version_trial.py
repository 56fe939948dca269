"""The page that tries a version on the data of the last published run."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from models.access import covers
from models.errors import NotFound, Refused
from models.operations.scheme_trials import VersionTrial, last_published, try_version
from models.scheme import Scheme, SchemeVersion
from views.context import actor, platform, session
from views.errors import say
from views.pages.grading import grade_name, grade_tone
from views.records.display import title_of
from views.shell.naming import pick_name


def may_try(scheme: Scheme) -> bool:
    """Whether something was published of the scheme and the actor may compute with everybody's data."""
    run = last_published(session(), scheme.id)
    return run is not None and covers(session(), actor(), platform().metadata, run.track, "score")


def trial_page(scheme: Scheme, version: SchemeVersion) -> ResponseReturnValue:
    """Totals, ranks and grades under the version against the published ones, or why it cannot be computed."""
    trial, refused = None, None
    try:
        trial = try_version(session(), version.id, platform().registry)
    except (NotFound, Refused) as error:
        refused = error
    base = f"{request.script_root}/console/scheme/"
    page = render_template(
        "console/version_trial.html",
        page_title=_("Version %(number)s on the data published last", number=version.number),
        crumbs=[
            (say(platform().metadata.entities["scheme"].plural), base),
            (title_of(scheme), f"{base}{scheme.id}?version={version.number}"),
        ],
        version=version,
        trial=trial,
        summary=_summary(trial) if trial is not None else "",
        refused=refused,
        cycle=title_of(trial.run.track.cycle) if trial is not None else "",
        pick_name=pick_name,
        grade_name=grade_name,
        grade_tone=grade_tone,
    )
    return page, 200 if refused is None else refused.status


def _summary(trial: VersionTrial) -> str:
    moved = ngettext("%(num)d participant changes rank", "%(num)d participants change rank", trial.moved)
    return moved + _(", ") + ngettext("%(num)d changes grade", "%(num)d change grade", trial.regraded)
