"""Schemes: import from plain data, check, publish, copy to the next draft.  A published version never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.text import text
from models.errors import NotFound, Refused, WrongState
from models.guard import verb
from models.operations.context import find, now_of, registry_of, require_version
from models.operations.scheme_checks import VersionCheck, check_stored
from models.operations.scheme_lengths import length_findings
from models.operations.scheme_shape import PARTS, part_values, scheme_from_version, version_values
from models.operations.unit_of_work import unit_of_work
from models.scheme import Scheme, SchemeVersion
from plugins.engine import check_scheme
from plugins.engine.scheme import Finding, Place
from plugins.engine.scheme import Scheme as EngineScheme
from plugins.registry import Registry

SCHEME_PARTS = frozenset({"scheme", "scheme_version", "item", "rater_group", "grade_band"})
SCHEME_FIELDS = ("name", "applies_to")
BESIDE = {"items": ("name_en", "min_value", "max_value"), "rater_groups": (), "grade_bands": ("name_en",)}
"""What a part of a scheme keeps that no scheme workbook carries."""


@dataclass(frozen=True, slots=True)
class SchemeReport:
    """What importing a scheme does or did.  Counts are of settings (as one), items, rater groups and grades.

    `version_id`: the version that holds the scheme now; None on a dry run of something new, or when refused.
    `findings`: errors keep it from being imported; notes and publishing errors are for information.
    """

    version_id: int | None
    added: int
    changed: int
    same: int
    removed: int = 0
    findings: list[Finding] = field(default_factory=list)
    new_version: bool = False

    @property
    def refused(self) -> bool:
        """Whether errors keep the scheme from being imported."""
        return any(finding.level == "error" for finding in self.findings)


def engine_scheme(session: Session, version_id: int) -> EngineScheme:
    """A stored version as the engine reads it.  NotFound outside the actor's reach."""
    return scheme_from_version(find(session, SchemeVersion, version_id))


def check_version(session: Session, version_id: int, registry: Registry | None = None) -> VersionCheck:
    """Everything that keeps a version from being published, and the weight sums of its tree."""
    return check_stored(find(session, SchemeVersion, version_id), registry_of(session, registry))


def import_scheme(
    session: Session, scheme: EngineScheme, registry: Registry | None = None, *, commit: bool
) -> SchemeReport:
    """Take over a scheme: a new one, the newest draft replaced, or a new draft after a published version.

    A scheme identical with the newest version changes nothing.  Weights that do not add up are allowed in a draft;
    whatever the engine cannot read is refused: then the report's findings are errors and nothing is written.
    """
    findings = [
        *check_scheme(scheme, registry_of(session, registry), publish=False),
        *length_findings(scheme),
        *_identity_findings(session, scheme),
    ]
    if any(finding.level == "error" for finding in findings):
        return SchemeReport(None, 0, 0, 0, findings=findings)
    if not commit:
        return _report(session, scheme, findings)
    return _store(session, scheme, findings)


def _existing(session: Session, code: str) -> Scheme | None:
    return session.scalars(select(Scheme).where(Scheme.code == code)).one_or_none()


def _identity_findings(session: Session, scheme: EngineScheme) -> list[Finding]:
    existing = _existing(session, scheme.code)
    if existing is None or existing.applies_to == scheme.applies_to:
        return []
    if all(version.state == "draft" for version in existing.versions):
        return []
    place = Place("scheme", None, "applies_to")
    return [
        Finding(
            place,
            text(
                "A published version of this scheme applies to “{kind}”; that cannot change.",
                "该方案已有发布的版本，适用对象为“{kind}”，不能更改。",
                kind=existing.applies_to,
            ),
        )
    ]


def _newest(scheme: Scheme | None) -> SchemeVersion | None:
    return scheme.versions[-1] if scheme is not None and scheme.versions else None


