"""The platform's settings: typed, read from the environment and `.env`, refused when unknown or out of range."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from config.kept_keys import kept_key
from config.settings_sources import PREFIX, Written, written_settings
from config.text import Text, text

SHORTEST_KEY = 16
POSTGRESQL = "postgresql+psycopg://"
_EMBEDDED = re.compile(r"sqlite(\+pysqlite)?:///(?P<path>[^?]+)(?P<query>\?.*)?$")
_SERVER = re.compile(r"postgres(ql)?(\+psycopg)?://(?P<rest>.+/.+)$")
_QUEUE = re.compile(r"(redis|rediss|postgresql|postgres|sqlite)://.+$")


class SettingsError(Exception):
    """The settings are not usable; `findings` says every reason, each with its place and the remedy."""

    def __init__(self, findings: list[Text]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class Settings(BaseModel):
    """Everything an installation decides for itself.

    The `Text` in a field's annotation says what a right value is; it is shown when a value is refused.  Fields with
    `repr=False` hold secrets and never appear in messages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    root: Path
    database_url: Annotated[
        str,
        Field(repr=False),
        text(
            "sqlite:///path/to/file.db or postgresql://user:password@host/database",
            "sqlite:///路径/文件.db 或 postgresql://用户:密码@主机/数据库",
        ),
    ]
    secret_key: Annotated[
        str, Field(repr=False, min_length=SHORTEST_KEY), text("at least 16 random characters", "至少 16 个随机字符")
    ]
    audit_key: Annotated[
        str, Field(repr=False, min_length=SHORTEST_KEY), text("at least 16 random characters", "至少 16 个随机字符")
    ]
    queue_url: Annotated[
        str | None,
        Field(repr=False),
        text(
            "an address that starts with redis://, postgresql:// or sqlite://",
            "以 redis://、postgresql:// 或 sqlite:// 开头的地址",
        ),
    ] = None
    upload_dir: Annotated[Path, text("a folder", "一个文件夹")]
    plugin_dir: Annotated[Path | None, text("a folder that exists", "一个已存在的文件夹")] = None
    demo_password: Annotated[str | None, Field(repr=False), text("a password", "一个密码")] = None
    public_url: Annotated[
        str | None,
        text(
            "the address people open, such as https://plumbline.example.org",
            "用户打开的网址，例如 https://plumbline.example.org",
        ),
    ] = None
    default_language: Annotated[Literal["en", "zh_Hans"], text("en or zh_Hans", "en 或 zh_Hans")] = "en"
    time_zone: Annotated[str, text("a time zone's name such as Asia/Shanghai", "时区名称，例如 Asia/Shanghai")] = (
        "Asia/Shanghai"
    )
    secure_cookies: Annotated[bool, text("true or false", "true 或 false")]
    session_hours: Annotated[
        int, Field(ge=1, le=720), text("a whole number of hours from 1 to 720", "1 至 720 之间的整数（小时）")
    ] = 12
    max_upload_mb: Annotated[
        int, Field(ge=1, le=1024), text("a whole number of megabytes from 1 to 1024", "1 至 1024 之间的整数（MB）")
    ] = 20
    max_import_rows: Annotated[
        int, Field(ge=1, le=1_000_000), text("a whole number from 1 to 1000000", "1 至 1000000 之间的整数")
    ] = 200_000

    @property
    def instance_dir(self) -> Path:
        """The folder of everything this installation makes for itself; never under version control."""
        return self.root / "instance"

    @property
    def embedded(self) -> bool:
        """True on SQLite: one machine, one process group, no database server."""
        return not self.database_url.startswith(POSTGRESQL)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str, info: ValidationInfo) -> str:
        if server := _SERVER.match(value):
            return POSTGRESQL + server["rest"]
        file = _EMBEDDED.match(value)
        if file is None or ":memory:" in value:  # each thread would see a database of its own
            raise ValueError
        return f"sqlite:///{info.data['root'] / file['path']}{file['query'] or ''}"

    @field_validator("queue_url")
    @classmethod
    def _known_queue(cls, value: str | None) -> str | None:
        if value is not None and not _QUEUE.match(value):
            raise ValueError
        return value

    @field_validator("upload_dir", "plugin_dir")
    @classmethod
    def _below_root(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None:
            return None
        path: Path = info.data["root"] / value.expanduser()
        must_exist = info.field_name == "plugin_dir"
        if (must_exist and not path.is_dir()) or (path.exists() and not path.is_dir()):
            raise ValueError
        return path

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError
        return value.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError) as error:  # OSError: the name of a folder of zones
            raise ValueError from error
        return value


