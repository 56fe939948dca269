"""Finds records to refer to: a small scoped search behind the combobox, never the whole table."""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, request

from models.access import READING
from views.context import allowed, platform, session
from views.records.display import reference_text
from views.records.listing import narrowed, ordered
from views.records.query import ListQuery

MOST = 20

blueprint = Blueprint("lookup", __name__)


@blueprint.get("/lookup/<entity>")
def search(entity: str) -> Response:
    """Up to 20 records whose code or name holds every word of `q`: [{"id", "text"}, …]."""
    known = platform()
    if entity not in known.metadata.entities or not any(allowed(entity, action) for action in READING):
        abort(404)
    spec = known.specs[entity]
    query = ListQuery(words=request.args.get("q", "").strip()[:80], order=spec.spec.natural_key[0])
    statement = ordered(narrowed(session(), spec, query, action=None), spec, query).limit(MOST)
    found = session().scalars(statement).unique().all()
    return jsonify([{"id": record.id, "text": reference_text(record)} for record in found])
