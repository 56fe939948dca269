"""Forms: save a draft, submit, return with remarks, approve; each a verb with its own grant.

A draft keeps whatever was typed, valid or not.  Submitting needs every line valid; only approved entries count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.attributes import flag_modified

from config.text import Text, text
from models.cycle import Entry, Form, Remark, Track
from models.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from models.guard import verb
from models.operations.context import actor_of, clock_of, held, now_of
from models.operations.form_values import (
    MAY_STAY_BLANK,
    NEEDED,
    FieldInput,
    Reading,
    entered_items,
    read_line,
    read_stored,
    shown_value,
)
from models.operations.unit_of_work import unit_of_work
from models.scheme import Item, SchemeVersion

FILLABLE = frozenset({"draft", "returned"})
LINES = frozenset({"form", "entry"})


@dataclass(frozen=True, slots=True)
class SavedForm:
    """What saving did: the form's new version, and item code → what is wrong with the value that was kept as typed."""

    form_id: int
    version: int
    errors: dict[str, Text]


def load_form(session: Session, form_id: int) -> Form:
    """The form with its participant, cycle, scheme items and entries; NotFound outside the actor's reach."""
    query = (
        select(Form)
        .where(Form.id == form_id)
        .options(
            joinedload(Form.participant),
            joinedload(Form.track).joinedload(Track.cycle),
            joinedload(Form.track).joinedload(Track.scheme_version).selectinload(SchemeVersion.items),
            selectinload(Form.entries).joinedload(Entry.item),
        )
    )
    form: Form | None = session.scalars(held(session, query, Form)).unique().one_or_none()
    if form is None:
        raise NotFound(text("There is no such form within your reach.", "在您的权限范围内没有此填报表。"))
    return form


def lines_of(form: Form) -> list[Item]:
    """The indicators that the form asks for, in the order of the scheme."""
    return entered_items(form.track.scheme_version.items, form.participant.code)


@unit_of_work
def save_form(
    session: Session,
    form_id: int,
    version: int | None,
    values: Mapping[str, FieldInput],
    *,
    draft: bool = True,
) -> SavedForm:
    """Save lines of a form: item code → what was typed.  Lines that are not named stay as they are.

    A `draft` keeps values that are not valid and reports them; without it they are refused.
    Raises Invalid (unknown item; invalid value when not a draft), Stale, WrongState (submitted, outside the window).
    """
    form = load_form(session, form_id)
    with verb(session, "form.fill", form, writes=LINES):
        require_fillable(session, form)
        require_fresh(form, version, values)
        errors = _write_lines(session, form, values)
        if errors and not draft:
            raise Invalid(text("Some values need attention.", "部分填报值需要修改。"), errors)
        _touch(form, now_of(session))
        session.flush()
    return SavedForm(form.id, form.version, errors)


def _write_lines(session: Session, form: Form, values: Mapping[str, FieldInput]) -> dict[str, Text]:
    items = {item.code: item for item in lines_of(form)}
    unknown = {code: text("This form has no such item.", "此填报表没有该指标。") for code in values if code not in items}
    if unknown:
        raise Invalid(text("Some items do not belong to this form.", "部分指标不属于此填报表。"), unknown)
    entries = {entry.item_id: entry for entry in form.entries}
    errors: dict[str, Text] = {}
    for code, given in values.items():
        item = items[code]
        reading = read_line(item, given)
        if reading.error is not None:
            errors[code] = reading.error
        entry = entries.get(item.id) or new_entry(session, form, item)
        write_reading(session, entry, reading)
    return errors


def new_entry(session: Session, form: Form, item: Item) -> Entry:
    """A blank line of the form."""
    entry = Entry(form=form, item=item, unit_id=form.unit_id, person_id=form.person_id, is_not_applicable=False)
    session.add(entry)
    return entry


def write_reading(session: Session, entry: Entry, reading: Reading) -> bool:
    """Put a reading into its entry; a change withdraws an earlier approval.  Says whether anything changed."""
    before = (entry.actual, entry.choice, bool(entry.is_not_applicable), entry.note, entry.raw)
    after = (reading.actual, reading.choice, reading.is_not_applicable, reading.note, reading.raw)
    if before == after:
        return False
    entry.actual, entry.choice, entry.is_not_applicable, entry.note, entry.raw = after
    entry.entered_by, entry.entered_at = actor_of(session).username, now_of(session)
    entry.approved_by = entry.approved_at = None
    return True


def _touch(form: Form, moment: datetime) -> None:
    """Every save counts as a change of the form, so that its version moves even when only entries changed."""
    form.saved_at = moment
    flag_modified(form, "saved_at")


def require_fillable(session: Session, form: Form) -> None:
    """WrongState unless the form is in its people's hands and the window is open."""
    if form.state not in FILLABLE:
        raise WrongState(
            text("The form has been handed in; it can be changed once it is returned.", "填报表已提交，退回后方可修改。")
        )
    if (closed := window_problem(session, form)) is not None:
        raise WrongState(closed)


