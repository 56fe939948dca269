"""What is shown fits what is stored, and each check of it can fail: one misfit and its sound twin a check."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.metadata import DEFAULT_FOLDER, load_metadata
from models.specs import MODELS, check_stored, merge, stored


def test_the_platforms_own_metadata_fits_what_is_stored() -> None:
    assert [str(finding) for finding in check_stored(load_metadata())] == []


def copied(folder: Path, file: str, find: str, put: str) -> Path:
    """The platform's metadata in `folder`, with one place of one entity's file changed."""
    shutil.copytree(DEFAULT_FOLDER / "entities", folder / "entities")
    for name in ("roles.yaml", "menu.yaml"):
        shutil.copy(DEFAULT_FOLDER / name, folder / name)
    path = folder / "entities" / f"{file}.yaml"
    content = path.read_text(encoding="utf-8")
    assert find in content
    path.write_text(content.replace(find, put, 1), encoding="utf-8")
    return folder


MISFITS = [
    ("META-042", "post", "  duties:", "  dutys:", "  duties:", "dutys:"),
    ("META-043", "post", "    min: 0", "    format: date", "    format: number", "format: date"),
    ("META-044", "person", "      male:", "      neither_of_them:", "      other:", "choices:"),
    ("META-045", "post", "search: [code,", "search: [level, establishment,", "search: [level,", "search:"),
    ("META-045", "audit", "filters: [at,", "filters: [changes,", "filters: [record_label,", "filters:"),
    ("META-046", "post", "name, name_en, unit]", "name, name_en]", "name, unit, name_en]", "form:"),
    ("META-047", "post", "related: [appointment]", "related: [cycle]", "related: []", "related:"),
    (
        "META-048",
        "item",
        "where: {scheme_version.state:",
        "where: {scheme_version.stat:",
        "where: {scheme_version.state:",
        "everyone",
    ),
    ("META-048", "run", "where: {state:", "where: {trak.cycle.state:", "where: {track.cycle.state:", "everyone"),
    ("META-049", "run", "is_trial: [false]", "is_trial: [no]", "is_trial: [true]", "everyone"),
    ("META-050", "setting", "edit, export], scope: all}", "edit, export]}", "edit, export], scope: all}", "admin"),
    (
        "META-050",
        "user",
        "[list, show, export]}",
        "[list, show, export], scope: regions}",
        "[list, show, export]}",
        "supervision",
    ),
]


@pytest.mark.parametrize(("check", "file", "find", "misfit", "sound", "at"), MISFITS)
def test_a_misfit_is_found_where_it_stands(
    check: str, file: str, find: str, misfit: str, sound: str, at: str, tmp_path: Path
) -> None:
    folder = copied(tmp_path, file, find, misfit)
    fields = {"dutys": "duties"}.get(at.strip(":"))
    if fields:  # the lists go along, or the loader finds it first
        path = folder / "entities" / f"{file}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(fields, at.strip(":")), encoding="utf-8")
    findings = check_stored(load_metadata(folder), folder)
    assert {finding.id for finding in findings} == {check}, [str(finding) for finding in findings]
    lines = (folder / "entities" / f"{file}.yaml").read_text(encoding="utf-8").splitlines()
    assert at in lines[findings[0].line - 1]
    assert findings[0].file == f"entities/{file}.yaml"


@pytest.mark.parametrize(("check", "file", "find", "misfit", "sound", "at"), MISFITS)
def test_its_twin_fits(check: str, file: str, find: str, misfit: str, sound: str, at: str, tmp_path: Path) -> None:
    folder = copied(tmp_path, file, find, sound)
    assert [str(finding) for finding in check_stored(load_metadata(folder), folder)] == []


def test_an_entity_that_nobody_stores_is_found(tmp_path: Path) -> None:
    folder = copied(tmp_path, "upload", "entity: upload", "entity: uplode")
    (folder / "entities" / "upload.yaml").rename(folder / "entities" / "uplode.yaml")
    findings = check_stored(load_metadata(folder), folder)
    assert [(finding.id, finding.file) for finding in findings] == [
        ("META-040", "entities/uplode.yaml"),
        ("META-041", "entities/upload.yaml"),
    ]


def test_every_stored_class_is_described() -> None:
    assert set(load_metadata().entities) == set(MODELS)


def test_a_reference_goes_by_its_relation() -> None:
    parent = stored("unit")["parent"]
    assert (parent.attribute, parent.references, parent.nullable) == ("parent_id", "unit", True)
    assert "parent_id" not in stored("unit")


def test_required_and_format_come_from_what_is_stored() -> None:
    specs = merge(load_metadata())
    appointment = specs["appointment"]
    assert [field.name for field in appointment.form_fields if field.required] == ["person", "post", "start_on"]
    assert appointment.field("start_on").format == "date"
    assert specs["post"].field("duties").format == "long_text"
    assert specs["cycle"].field("is_trial").format == "yes_no"
    assert specs["cycle"].field("due_at").format == "datetime"
    assert specs["item"].field("weight").format == "number"
    assert specs["unit"].field("leader").references == "person"


def test_derived_and_readonly_fields_are_never_asked_for() -> None:
    specs = merge(load_metadata())
    for spec in specs.values():
        assert not any(field.spec.readonly for field in spec.writable)
        assert not any(field.required and field.spec.readonly for field in spec.fields.values())
