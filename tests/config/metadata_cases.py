"""One broken file and its sound twin for every finding that the metadata's checks can make.

Each case changes one place of the small metadata below: `find` becomes `broken`, or `sound` in the twin.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROLES = """\
clerk:
  label: {en: Clerk, zh_Hans: 职员}
  help: {en: Keeps things., zh_Hans: 管理物品。}
  scopes: [all, unit]
reader:
  label: {en: Reader, zh_Hans: 读者}
  help: {en: Reads things., zh_Hans: 查看物品。}
  scopes: [all]
"""

MENU = """\
- code: main
  label: {en: Main, zh_Hans: 主要}
  items:
    - {entity: thing}
    - {url: /about/, label: {en: About, zh_Hans: 关于}}
"""

AGAIN = "- code: main  # again\n  label: {en: Again, zh_Hans: 再次}\n  items: []\n"

THING = """\
entity: thing
label: {en: Thing, zh_Hans: 物品}
plural: {en: Things, zh_Hans: 物品}
natural_key: [code]
title: name
order: -code
fields:
  code: {label: {en: Code, zh_Hans: 编码}, pattern: "[a-z]+"}
  name: {label: {en: Name, zh_Hans: 名称}}
  state:
    label: {en: State, zh_Hans: 状态}
    choices:
      new: {en: New, zh_Hans: 新}
      old: {en: Old, zh_Hans: 旧}
    default: new
  note: {label: {en: Note, zh_Hans: 备注}, visible_when: {field: state, values: [old]}}
  amount: {label: {en: Amount, zh_Hans: 数量}, min: 0, max: 9, default: 1}
  secret: {label: {en: Secret, zh_Hans: 秘密}, personal: true}
list: [code, name]
search: [name]
filters: [state]
form:
  - {label: {en: Thing, zh_Hans: 物品}, fields: [code, name, state, note]}
  - {label: {en: More, zh_Hans: 其他}, fields: [amount, secret]}
related: [other]
workflow:
  field: state
  initial: new
  transitions:
    age: {label: {en: Age, zh_Hans: 变旧}, source: [new], target: old}
verbs:
  count: {en: Count, zh_Hans: 清点}
permissions:
  everyone:
    - {actions: [show], scope: all}
  clerk:
    - {actions: [list, show, add, age, count]}
"""

OTHER = """\
entity: other
label: {en: Other, zh_Hans: 其他}
plural: {en: Others, zh_Hans: 其他}
tool: none
menu: main
natural_key: [code]
title: code
order: code
fields:
  code: {label: {en: Code, zh_Hans: 编码}}
list: [code]
permissions:
  reader:
    - {actions: [list]}
"""

FILES = {"roles.yaml": ROLES, "menu.yaml": MENU, "entities/thing.yaml": THING, "entities/other.yaml": OTHER}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Put `files` into `folder`, which becomes a metadata folder."""
    (folder / "entities").mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Case:
    """`check` is found once `find` in `file` reads `broken`, on the line that holds `at` (None: the first)."""

    check: str
    file: str
    find: str
    broken: str
    sound: str
    at: str | None
    hint: str = ""

    def files(self, put: str) -> dict[str, str]:
        assert FILES[self.file].count(self.find) == 1, f"{self.find!r} is not once in {self.file}"
        return FILES | {self.file: FILES[self.file].replace(self.find, put)}

    def line(self) -> int:
        lines = self.files(self.broken)[self.file].splitlines()
        return 1 if self.at is None else next(n for n, line in enumerate(lines, 1) if self.at in line)


