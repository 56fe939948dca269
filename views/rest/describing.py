"""What the framework's own descriptions of its methods leave out: versions, and the errors we answer with."""

from __future__ import annotations

from typing import Any

VERSION_HEADER = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": 'The version that was read, such as "3"; it may stand in the body as `version` instead.',
    "schema": {"type": "string"},
}
_ID = {"in": "path", "name": "pk", "required": True, "schema": {"type": "integer"}}
_MESSAGE = {"type": "object", "properties": {"message": {"type": "string"}}}
_QUERY = {"in": "query", "name": "q", "description": "Rison", "schema": {"type": "string"}}


def errors(*statuses: int) -> dict[str, Any]:
    """References to the described errors."""
    return {str(status): {"$ref": f"#/components/responses/{status}"} for status in statuses}


def content(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One described answer."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


METHOD_SPECS: dict[str, Any] = {
    "info": {
        "get": {
            "parameters": [_QUERY],
            "responses": {
                "200": content("What can be done here", {"type": "object"}),
                **errors(400, 401, 403),
            },
        }
    },
    "get_list": {
        "get": {
            "parameters": [_QUERY],
            "responses": {
                "200": content(
                    "A page of rows",
                    {
                        "type": "object",
                        "required": ["count", "ids", "result"],
                        "properties": {
                            "count": {"type": "integer"},
                            "ids": {"type": "array", "items": {"type": "integer"}},
                            "result": {"type": "array", "items": {"type": "object"}},
                        },
                    },
                ),
                **errors(400, 401, 403),
            },
        }
    },
    "get": {
        "get": {
            "parameters": [_ID, _QUERY],
            "responses": {
                "200": content(
                    "The record",
                    {
                        "type": "object",
                        "required": ["id", "result"],
                        "properties": {
                            "id": {"type": "integer"},
                            "result": {"type": "object"},
                        },
                    },
                ),
                **errors(400, 401, 403, 404),
            },
        }
    },
    "post": {
        "post": {
            "responses": {
                "201": content(
                    "Added",
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
            }
        }
    },
    "put": {
        "put": {
            "parameters": [_ID, VERSION_HEADER],
            "responses": {
                "200": content(
                    "Changed",
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
    },
    "delete": {
        "delete": {
            "parameters": [_ID, VERSION_HEADER],
            "responses": {
                "200": content("Deleted", _MESSAGE),
                **errors(400, 401, 403, 404, 409, 422),
            },
        }
    },
}
