"""The metadata: what is shown of each entity and who may do what, read from YAML and checked."""

from __future__ import annotations

from config.metadata.finding import MetadataError, MetadataFinding
from config.metadata.loader import DEFAULT_FOLDER, check_metadata, load_metadata
from config.metadata.spec import (
    ACTIONS,
    SCOPES,
    Condition,
    EntitySpec,
    FieldFormat,
    FieldSpec,
    MenuItem,
    MenuSection,
    Metadata,
    Permission,
    RoleSpec,
    Section,
    Transition,
    Workflow,
)

__all__ = [
    "ACTIONS",
    "DEFAULT_FOLDER",
    "SCOPES",
    "Condition",
    "EntitySpec",
    "FieldFormat",
    "FieldSpec",
    "MenuItem",
    "MenuSection",
    "Metadata",
    "MetadataError",
    "MetadataFinding",
    "Permission",
    "RoleSpec",
    "Section",
    "Transition",
    "Workflow",
    "check_metadata",
    "load_metadata",
]
