"""Every finding has its id, file, line and remedy; each broken file has a sound twin; nothing stops at the first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.metadata import MetadataError, check_metadata, load_metadata
from config.text import LANGUAGES
from tests.config import metadata_cases as cases
from tests.support.settings import PROJECT


def test_the_small_metadata_is_sound(tmp_path: Path) -> None:
    metadata, findings = check_metadata(cases.write(tmp_path, cases.FILES))
    assert findings == []
    assert metadata is not None


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: f"{case.check}-{case.broken[:20].strip()}")
def test_what_is_wrong_is_found_where_it_stands(case: cases.Case, tmp_path: Path) -> None:
    metadata, findings = check_metadata(cases.write(tmp_path, case.files(case.broken)))
    assert metadata is None
    found = [finding for finding in findings if finding.id == case.check]
    assert found, f"found instead: {[str(finding) for finding in findings]}"
    assert case.file in {finding.file for finding in found}
    if case.check != "META-002" or case.at:
        assert case.line() in {finding.line for finding in found}, [str(finding) for finding in found]
    assert case.hint in " ".join(str(finding) for finding in found)


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: f"{case.check}-{case.broken[:20].strip()}")
def test_its_twin_is_sound(case: cases.Case, tmp_path: Path) -> None:
    metadata, findings = check_metadata(cases.write(tmp_path, case.files(case.sound)))
    assert [str(finding) for finding in findings] == []
    assert metadata is not None


@pytest.mark.parametrize("file", ["roles.yaml", "menu.yaml", "entities/thing.yaml"])
def test_a_file_that_cannot_be_read_is_named(file: str, tmp_path: Path) -> None:
    folder = cases.write(tmp_path, cases.FILES)
    (folder / file).write_bytes(b"\xff\xfe\x00label")
    _, findings = check_metadata(folder)
    assert ("META-001", file) in {(finding.id, finding.file) for finding in findings}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = cases.write(tmp_path, cases.FILES)
    (folder / "roles.yaml").unlink()
    _, findings = check_metadata(folder)
    assert [finding.file for finding in findings if finding.id == "META-001"] == ["roles.yaml"]


def test_everything_wrong_is_collected_and_sorted(tmp_path: Path) -> None:
    broken = {
        "roles.yaml": cases.ROLES.replace("scopes: [all, unit]", "scopes: [everywhere]"),
        "menu.yaml": cases.MENU.replace("/about/", "about"),
        cases.T: cases.THING.replace("list: [code, name]", "list: [a, b]").replace("target: old", "target: gone"),
    }
    with pytest.raises(MetadataError) as caught:
        load_metadata(cases.write(tmp_path, cases.FILES | broken))
    findings = caught.value.findings
    assert {finding.id for finding in findings} >= {"META-006", "META-012", "META-030", "META-037"}
    assert [(finding.file, finding.line) for finding in findings] == sorted((f.file, f.line) for f in findings)
    assert all(str(finding) in str(caught.value) for finding in findings)


@pytest.mark.parametrize("case", cases.CASES, ids=lambda case: case.check)
def test_findings_speak_both_languages(case: cases.Case, tmp_path: Path) -> None:
    _, findings = check_metadata(cases.write(tmp_path, case.files(case.broken)))
    for finding in findings:
        sentences = {language: finding.sentence().in_language(language) for language in LANGUAGES}
        assert re.search("[一-鿿]", sentences["zh_Hans"]), sentences
        assert not re.search("[一-鿿]", re.sub("“[^”]*”", "", sentences["en"])), sentences
        assert "{" not in re.sub(r"\{en: .*?\}|\{label.*?\}", "", sentences["en"]), sentences


def test_an_unknown_tag_runs_nothing(tmp_path: Path) -> None:
    hostile = cases.THING.replace("title: name", 'title: !!python/object/apply:os.system ["true"]')
    _, findings = check_metadata(cases.write(tmp_path, cases.FILES | {cases.T: hostile}))
    assert findings


def ids_in_code() -> set[str]:
    folders = (PROJECT / "config" / "metadata", PROJECT / "models")
    written = (path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("*.py"))
    return {found for source in written for found in re.findall(r'"(META-\d{3})"', source)}


def test_every_id_is_documented_and_tested() -> None:
    readme = (PROJECT / "config" / "README.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| (META-\d{3}) ", readme, re.MULTILINE))
    assert documented == ids_in_code()
    stored = (Path(__file__).with_name("test_stored_checks.py")).read_text(encoding="utf-8")
    tested = {case.check for case in cases.CASES} | set(re.findall(r'"(META-\d{3})"', stored)) | {"META-001"}
    assert ids_in_code() <= tested
