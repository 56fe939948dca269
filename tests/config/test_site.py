"""Settings changed on screen: what each takes is said once and held everywhere."""

from __future__ import annotations

import pytest

from config.metadata import load_metadata
from config.site import BY_CODE, SITE_SETTINGS


@pytest.mark.parametrize("setting", SITE_SETTINGS, ids=lambda setting: setting.code)
def test_every_setting_takes_its_own_default_and_is_explained(setting) -> None:
    assert setting.refusal(setting.default) is None
    assert setting.label.en
    assert setting.label.zh_Hans
    assert setting.help.en
    assert setting.help.zh_Hans


@pytest.mark.parametrize(
    ("code", "stored", "value"),
    [
        ("due_soon_days", "14", 14),
        ("due_soon_days", " 0 ", 0),
        ("site_name", "绩效平台", "绩效平台"),
        ("announcement", "", ""),
    ],
)
def test_what_is_stored_is_read_as_its_kind(code: str, stored: str, value: object) -> None:
    assert BY_CODE[code].read(stored) == value


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("due_soon_days", "soon"),
        ("due_soon_days", "-1"),
        ("due_soon_days", "91"),
        ("due_soon_days", "1.5"),
        ("due_soon_days", "٣"),
        ("site_name", "  "),
        ("site_name", "x" * 61),
        ("announcement", "x" * 2001),
    ],
)
def test_anything_else_is_refused_with_the_remedy(code: str, written: str) -> None:
    refusal = BY_CODE[code].refusal(written)
    assert refusal is not None
    assert str(BY_CODE[code].greatest) in str(refusal)
    with pytest.raises(ValueError, match=code):
        BY_CODE[code].read(written)


def test_codes_are_unique_and_known_to_the_metadata() -> None:
    choices = load_metadata().entities["setting"].fields["code"].choices
    assert choices is not None
    assert list(choices) == [setting.code for setting in SITE_SETTINGS] == list(BY_CODE)
