"""Writes over external statements: drafted, submitted, decided, released (E8-5.3, A-4.4.3)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.approvals.models import Request
from expansion.approvals.selectors import was_returned
from expansion.approvals.services import submit
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.files.selectors import attachments
from expansion.office.models import Statement
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules

FIELDS = ("title", "kind", "audience", "text", "planned_on")
Status = Statement.Status


@transaction.atomic
def create_statement(*, actor: User, **values: Any) -> Statement:
    """A draft of what is to be said outside.

    Raises:
        Forbidden: this is not part of the person's role.
        Invalid: no title or no audience.
    """
    statement = Statement(owner=actor, team=home_unit(actor), **values)
    access.require(actor, "create", statement)
    _check(statement)
    statement.save()
    changes = {"title": [None, statement.title], "audience": [None, statement.audience]}
    write(actor=actor, verb="office.statement.created", about=statement, changes=changes)
    return statement


@transaction.atomic
def change_statement(
    *, actor: User, record: Statement, version: int | None = None, **values: Any
) -> Statement:
    """Changes a draft or a returned statement; of its text the trail tells the length.

    Raises:
        NotNow: the text is locked; the sentence says why.
        Stale: somebody has changed it since `version`.
        Invalid: no title or no audience.
    """
    statement = _opened(actor, record, version)
    before = snapshot(statement, FIELDS)
    for name in FIELDS:
        setattr(statement, name, values.get(name, getattr(statement, name)))
    _check(statement)
    _store(statement)
    changes = differences(before, snapshot(statement, FIELDS))
    if "text" in changes:
        changes["written"] = [len(text) for text in changes.pop("text")]
    write(actor=actor, verb="office.statement.changed", about=statement, changes=changes)
    return statement


def _opened(actor: User, record: Statement, version: int | None = None) -> Statement:
    """The statement, held for a change of its text."""
    access.require(actor, "write", record)
    statement = lock(Statement.objects.all(), record.pk, version=version)
    require_open(statement)
    return statement


def require_open(statement: Statement) -> None:
    """Raises NotNow where the text is locked, with the sentence that says why."""
    if statement.is_editable:
        return
    if statement.status == Status.SUBMITTED:
        raise NotNow(_("This is being approved. Withdraw it first, then change it."))
    raise NotNow(_("The text is locked: it has been decided."))


def _check(statement: Statement) -> None:
    wrong: dict[str, list[str]] = {}
    statement.title, statement.audience = statement.title.strip(), statement.audience.strip()
    if not statement.title:
        wrong["title"] = [_("Give it a title.")]
    if not statement.audience:
        wrong["audience"] = [_("Say to whom it is said.")]
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def submit_statement(
    *, actor: User, record: Statement, rules: Rules, comment: str = ""
) -> Statement:
    """Hands the statement to its chain; text and files stay as they are from now on.

    Raises:
        NotNow: it is being approved or has been decided.
        Invalid: there is neither a text nor a file to decide over.
    """
    statement = _opened(actor, record)
    if not statement.text.strip() and not attachments(statement).exists():
        raise Invalid(_("Write the text or add the material, then submit."))
    changes = {"status": [statement.status, Status.SUBMITTED]}
    statement.status = Status.SUBMITTED
    _store(statement)
    submit(actor=actor, record=statement, rules=rules, comment=comment)
    write(actor=actor, verb="office.statement.submitted", about=statement, changes=changes)
    return statement


def statement_approved(record: Statement, actor: User, request: Request) -> None:
    """After the last approval it may be released; the checksum of what was approved is kept."""
    statement = _held(record)
    statement.approved_at, statement.digest = clock.now(), request.digest
    _moved(statement, Status.APPROVED, actor)


def statement_returned(record: Statement, actor: User, request: Request) -> None:
    _moved(_held(record), Status.RETURNED, actor)


def statement_rejected(record: Statement, actor: User, request: Request) -> None:
    _moved(_held(record), Status.REJECTED, actor)


def submission_withdrawn(record: Statement, actor: User, request: Request) -> None:
    """Back to what it was before: a draft, or returned where an earlier round returned it."""
    _moved(_held(record), Status.RETURNED if was_returned(request) else Status.DRAFT, actor)


@transaction.atomic
def release_statement(
    *, actor: User, record: Statement, released_on: date, released_where: str = ""
) -> Statement:
    """Records that it has been said: on which day, where, and by whom it was released.

    Raises:
        NotNow: it is not approved, or was released or withdrawn already.
        Invalid: the day lies before the approval or after today.
    """
    access.require(actor, "release", record)
    statement = _held(record)
    if statement.status == Status.RELEASED:
        raise NotNow(_("This statement has been released already."))
    if statement.status != Status.APPROVED or statement.approved_at is None:
        raise NotNow(_("Nobody releases what is not approved."))
    if released_on < clock.local_date(statement.approved_at):
        raise Invalid(fields={"released_on": [_("It was not approved yet on this day.")]})
    if released_on > clock.today():
        raise Invalid(fields={"released_on": [_("This day has not come yet.")]})
    statement.released_on, statement.released_by = released_on, actor
    statement.released_where = released_where.strip()
    changes = {
        "released_on": [None, released_on],
        "released_where": ["", statement.released_where],
    }
    _moved(statement, Status.RELEASED, actor, **changes)
    return statement


@transaction.atomic
def withdraw_statement(*, actor: User, record: Statement, reason: str) -> Statement:
    """It will not be said: a draft, a returned or an approved one is given up.

    Raises:
        NotNow: it is being decided, has been released, or is over already.
    """
    access.require(actor, "withdraw", record)
    statement = _held(record)
    if statement.status == Status.SUBMITTED:
        raise NotNow(_("This is being approved. Withdraw the submission first."))
    if statement.status not in Statement.UNDERWAY:
        words = {"status": statement.get_status_display()}
        raise NotNow(_("This statement is: %(status)s.") % words)
    _moved(statement, Status.WITHDRAWN, actor, reason=[None, reason])
    return statement


def _held(record: Statement) -> Statement:
    return lock(Statement.objects.all(), record.pk)


def _moved(statement: Statement, status: Status, actor: User, **more: Any) -> None:
    changes = {"status": [statement.status, status], **more}
    statement.status = status
    _store(statement)
    write(actor=actor, verb=f"office.statement.{status}", about=statement, changes=changes)


def _store(statement: Statement) -> None:
    statement.version += 1
    statement.save()
