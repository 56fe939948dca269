"""Settings: what is read, what is made, and what is refused with the place and the remedy."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.kept_keys import kept_key
from config.settings import KNOWN, Settings, SettingsError, load_settings
from config.text import Text

KEYS = {"PLUMBLINE_SECRET_KEY": "s" * 32, "PLUMBLINE_AUDIT_KEY": "a" * 32}


def findings_of(environ: dict[str, str], root: Path) -> list[Text]:
    with pytest.raises(SettingsError) as refused:
        load_settings(environ, root)
    return refused.value.findings


def test_an_embedded_installation_needs_no_setting_at_all(tmp_path: Path) -> None:
    settings = load_settings({"PATH": "anything"}, tmp_path)
    assert settings.embedded
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/plumbline.db"
    assert settings.upload_dir == tmp_path / "instance" / "uploads"
    assert settings.time_zone == "Asia/Shanghai"
    assert len(settings.secret_key) >= 32
    assert settings.secret_key != settings.audit_key


def test_kept_keys_are_private_and_stay(tmp_path: Path) -> None:
    first = load_settings({}, tmp_path)
    second = load_settings({}, tmp_path)
    assert (first.secret_key, first.audit_key) == (second.secret_key, second.audit_key)
    for name in ("secret.key", "audit.key"):
        assert stat.S_IMODE((tmp_path / "instance" / name).stat().st_mode) == 0o600


def test_a_key_file_open_to_others_is_closed_again(tmp_path: Path) -> None:
    load_settings({}, tmp_path)
    path = tmp_path / "instance" / "secret.key"
    path.chmod(0o644)
    load_settings({}, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    for attempt in range(20):
        path = tmp_path / str(attempt) / "secret.key"
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda _, path=path: kept_key(path), range(8)))
        assert len(keys) == 1
        assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


def test_a_damaged_kept_key_is_refused(tmp_path: Path) -> None:
    load_settings({}, tmp_path)
    (tmp_path / "instance" / "audit.key").write_text("")
    (finding,) = findings_of({}, tmp_path)
    assert str(finding).startswith("instance/audit.key: PLUMBLINE_AUDIT_KEY does not take this value")


def test_a_database_server_needs_keys_of_its_own(tmp_path: Path) -> None:
    findings = findings_of({"PLUMBLINE_DATABASE_URL": "postgresql://u:p@db/plumbline"}, tmp_path)
    assert [str(finding).split(" is not set")[0] for finding in findings] == list(KEYS)
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("postgresql://u:p@db/plumbline", "postgresql+psycopg://u:p@db/plumbline"),
        ("postgres://u@db:5433/plumbline?sslmode=require", "postgresql+psycopg://u@db:5433/plumbline?sslmode=require"),
        ("postgresql+psycopg://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("sqlite:////dev/shm/p.db", "sqlite:////dev/shm/p.db"),
        ("sqlite:///kept/p.db", "sqlite:///{root}/kept/p.db"),
    ],
)
def test_database_addresses_are_made_whole(tmp_path: Path, written: str, understood: str) -> None:
    settings = load_settings({**KEYS, "PLUMBLINE_DATABASE_URL": written}, tmp_path)
    assert settings.database_url == understood.format(root=tmp_path)
    assert settings.embedded == understood.startswith("sqlite")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:p@db/plumbline"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://nowhere"),
        ("SECRET_KEY", "short"),
        ("AUDIT_KEY", "short"),
        ("QUEUE_URL", "amqp://x"),
        ("PUBLIC_URL", "plumbline.example.org"),
        ("PUBLIC_URL", "https://"),
        ("DEFAULT_LANGUAGE", "fr"),
        ("PLUGIN_DIR", "not/there"),
        ("TIME_ZONE", "Asia/Nowhere"),
        ("TIME_ZONE", "../etc"),
        ("SECURE_COOKIES", "perhaps"),
        ("SESSION_HOURS", "0"),
        ("SESSION_HOURS", "many"),
        ("MAX_UPLOAD_MB", "-1"),
        ("MAX_IMPORT_ROWS", "1.5"),
    ],
)
@pytest.mark.parametrize("in_file", [False, True])
def test_a_bad_value_is_refused_where_it_stands(tmp_path: Path, name: str, value: str, in_file: bool) -> None:
    full = f"PLUMBLINE_{name}"
    if in_file:
        (tmp_path / ".env").write_text(f"# ours\n\n{full}={value}\n")
        (finding,) = findings_of({}, tmp_path)
        place = ".env, line 3"
    else:
        (finding,) = findings_of({full: value}, tmp_path)
        place = "environment"
    english, chinese = str(finding), finding.in_language("zh_Hans")
    assert english.startswith(f"{place}: {full} does not take ")
    assert "Expected: " in english
    assert "应为：" in chinese
    if not Settings.model_fields[name.lower()].repr:
        assert value not in english.partition("Expected: ")[0]


@pytest.mark.parametrize(
    ("name", "near"),
    [("PLUMBLINE_SESION_HOURS", "PLUMBLINE_SESSION_HOURS"), ("plumbline_secret_key", "PLUMBLINE_SECRET_KEY")],
)
def test_an_unknown_variable_is_refused_with_the_nearest_known(tmp_path: Path, name: str, near: str) -> None:
    (finding,) = findings_of({name: "1"}, tmp_path)
    assert str(finding) == f"environment: there is no setting called {name}. Did you mean {near}?"
    assert f"是否应为 {near}？" in finding.in_language("zh_Hans")
    assert not (tmp_path / "instance").exists()


def test_an_unknown_line_is_refused_with_its_number(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PLUMBLINE_SESSION_HOURS=3\n\n  \nDATABASE_URL=sqlite:///x.db\nno sense\n")
    findings = [str(finding) for finding in findings_of({}, tmp_path)]
    assert findings == [
        ".env, line 5: not understood. Write NAME=value.",
        ".env, line 4: there is no setting called DATABASE_URL. Did you mean PLUMBLINE_DATABASE_URL?",
    ]


def test_a_name_like_none_lists_what_there_is(tmp_path: Path) -> None:
    (finding,) = findings_of({"PLUMBLINE_XYZZY": "1"}, tmp_path)
    assert all(name in str(finding) for name in KNOWN)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    environ = {"PLUMBLINE_FOO": "1", "PLUMBLINE_SESSION_HOURS": "x", "PLUMBLINE_TIME_ZONE": "x"}
    assert len(findings_of(environ, tmp_path)) == 3


def test_the_environment_wins_over_the_file_and_empty_means_unset(tmp_path: Path) -> None:
    lines = ("PLUMBLINE_SESSION_HOURS=3", "PLUMBLINE_MAX_UPLOAD_MB=", "export PLUMBLINE_TIME_ZONE='UTC'")
    (tmp_path / ".env").write_text("\n".join(lines))
    settings = load_settings({"PLUMBLINE_SESSION_HOURS": "4", "PLUMBLINE_PUBLIC_URL": ""}, tmp_path)
    assert (settings.session_hours, settings.max_upload_mb, settings.time_zone) == (4, 20, "UTC")
    assert settings.public_url is None


def test_an_unreadable_file_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"PLUMBLINE_TIME_ZONE=\xff\xfe")
    (finding,) = findings_of({}, tmp_path)
    assert str(finding).startswith(".env cannot be read")


@pytest.mark.parametrize(
    ("environ", "secure"),
    [
        ({}, False),
        ({"PLUMBLINE_PUBLIC_URL": "https://p.example.org/"}, True),
        ({"PLUMBLINE_PUBLIC_URL": "http://p.example.org"}, False),
        ({"PLUMBLINE_PUBLIC_URL": "https://p.example.org", "PLUMBLINE_SECURE_COOKIES": "no"}, False),
        ({"PLUMBLINE_SECURE_COOKIES": "true"}, True),
    ],
)
def test_cookies_are_secure_where_the_site_is(tmp_path: Path, environ: dict[str, str], secure: bool) -> None:
    assert load_settings(environ, tmp_path).secure_cookies is secure


def test_secrets_do_not_show(tmp_path: Path) -> None:
    environ = {**KEYS, "PLUMBLINE_DATABASE_URL": "postgresql://u:hush@db/x", "PLUMBLINE_DEMO_PASSWORD": "hush"}
    shown = repr(load_settings(environ, tmp_path))
    assert "hush" not in shown
    assert KEYS["PLUMBLINE_SECRET_KEY"] not in shown


def test_every_setting_says_what_it_expects() -> None:
    for name in Settings.model_fields:
        if name != "root":
            assert any(isinstance(item, Text) for item in Settings.model_fields[name].metadata), name
