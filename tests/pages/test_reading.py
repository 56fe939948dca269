"""Pages that are only read: home, results, progress, reports, search and the audit trail."""

from __future__ import annotations

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from tests.pages.conftest import Visit


@pytest.mark.parametrize(
    ("role", "waiting"),
    [
        ("liaison", ["Fill in the form Budget Division · Q4 2025"]),
        ("leader", []),
        ("staff", []),
        ("supervision", []),
        ("leadership", []),
    ],
)
def test_home_says_what_waits_for_whom(look: Visit, role: str, waiting: list[str]) -> None:
    page = look(role).get("/")
    todos = [item.words for item in page.main.all("li") if item.get("class").startswith("card todo")]
    assert [todo[: len(start)] for todo, start in zip(todos, waiting, strict=True)] == waiting
    assert waiting or "Nothing waits for you now." in page.words


@pytest.mark.parametrize("role", ["leadership", "staff", "liaison", "admin"])
def test_everyone_sees_the_published_ranking_with_grades_at_home(look: Visit, role: str) -> None:
    page = look(role).get("/")
    assert "Q3 2025 · Divisions" in page.words
    assert "1 Treasury Payment Bureau 100.00 优秀" in page.words
    assert "/runs/1" in page.links()


def test_ones_own_unit_is_marked_in_the_ranking_at_home(look: Visit) -> None:
    page = look("staff").get("/")
    assert [row.words for row in page.main.all("tr", class_="sel")] == ["2 Budget Division yours 95.28 良好"]


def test_open_cycles_stand_at_home_with_how_far_they_are(look: Visit) -> None:
    page = look("comprehensive").get("/")
    assert "Q4 2025 Due in 2 days · 8 Jan 10:00" in page.words
    assert "3 To fill in 1 Approved" in page.words
    assert "/cycles/2/progress" in page.links()


def test_progress_says_who_has_handed_in_and_how_much_is_filled(look: Visit) -> None:
    page = look("indicator").get("/cycles/2/progress")
    assert page.row("Treasury Payment Bureau").words.startswith("Treasury Payment Bureau TREASURY Approved 4 / 4")
    assert "0 / 4" in page.row("Budget Division").words


def test_progress_marks_who_is_late_and_narrows_to_them(look: Visit) -> None:
    page = look("indicator").get("/cycles/1/progress")
    assert "1 late" in page.words
    late = look("indicator").get("/cycles/1/progress?state=late")
    assert [row.words.split(" 0 /")[0] for row in late.main.one("tbody").all("tr")] == [
        "Information Center CENTER To fill in Late"
    ]


def test_a_liaison_sees_the_progress_of_the_own_unit_only(look: Visit) -> None:
    page = look("liaison").get("/cycles/2/progress")
    assert len(page.main.one("tbody").all("tr")) == 1


def sheet_of(data: bytes, name: str) -> list[list[object]]:
    """The rows of a workbook's sheet."""
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name(name).to_python()


def test_progress_can_be_taken_along(look: Visit) -> None:
    answer = look("comprehensive").get("/cycles/2/progress/workbook?state=approved").answer
    rows = sheet_of(answer.data, "progress")
    (head,) = [at for at, row in enumerate(rows) if "Participant" in row]
    assert [row[1] for row in rows[head + 1 :]] == ["Treasury Payment Bureau"]


def test_the_roster_holds_unit_post_person_dates_and_the_last_grade(look: Visit) -> None:
    answer = look("personnel").get("/reports/roster").answer
    assert "Staff roster, 6 Jan 2026.xlsx" in answer.headers["Content-Disposition"]
    rows = sheet_of(answer.data, "roster")
    (head,) = [at for at, row in enumerate(rows) if "Person code" in row]
    line = dict(zip(rows[head], rows[head + 1], strict=False))
    assert (line["Unit"], line["Post"], line["Name"]) == ("Budget Division", "Budget review", "李明")
    assert str(line["From"]) == "2020-01-01"
    assert line["Grade of the unit"] == "良好"
    assert "Exported" in look("supervision").get("/audit/?action=export&who=personnel").words


def test_the_roster_of_an_earlier_day_leaves_out_later_appointments(look: Visit) -> None:
    answer = look("personnel").get("/reports/roster?on=2019-12-31").answer
    assert not any("李明" in row for row in sheet_of(answer.data, "roster"))


def test_results_list_every_published_run(look: Visit) -> None:
    page = look("staff").get("/results/")
    assert page.row("Q3 2025").words.startswith("Q3 2025 Divisions 1")


@pytest.mark.parametrize(
    ("role", "words", "found"),
    [
        ("comprehensive", "budget", {"Budget Division", "Budget review"}),
        ("comprehensive", "预算处", {"Budget Division"}),
        ("comprehensive", "2025Q4", {"Q4 2025"}),
        ("personnel", "李明", {"李明"}),
        ("staff", "DIVISIONS", set()),
        ("liaison", "BUDGET", {"Budget Division", "Budget review"}),
        ("indicator", "DIVISIONS", {"处室考核方案"}),
        ("indicator", "100%", set()),
    ],
)
def test_search_finds_by_code_and_name_what_one_may_list(look: Visit, role: str, words: str, found: set[str]) -> None:
    page = look(role).get("/search?q=" + words.replace("%", "%25"))
    hits = {item.words.rsplit(" ", 1)[0] for item in page.main.all("li")}
    assert hits == found
    assert found or "Nothing was found for" in page.words


def lines(page_words: str, *parts: str) -> bool:
    """Whether all parts stand in the words."""
    return all(part in page_words for part in parts)


def test_the_trail_says_who_did_what_and_what_changed(look: Visit) -> None:
    page = look("supervision").get("/audit/?entity=run")
    rows = [row.words for row in page.main.one("tbody").all("tr")]
    assert lines(rows[0], "leadership", "Publish", "State: Proposed → Published", "Published by: – → leadership")
    assert lines(rows[1], "indicator", "Propose", "State: Draft → Proposed")


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("who=leadership", {"leadership"}),
        ("action=cycle.open", {"comprehensive"}),
        ("entity=scheme_version&action=scheme_version.publish", {"indicator"}),
        ("entity=cycle&record=1", {"comprehensive"}),
    ],
)
def test_the_trail_is_narrowed_by_who_what_and_which_record(look: Visit, query: str, who: set[str]) -> None:
    page = look("supervision").get(f"/audit/?{query}")
    assert {row.one("th").words for row in page.main.one("tbody").all("tr")} == who


def test_the_trail_is_narrowed_by_days_of_the_installations_time(look: Visit) -> None:
    trail = look("supervision")
    day = trail.get("/audit/?since=2026-01-03&until=2026-01-03&action=cycle.open")
    assert "Cycle: Open" in day.words
    assert "No entry fits" in trail.get("/audit/?since=2026-01-04&until=2026-01-05&action=cycle.open").words


def test_the_trail_comes_in_pages(look: Visit) -> None:
    first, second = (look("supervision").get(f"/audit/?who=system&page={page}") for page in (1, 2))
    assert len(first.main.one("tbody").all("tr")) == 50
    assert first.main.one("tbody").words != second.main.one("tbody").words
    assert "/audit/?who=system&page=2" in first.links()
