"""The shape of the metadata: what is shown of an entity and who may do what with it.

What is *stored* (types, nullability, uniqueness) is said by the mapped classes and never repeated here;
`models.specs` joins the two.  Every class refuses unknown keys, so a typing error in a YAML file is found.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from config.text import Text, text

FieldFormat = Literal["text", "long_text", "number", "integer", "percent", "money", "date", "datetime", "yes_no"]

ACTIONS = ("list", "show", "add", "edit", "delete", "import", "export")
"""The actions that every entity may grant; a workflow adds the codes of its transitions, `verbs` the others.

`list` opens the list and its search; `show` alone makes the rows readable where something else refers to them
(a ranking names its participants) without giving a list of their own."""

SCOPES = ("grant", "all", "subtree", "unit", "regions", "self")
"""`grant`: as far as the person's own grant of the role reaches; the others fix the reach for everyone in the role:

`all` every row; `unit` the grant's unit, or the person's own unit where the grant names none; `subtree` the same with
all below it; `regions` the rows of cities and counties; `self` the rows of the actor's own person, sign-in or name."""

EVERYONE = "everyone"
"""Written in place of a role: the permission is given to every role."""


class Strict(BaseModel):
    """A part of the metadata: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _to_text(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"en", "zh_Hans"} and all(isinstance(v, str) for v in value.values()):
        return Text(value["en"], value["zh_Hans"])
    if isinstance(value, Text):
        return value
    raise ValueError("write both languages: {en: …, zh_Hans: …}")


Label = Annotated[Text, BeforeValidator(_to_text)]

ACTION_LABELS: dict[str, Text] = {
    "list": text("List", "查看列表"),
    "show": text("Open", "查看详情"),
    "add": text("Add", "新增"),
    "edit": text("Edit", "编辑"),
    "delete": text("Delete", "删除"),
    "import": text("Import", "导入"),
    "export": text("Export", "导出"),
}


class Condition(Strict):
    """`field` has one of `values`."""

    field: str
    values: tuple[bool | int | str, ...]


class FieldSpec(Strict):
    """How one stored column or relation is shown.

    A reference goes by the relation's name (`unit`, not `unit_id`).  `choices`: stored value → label, in order;
    `choices_from`: they are taken from a catalogue that exists already, and stand in `choices` once loaded.
    """

    label: Label
    help: Label | None = None
    choices: dict[str, Label] | None = None
    choices_from: Literal["roles", "settings", "entities", "audited"] | None = None
    format: FieldFormat | None = None
    decimals: int | None = None
    min: float | None = None
    max: float | None = None
    pattern: str | None = None
    default: bool | int | float | str | None = None
    readonly: bool = False
    required_when: Condition | None = None
    visible_when: Condition | None = None
    personal: bool = False
    """Reading it of another person is written to the audit trail."""


class Section(Strict):
    """A titled group of fields on the record page and the form."""

    label: Label
    fields: tuple[str, ...]


class Permission(Strict):
    """What a role may do with an entity: the actions, how far, and on which rows.

    `where`: column → the values that it may have (null = empty); rows that differ are out of reach.  The column may
    belong to a row referred to, by a dotted path of relations: `scheme_version.scheme.applies_to`.
    """

    actions: tuple[str, ...]
    scope: Literal["grant", "all", "subtree", "unit", "regions", "self"] = "grant"
    where: dict[str, tuple[bool | int | str | None, ...]] = Field(default_factory=dict)


class Transition(Strict):
    """A step of a workflow: who may take it is granted like any action, under its code."""

    label: Label
    source: tuple[str, ...]
    target: str
    comment_required: bool = False


class Workflow(Strict):
    """States of `field` and the transitions between them."""

    field: str
    initial: str
    transitions: dict[str, Transition]


class EntitySpec(Strict):
    """Everything that is shown and allowed of one entity.

    `tool`: which framework draws its generated pages (`register`: Flask-AppBuilder, `console`: Flask-Admin,
    `none`: only its own pages); `rest`: whether it has a REST resource; `menu`: the section of the menu that its list
    is added to, for entities that `menu.yaml` does not place itself.
    `natural_key`: the fields that find a record in an import; a reference to a record whose key has several fields is
    written with a slash between them (`DIVISIONS/2`).  `title`: the field that names a record, `title_en`: the one
    that does in English when it is filled; `order`: the field lists sort by at first ('-' = descending).
    `verbs`: actions of the domain beside the workflow's transitions, with their names.
    `permissions`: role → one or several permissions.
    """

    entity: str
    label: Label
    plural: Label
    help: Label | None = None
    tool: Literal["register", "console", "none"] = "register"
    rest: bool = True
    menu: str | None = None
    natural_key: tuple[str, ...]
    title: str
    title_en: str | None = None
    order: str
    fields: dict[str, FieldSpec]
    list: tuple[str, ...]
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    form: tuple[Section, ...] = ()
    related: tuple[str, ...] = ()
    """Entities whose rows refer to this one and are listed on its record page."""
    workflow: Workflow | None = None
    verbs: dict[str, Label] = Field(default_factory=dict)
    permissions: dict[str, tuple[Permission, ...]]

    @property
    def actions(self) -> dict[str, Label]:
        """Every action that can be granted → its name; transitions and verbs included."""
        own = {code: step.label for code, step in self.workflow.transitions.items()} if self.workflow else {}
        return {**ACTION_LABELS, **own, **self.verbs}


class RoleSpec(Strict):
    """A role: its names, what it is for, and the scopes its grants may have."""

    label: Label
    help: Label
    scopes: tuple[Literal["all", "subtree", "unit", "regions", "self"], ...]


class MenuItem(Strict):
    """A line of the navigation: the list of `entity`, or the page of our own at `url`.

    Shown to those who may do `action` on `entity` and hold one of `roles` (None = any); a page that names no entity
    is shown to everyone signed in.  Without `label` it is called by the entity's plural.
    """

    label: Label | None = None
    entity: str | None = None
    url: str | None = None
    action: str = "list"
    roles: tuple[str, ...] | None = None


class MenuSection(Strict):
    """A titled group of the navigation."""

    code: str
    label: Label
    items: tuple[MenuItem, ...]


class Metadata(Strict):
    """All metadata, checked.  `fingerprint`: SHA-256 over the files it was read from."""

    entities: dict[str, EntitySpec]
    roles: dict[str, RoleSpec]
    menu: tuple[MenuSection, ...]
    fingerprint: str

    def permissions(self, role: str, entity: str) -> tuple[Permission, ...]:
        """The permissions that `role` has on `entity`; none when either is unknown."""
        spec = self.entities.get(entity)
        return spec.permissions.get(role, ()) if spec else ()
