"""The verbs of the domain as POST requests: `/api/v1/form/12/submit`.  Each calls one operation and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from flask_appbuilder.api import expose, protect
from flask_appbuilder.security.decorators import permission_name

from config.text import text
from models.errors import Invalid
from models.operations.cycles import close_cycle, open_cycle
from models.operations.form_values import FieldInput
from models.operations.forms import approve_form, return_form, save_form, submit_form
from models.operations.outcomes import approve_outcome, change_outcome, reject_outcome
from models.operations.rule_application import apply_rules
from models.operations.rule_binding import bind_rule
from models.operations.schemes import new_version, publish_version
from models.operations.scoring import propose_run, publish_run, run_scoring
from models.specs import model_of
from views.context import platform, session
from views.errors import missing
from views.records.reading import LARGEST_ID, find_record
from views.rest.answers import PlainApi, answering, with_version
from views.rest.body import read_body, version_read
from views.rest.describing import VERSION_HEADER, content, errors
from views.rest.rows import row_of

Body = dict[str, Any]
Verb = Callable[[int, Body, "int | None"], Any]


def _open_cycle(pk: int, body: Body, version: int | None) -> Any:
    return open_cycle(session(), pk, version)


def _close_cycle(pk: int, body: Body, version: int | None) -> Any:
    return close_cycle(session(), pk, version)


def _publish_version(pk: int, body: Body, version: int | None) -> Any:
    return publish_version(session(), pk, version)


def _new_version(pk: int, body: Body, version: int | None) -> Any:
    return new_version(session(), find_record(platform().specs["scheme_version"], pk).scheme_id)


def _fill(pk: int, body: Body, version: int | None) -> Any:
    values = _mapping(body, "values")
    typed = {code: _field_input(code, given) for code, given in values.items()}
    save_form(session(), pk, version, typed, draft=_flag(body, "draft", True))
    return session().get(model_of("form"), pk)


def _submit(pk: int, body: Body, version: int | None) -> Any:
    return submit_form(session(), pk, version)


def _approve(pk: int, body: Body, version: int | None) -> Any:
    return approve_form(session(), pk, version)


def _return(pk: int, body: Body, version: int | None) -> Any:
    by_item = {code: _sentence(given, code) for code, given in _mapping(body, "by_item").items()}
    return return_form(session(), pk, version, _sentence(body.get("reason", ""), "reason"), by_item)


def _score(pk: int, body: Body, version: int | None) -> Any:
    return run_scoring(session(), pk, platform().registry, trial=_flag(body, "trial", False))


def _propose(pk: int, body: Body, version: int | None) -> Any:
    return propose_run(session(), pk, version)


def _publish_run(pk: int, body: Body, version: int | None) -> Any:
    reason = body.get("reason")
    return publish_run(session(), pk, version, _sentence(reason, "reason") if reason is not None else None)


def _apply_rules(pk: int, body: Body, version: int | None) -> Any:
    apply_rules(session(), pk, platform().registry)
    return find_record(platform().specs["cycle"], pk)


def _bind_rule(pk: int, body: Body, version: int | None) -> Any:
    rule, clause = (_sentence(body.get(name, ""), name) for name in ("rule", "clause"))
    return bind_rule(session(), pk, rule, _mapping(body, "params"), clause=clause or None, registry=platform().registry)


def _approve_outcome(pk: int, body: Body, version: int | None) -> Any:
    return approve_outcome(session(), pk, version)


def _reject_outcome(pk: int, body: Body, version: int | None) -> Any:
    return reject_outcome(session(), pk, version, _sentence(body.get("reason", ""), "reason"))


def _change_outcome(pk: int, body: Body, version: int | None) -> Any:
    value, reason = (_sentence(body.get(name, ""), name) for name in ("value", "reason"))
    return change_outcome(session(), pk, version, value, reason, platform().registry)


VERBS: dict[str, dict[str, tuple[Verb, str, Mapping[str, Any]]]] = {
    "cycle": {
        "open": (_open_cycle, "Open a cycle: pin the organization and make the forms", {}),
        "close": (_close_cycle, "Close a cycle; everything below it is frozen", {}),
        "bind": (
            _bind_rule,
            "Bind a results rule to a cycle",
            {
                "rule": {"type": "string"},
                "params": {"type": "object", "additionalProperties": {}},
                "clause": {"type": "string"},
            },
        ),
        "apply": (_apply_rules, "Apply the results rules of a cycle; what changed stands at its rules", {}),
    },
    "scheme_version": {
        "publish": (_publish_version, "Publish a draft; it is frozen from then on", {}),
        "new_version": (_new_version, "Copy the newest version of the same scheme to a draft", {}),
    },
    "form": {
        "fill": (
            _fill,
            "Save lines of a form",
            {
                "values": {
                    "type": "object",
                    "description": "item code → a value, or {actual, choice, not_applicable, note}",
                    "additionalProperties": {},
                },
                "draft": {"type": "boolean", "default": True},
            },
        ),
        "submit": (_submit, "Submit a form", {}),
        "approve": (_approve, "Approve a submitted form", {}),
        "return": (
            _return,
            "Return a submitted form with a reason",
            {
                "reason": {"type": "string"},
                "by_item": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        ),
    },
    "track": {"score": (_score, "Compute the scores of a track as a new run", {"trial": {"type": "boolean"}})},
    "run": {
        "propose": (_propose, "Propose a run for publication", {}),
        "publish": (_publish_run, "Publish a proposed run", {"reason": {"type": "string"}}),
    },
    "outcome": {
        "approve": (_approve_outcome, "Approve a proposed outcome; it is frozen from then on", {}),
        "reject": (_reject_outcome, "Reject a proposed outcome with a reason", {"reason": {"type": "string"}}),
        "change": (
            _change_outcome,
            "Give a proposed outcome another value with a reason",
            {"value": {"type": "string"}, "reason": {"type": "string"}},
        ),
    },
}
"""Entity → verb → (what it calls, its line in the description, what the body may hold beside `version`)."""


def _mapping(body: Body, name: str) -> dict[str, Any]:
    given = body.get(name, {})
    if not isinstance(given, dict):
        raise _wrong(name)
    return given


def _flag(body: Body, name: str, default: bool) -> bool:
    given = body.get(name, default)
    if not isinstance(given, bool):
        raise _wrong(name)
    return given


def _sentence(given: Any, name: str) -> str:
    if not isinstance(given, str):
        raise _wrong(name)
    return given


def _field_input(code: str, given: Any) -> FieldInput:
    """A line of a form: a plain value, or an object that says more."""
    if not isinstance(given, dict):
        given = {"actual": given}
    if not given.keys() <= {"actual", "choice", "not_applicable", "note"}:
        raise _wrong(code)
    if any(isinstance(part, dict | list) for part in given.values()):
        raise _wrong(code)
    for name in ("choice", "note"):
        if given.get(name) is not None and not isinstance(given[name], str):
            raise _wrong(code)
    return FieldInput(**given | {"not_applicable": given.get("not_applicable") is True})


def _wrong(name: str) -> Invalid:
    told = text("This is not written as the API needs it.", "此项的写法不符合接口要求。")
    return Invalid(told, {name: told})


def _api_class(entity: str) -> type[PlainApi]:
    """The resource that answers the verbs of `entity`."""
    methods = {name: _method(entity, name, *told) for name, told in VERBS[entity].items()}
    title = "".join(part.title() for part in entity.split("_"))
    attributes = {
        "resource_name": entity,
        "class_permission_name": entity,
        "method_permission_name": {name: name for name in methods},
        "openapi_spec_tag": "Verbs",
        **methods,
    }
    return type(f"{title}Verbs", (PlainApi,), attributes)


def _method(entity: str, name: str, call: Verb, told: str, takes: Mapping[str, Any]) -> Callable[..., Response]:
    @answering
    def method(self: PlainApi, pk: int) -> Response:
        if pk > LARGEST_ID:
            missing(None)
        body = read_body(optional=True)
        version = version_read(body)
        spec = platform().specs[entity]
        if unknown := body.keys() - takes.keys():
            raise _wrong(min(unknown))
        if version is None and spec.versioned:
            version = find_record(spec, pk).version
        done = call(pk, body, version)
        row = row_of(platform().specs[done.entity], done)
        return with_version(self.response(200, id=done.id, result=row), done)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = _description(told, takes)
    guarded: Callable[..., Response] = expose(f"/<int:pk>/{name}", methods=["POST"])(
        protect()(permission_name(name)(method))
    )
    return guarded


def _description(told: str, takes: Mapping[str, Any]) -> str:
    """The method's OpenAPI operation, written where the framework looks for it: in the documentation string."""
    properties = {"version": {"type": "integer", "description": "the version that was read"}, **takes}
    operation = {
        "summary": told,
        "parameters": [
            {"in": "path", "name": "pk", "required": True, "schema": {"type": "integer"}},
            VERSION_HEADER,
        ],
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": properties,
                        "additionalProperties": False,
                    }
                }
            }
        },
        "responses": {
            "200": content(
                "Done",
                {
                    "type": "object",
                    "required": ["id", "result"],
                    "properties": {
                        "id": {"type": "integer"},
                        "result": {"type": "object"},
                    },
                },
            ),
            **errors(400, 401, 403, 404, 409, 415, 422),
        },
    }
    return f"{told}\n---\n{json.dumps({'post': operation}, ensure_ascii=False)}"


VERB_APIS: tuple[type[PlainApi], ...] = tuple(_api_class(entity) for entity in VERBS)