KNOWN = frozenset(PREFIX + name.upper() for name in Settings.model_fields if name != "root")


def load_settings(environ: Mapping[str, str] | None = None, root: Path | None = None) -> Settings:
    """The settings of this installation.

    `environ`: environment variables, this process's own when None; `root`: the project's folder, which holds `.env`
    and `instance/` and which relative paths start from.  Makes the keys of an embedded installation when there are
    none.  Raises SettingsError with every finding at once.
    """
    root = (root or Path(__file__).parent.parent).resolve()
    found, findings = written_settings(os.environ if environ is None else environ, root / ".env", KNOWN)
    values: dict[str, Any] = {name.removeprefix(PREFIX).lower(): w.value.strip() for name, w in found.items()}
    values["root"] = root
    values.setdefault("database_url", f"sqlite:///{root / 'instance' / 'plumbline.db'}")
    values.setdefault("upload_dir", root / "instance" / "uploads")
    values.setdefault("secure_cookies", str(values.get("public_url", "")).lower().startswith("https:"))
    if not findings:  # a misspelt database address must not leave keys behind
        findings += _fill_keys(values, root / "instance")
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        missing = {"secret_key", "audit_key"} - values.keys()
        findings += [
            _refused(str(problem["loc"][0]), found)
            for problem in error.errors(include_input=False, include_url=False)
            if problem["loc"] and problem["loc"][0] not in missing
        ]
    if findings:
        raise SettingsError(findings)
    return settings


def _fill_keys(values: dict[str, Any], instance: Path) -> list[Text]:
    """Put the kept keys into `values` where none are written; findings when an installation must write its own."""
    findings: list[Text] = []
    for field in ("secret_key", "audit_key"):
        if field in values:
            continue
        if _EMBEDDED.match(values["database_url"]):
            try:
                values[field] = kept_key(instance / _key_file(field))
            except (OSError, UnicodeDecodeError):
                findings.append(_not_kept(field))
        elif _SERVER.match(values["database_url"]):
            findings.append(_not_set(field))
    return findings


def _key_file(field: str) -> str:
    return field.removesuffix("_key") + ".key"


def _not_kept(field: str) -> Text:
    return text(
        "instance/{file} cannot be kept there. Make the folder writable, or set {name}.",
        "无法保存或读取 instance/{file}。请使该文件夹可写，或设置 {name}。",
        file=_key_file(field),
        name=PREFIX + field.upper(),
    )


def _not_set(field: str) -> Text:
    return text(
        "{name} is not set. With a database server every process needs the same key: "
        "set it to at least {length} random characters.",
        "未设置 {name}。使用数据库服务器时，所有进程必须使用同一密钥：请设为至少 {length} 个随机字符。",
        name=PREFIX + field.upper(),
        length=SHORTEST_KEY,
    )


def _refused(field: str, found: Mapping[str, Written]) -> Text:
    """The finding for a value that a field does not take."""
    info = Settings.model_fields[field]
    expected = next(item for item in info.metadata if isinstance(item, Text))
    name = PREFIX + field.upper()
    place: Text | str = found[name].place if name in found else f"instance/{_key_file(field)}"
    value = found[name].value.strip() if name in found and info.repr else ""
    return text(
        "{place}: {name} does not take {value}. Expected: {expected}.",
        "{place}：{name} 不接受{value}。应为：{expected}。",
        place=place,
        name=name,
        value=text("“{value}”", "“{value}”", value=value) if value else text("this value", "该值"),
        expected=expected,
    )
