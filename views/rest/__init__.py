"""The API: a resource for each entity that the metadata opens to programs, and the verbs of the domain."""

from __future__ import annotations

from models.specs import MergedSpec
from views.builder import Builder
from views.context import Platform
from views.registers.interface import RecordInterface
from views.rest.resource import RecordApi
from views.rest.schemas import record_schema
from views.rest.verbs import VERB_APIS


def register_rest(builder: Builder, platform: Platform) -> None:
    """Add `/api/v1/<entity>/` for every open entity, and the verbs."""
    for spec in platform.specs.values():
        if spec.spec.rest:
            builder.add_api(resource_class(spec))
    for api in VERB_APIS:
        builder.add_api(api)


def resource_class(spec: MergedSpec) -> type[RecordApi]:
    """The resource of an entity, as the framework wants it: a class of its own."""
    title = "".join(part.title() for part in spec.entity.split("_"))
    listed = [name for name in spec.fields if spec.field(name).stored.kind != "binary"]
    written = [field.name for field in spec.writable]
    attributes = {
        "spec": spec,
        "datamodel": RecordInterface(spec.model),
        "resource_name": spec.entity,
        "class_permission_name": spec.entity,
        "openapi_spec_tag": spec.spec.plural.en,
        "list_columns": listed,
        "show_columns": listed,
        "add_columns": written,
        "edit_columns": written,
        "search_columns": [spec.spec.natural_key[0]],
        "list_model_schema": record_schema(spec, f"{title}Row", reading=True),
        "show_model_schema": record_schema(spec, f"{title}Record", reading=True),
        "add_model_schema": record_schema(spec, f"{title}New", required=True),
        "edit_model_schema": record_schema(spec, f"{title}Change", versioned=spec.versioned),
    }
    return type(f"{title}Api", (RecordApi,), attributes)