@dataclass(slots=True)
class _Counts:
    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0

    def count(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        if before is None:
            self.added += 1
        elif after is None:
            self.removed += 1
        elif before == after:
            self.same += 1
        else:
            self.changed += 1


def _compare(scheme: EngineScheme, existing: Scheme | None) -> _Counts:
    counts = _Counts()
    newest = _newest(existing)
    stored = scheme_from_version(newest) if newest is not None else None
    counts.count(_head(stored) if stored is not None else None, _head(scheme))
    before = part_values(stored) if stored is not None else {name: {} for name, _ in PARTS}
    for name, after in part_values(scheme).items():
        for code in dict.fromkeys((*after, *before[name])):
            counts.count(before[name].get(code), after.get(code))
    return counts


def _head(scheme: EngineScheme) -> dict[str, Any]:
    return version_values(scheme) | {name: getattr(scheme, name) for name in SCHEME_FIELDS}


def _report(session: Session, scheme: EngineScheme, findings: list[Finding]) -> SchemeReport:
    existing = _existing(session, scheme.code)
    newest, counts = _newest(existing), _compare(scheme, existing)
    identical = newest is not None and not (counts.added or counts.changed or counts.removed)
    in_place = newest is not None and (identical or newest.state == "draft")
    return SchemeReport(
        newest.id if newest is not None and in_place else None,
        counts.added,
        counts.changed,
        counts.same,
        counts.removed,
        findings,
        new_version=not in_place,
    )


@unit_of_work
def _store(session: Session, scheme: EngineScheme, findings: list[Finding]) -> SchemeReport:
    existing = _existing(session, scheme.code)
    with verb(session, "scheme.import", existing, writes=SCHEME_PARTS):
        report = _report(session, scheme, findings)
        if report.version_id is not None and not (report.added or report.changed or report.removed):
            return report
        owner = existing or Scheme(code=scheme.code)
        for name in SCHEME_FIELDS:
            setattr(owner, name, getattr(scheme, name))
        session.add(owner)
        newest = _newest(existing)
        if newest is None or newest.state != "draft":
            version = SchemeVersion(scheme=owner, number=newest.number + 1 if newest else 1, state="draft")
            session.add(version)
        else:
            version = newest
        fill_version(version, scheme, carried_from=newest)
        session.flush()
    return SchemeReport(
        version.id, report.added, report.changed, report.same, report.removed, findings, report.new_version
    )


def fill_version(version: SchemeVersion, scheme: EngineScheme, carried_from: SchemeVersion | None = None) -> None:
    """Make the version hold exactly the scheme.  What no workbook carries is kept by item code."""
    for name, value in version_values(scheme).items():
        setattr(version, name, value)
    for relation, model in PARTS:
        earlier = getattr(carried_from, relation) if carried_from else ()
        kept = {part.code: {name: getattr(part, name) for name in BESIDE[relation]} for part in earlier}
        wanted = part_values(scheme)[relation]
        present = {row.code: row for row in getattr(version, relation)}
        for code, row in present.items():
            if code not in wanted:
                getattr(version, relation).remove(row)
        for code, values in wanted.items():
            row = present.get(code)
            if row is None:
                row = model(**kept.get(code, {}))
                getattr(version, relation).append(row)
            for name, value in values.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)


@unit_of_work
def publish_version(
    session: Session, version_id: int, version: int | None, registry: Registry | None = None
) -> SchemeVersion:
    """Publish a draft version; from then on it is frozen.  Raises Refused with every reason at once."""
    row = find(session, SchemeVersion, version_id)
    with verb(session, "scheme_version.publish", row, writes={"scheme_version"}):
        require_version(row, version)
        if row.state != "draft":
            raise WrongState(text("Version {number} is published already.", "第 {number} 版已发布。", number=row.number))
        errors = check_stored(row, registry_of(session, registry)).errors
        if errors:
            raise Refused(
                text(
                    "The version cannot be published yet: {count} things need attention.",
                    "该版本尚不能发布：有 {count} 处需要处理。",
                    count=len(errors),
                ),
                errors,
            )
        row.state, row.published_at = "published", now_of(session)
        session.flush()
    return row


@unit_of_work
def new_version(session: Session, scheme_id: int) -> SchemeVersion:
    """A draft that copies the newest version.  WrongState when the newest is a draft still."""
    scheme = find(session, Scheme, scheme_id)
    newest = _newest(scheme)
    if newest is None:
        raise NotFound(text("The scheme has no version to copy.", "该方案没有可复制的版本。"))
    with verb(session, "scheme_version.new_version", newest, writes=SCHEME_PARTS):
        if newest.state == "draft":
            raise WrongState(
                text(
                    "Version {number} is a draft still; change that one.",
                    "第 {number} 版仍是草稿，请直接修改。",
                    number=newest.number,
                )
            )
        copy = SchemeVersion(scheme=scheme, number=newest.number + 1, state="draft")
        session.add(copy)
        fill_version(copy, scheme_from_version(newest), carried_from=newest)
        session.flush()
    return copy