T = "entities/thing.yaml"
CASES = (
    Case("META-002", T, "title: name", "title: [name", "title: code", None),
    Case("META-002", T, "search: [name]", "search: &a [*a]", "search: &a [name]", "search:"),
    Case("META-003", T, "title: name", "title: name\ntitle: code", "title: code", "title: code", "first on line 5"),
    Case("META-004", T, "search:", "serch:", "search:", "serch", "Did you mean search?"),
    Case("META-004", T, "min: 0", "minimum: 0", "min: 1", "minimum", "Did you mean min?"),
    Case(
        "META-004", T, "initial: new", "initial: new\n  fields: x", "initial: old", "fields: x", "Did you mean field?"
    ),
    Case("META-005", T, "title: name\n", "", "title: code\n", None, "title"),
    Case("META-005", T, ", target: old", "", ", target: new", "age:", "target"),
    Case("META-006", T, "list: [code, name]", "list: code", "list: [code]", "list:", "list"),
    Case("META-006", T, "min: 0", "min: few", "min: -1", "amount:", "number"),
    Case("META-006", T, "personal: true", "personal: maybe", "personal: false", "secret:", "true or false"),
    Case("META-006", T, "scope: all", "scope: al", "scope: unit", "scope: al", "Did you mean all?"),
    Case("META-006", "menu.yaml", MENU, "code: main", MENU, None),
    Case("META-006", "roles.yaml", ROLES, "- clerk", ROLES, None),
    Case(
        "META-007",
        T,
        "{en: Code, zh_Hans: 编码}",
        "{en: Code}",
        "{en: Key, zh_Hans: 键}",
        "code: {",
        "zh_Hans is missing",
    ),
    Case("META-007", T, "{en: Name, zh_Hans: 名称}", "Name", "{en: N, zh_Hans: 名}", "name: {"),
    Case("META-008", T, "{en: Note, zh_Hans: 备注}", '{en: Note, zh_Hans: ""}', "{en: N, zh_Hans: 注}", "note:"),
    Case("META-008", T, "{en: Count, zh_Hans: 清点}", '{en: " ", zh_Hans: 清点}', "{en: C, zh_Hans: 清}", "count: {"),
    Case("META-008", "roles.yaml", "en: Clerk", 'en: ""', "en: Keeper", "label"),
    Case("META-009", T, "entity: thing", "entity: thingy", "entity: thing", "entity:"),
    Case("META-010", "entities/other.yaml", "entity: other", "entity: thing", "entity: other", "entity:"),
    Case("META-011", T, "[amount, secret]", "[]", "[amount]", "More"),
    Case("META-011", T, "natural_key: [code]", "natural_key: []", "natural_key: [name]", "natural_key"),
    Case("META-012", T, "list: [code, name]", "list: [code, nam]", "list: [name]", "list:", "Did you mean name?"),
    Case("META-013", T, "search: [name]", "search: [named]", "search: [code]", "search:", "name"),
    Case("META-013", T, "filters: [state]", "filters: [status]", "filters: [name]", "filters:", "state"),
    Case("META-014", T, "[amount, secret]", "[amont, secret]", "[amount]", "amont", "amount"),
    Case("META-015", T, "natural_key: [code]", "natural_key: [key]", "natural_key: [name]", "natural_key"),
    Case("META-016", T, "title: name", "title: nam", "title: code", "title:", "name"),
    Case("META-016", T, "order: -code", "order: -cod", "order: code", "order:", "code"),
    Case("META-016", T, "title: name", "title: name\ntitle_en: nam", "title: name\ntitle_en: code", "title_en"),
    Case("META-017", T, "list: [code, name]", "list: [code, code]", "list: [name, code]", "list:"),
    Case("META-017", T, "[amount, secret]", "[amount, name]", "[secret, amount]", "form:"),
    Case(
        "META-018",
        T,
        "{field: state, values: [old]}",
        "{field: stat, values: [old]}",
        "{field: state, values: [new]}",
        "note:",
    ),
    Case("META-018", T, "values: [old]", "values: [odd]", "values: [new, old]", "note:", "Did you mean old?"),
    Case("META-019", T, "related: [other]", "related: [others]", "related: []", "related:", "Did you mean other?"),
    Case("META-020", T, "  clerk:", "  clark:", "  reader:", "clark", "Did you mean clerk?"),
    Case("META-021", T, "add, age, count", "add, aged, count", "add, age", "aged", "Did you mean age?"),
    Case("META-022", T, "search: [name]", "search: [name, secret]", "search: [name, code]", "secret:"),
    Case("META-023", T, '"[a-z]+"', '"[a-z+"', '"[a-z]*"', "code: {"),
    Case("META-024", T, "min: 0, max: 9", "min: 10, max: 9", "min: 1, max: 1", "amount:"),
    Case("META-025", T, "default: 1}", "default: 12}", "default: 9}", "amount:"),
    Case("META-025", T, "default: new", "default: newer", "default: old", "default: newer", "Did you mean new?"),
    Case(
        "META-026",
        T,
        "{en: Code, zh_Hans: 编码}",
        "{en: C, zh_Hans: 码}, choices: {}",
        "{en: C, zh_Hans: 码}",
        "code: {",
    ),
    Case("META-026", T, "    default: new", "    choices_from: roles", "    default: old", "choices:"),
    Case("META-027", T, "actions: [show]", "actions: [show, show]", "actions: [list, show]", "actions: [show"),
    Case("META-027", T, "actions: [show]", "actions: []", "actions: [list]", "actions: []"),
    Case("META-028", "entities/other.yaml", "[list]", "[edit]", "[show, edit]", "reader"),
    Case("META-029", T, "field: state\n  initial", "field: name\n  initial", "field: state\n  initial", "field: name"),
    Case("META-030", T, "initial: new", "initial: newer", "initial: old", "initial:", "Did you mean new?"),
    Case("META-030", T, "source: [new]", "source: [news]", "source: [new, old]", "age:", "Did you mean new?"),
    Case("META-030", T, "target: old", "target: gone", "target: new", "age:"),
    Case("META-031", T, "  count:", "  age:", "  counted: {en: C, zh_Hans: 数}\n  count:", "  age: {en"),
    Case("META-031", T, "  count:", "  delete:", "  remove: {en: R, zh_Hans: 移}\n  count:", "delete"),
    Case("META-032", "roles.yaml", "reader:", "Reader:", "reader:", "Reader"),
    Case("META-032", "roles.yaml", "[all, unit]", "[]", "[all]", "clerk"),
    Case("META-033", "menu.yaml", MENU, MENU + AGAIN, MENU + AGAIN.replace("main", "rest"), "again"),
    Case("META-034", "entities/other.yaml", "menu: main", "menu: mian", "menu: main", "menu:", "Did you mean main?"),
    Case("META-035", "menu.yaml", "entity: thing", "entity: thin", "entity: thing", "thin}", "Did you mean thing?"),
    Case(
        "META-036", "menu.yaml", "entity: thing", "entity: thing, action: cont", "entity: thing, action: count", "cont"
    ),
    Case(
        "META-036", "menu.yaml", "entity: thing", "entity: thing, roles: [x]", "entity: thing, roles: [clerk]", "roles"
    ),
    Case("META-037", "menu.yaml", "/about/", "about", "/about/us", "about"),
    Case("META-037", "menu.yaml", "/about/", "//example.org", "/about", "example"),
    Case("META-037", "menu.yaml", ", label: {en: About, zh_Hans: 关于}", "", ", label: {en: A, zh_Hans: 关}", "about"),
    Case(
        "META-037",
        "menu.yaml",
        "entity: thing",
        "entity: other",
        "entity: other, url: /x/, label: {en: X, zh_Hans: 甲}",
        "entity: other",
    ),
)