def window_problem(session: Session, form: Form) -> Text | None:
    """Why the form cannot be filled in at this moment, if so: the cycle is not open, too early or too late."""
    cycle, now, zone = form.track.cycle, now_of(session), clock_of(session).zone
    if cycle.state != "open":
        return text("The cycle is not open.", "考核周期未开放。")
    if cycle.opens_at is not None and now < cycle.opens_at:
        moment = cycle.opens_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        return text("The form can be filled in from {moment} on.", "填报自 {moment} 起开放。", moment=moment)
    if cycle.due_at is not None and now > cycle.due_at:
        moment = cycle.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        return text(
            "The time to fill in this form ended on {moment}; ask the comprehensive group to extend it.",
            "填报已于 {moment} 截止；如需延长，请联系综合组。",
            moment=moment,
        )
    return None


def require_fresh(form: Form, version: int | None, values: Mapping[str, FieldInput]) -> None:
    """Stale, with what stands there and what was typed, unless the form is as it was read."""
    if version is None:
        raise Invalid(text("Say which version of the form you read.", "请说明所读取填报表的版本。"))
    if version == form.version:
        return
    theirs = {e.item.code: e.raw or shown_value(e.item, e.actual, e.choice) for e in form.entries}
    yours = {code: given.choice if given.actual is None else given.actual for code, given in values.items()}
    raise Stale(form.version, {code: theirs.get(code, "") for code in yours} if yours else theirs, yours)


def attention(form: Form) -> dict[str, Text]:
    """Item code → what keeps the form from being submitted."""
    entries = {entry.item_id: entry for entry in form.entries}
    found: dict[str, Text] = {}
    for item in lines_of(form):
        entry = entries.get(item.id)
        reading = read_stored(item, entry) if entry is not None else Reading()
        if reading.error is not None:
            found[item.code] = reading.error
        elif not reading.is_filled and item.method not in MAY_STAY_BLANK:
            found[item.code] = NEEDED
    return found


@unit_of_work
def submit_form(session: Session, form_id: int, version: int | None) -> Form:
    """Hand the form in.  Raises Invalid with every line that needs attention, Stale, WrongState."""
    form = load_form(session, form_id)
    with verb(session, "form.submit", form, writes=LINES):
        require_fillable(session, form)
        require_fresh(form, version, {})
        if problems := attention(form):
            count = len(problems)
            raise Invalid(
                text("{count} fields need attention before submitting.", "提交前有 {count} 处需要处理。", count=count), problems
            )
        form.state = "submitted"
        form.submitted_at, form.submitted_by = now_of(session), actor_of(session).username
        form.decided_at = form.decided_by = None
        session.flush()
    return form


@unit_of_work
def return_form(
    session: Session,
    form_id: int,
    version: int | None,
    reason: str,
    by_item: Mapping[str, str] | None = None,
) -> Form:
    """Send a submitted form back with a reason, as a whole and at single fields (`by_item`: item code → remark)."""
    form = load_form(session, form_id)
    with verb(session, "form.return", form, writes=LINES | {"remark"}):
        _require_submitted(form)
        require_fresh(form, version, {})
        remarks = _remarks(session, form, reason, by_item or {})
        form.state = "returned"
        form.returned_times += 1
        form.decided_at, form.decided_by = now_of(session), actor_of(session).username
        session.add_all(remarks)
        session.flush()
    return form


def _remarks(session: Session, form: Form, reason: str, by_item: Mapping[str, str]) -> list[Remark]:
    items = {item.code: item for item in lines_of(form)}
    written = {code: said.strip() for code, said in by_item.items() if said and said.strip()}
    unknown = {c: text("This form has no such item.", "此填报表没有该指标。") for c in written if c not in items}
    if unknown:
        raise Invalid(text("Some items do not belong to this form.", "部分指标不属于此填报表。"), unknown)
    said: list[tuple[Item | None, str]] = [(items[code], remark) for code, remark in written.items()]
    if reason and reason.strip():
        said.insert(0, (None, reason.strip()))
    if not said:
        missing = text("Say why the form is returned.", "请说明退回原因。")
        raise Invalid(missing, {"reason": missing})
    return [
        Remark(
            form=form,
            item=item,
            round=form.returned_times + 1,
            text=words,
            author=actor_of(session).username,
            at=now_of(session),
            unit_id=form.unit_id,
            person_id=form.person_id,
        )
        for item, words in said
    ]


@unit_of_work
def approve_form(session: Session, form_id: int, version: int | None) -> Form:
    """Approve a submitted form and with it every entry.  Who submitted it cannot approve it."""
    form = load_form(session, form_id)
    actor, now = actor_of(session), now_of(session)
    with verb(session, "form.approve", form, writes=LINES):
        _require_submitted(form)
        require_fresh(form, version, {})
        if form.submitted_by == actor.username and not actor.is_system:
            raise NotAllowed(
                text("Someone other than who submitted the form must approve it.", "填报表须由提交人以外的人员审核。")
            )
        form.state, form.decided_at, form.decided_by = "approved", now, actor.username
        for entry in form.entries:
            if entry.approved_at is None:
                entry.approved_by, entry.approved_at = actor.username, now
        session.flush()
    return form


def _require_submitted(form: Form) -> None:
    if form.state != "submitted":
        raise WrongState(text("The form has not been submitted.", "填报表尚未提交。"))

