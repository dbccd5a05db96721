"""Reads over agreements, rights in ideas and statements: who lacks one, what ends soon."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from expansion import access, clock, worktime
from expansion.office.models import IpRight, Nda, Statement
from expansion.people.models import Membership, Unit, User
from expansion.rulebook.schema import Rules
from expansion.ui import formats


def staff(day: date) -> list[User]:
    """Who works in the department on that day."""
    inside = Membership.objects.on(day).exclude(unit__kind=Unit.Kind.OUTSIDE)
    people = User.objects.active().filter(pk__in=inside.values("user_id"))
    return list(people.order_by("username"))


@dataclass(frozen=True)
class Lacking:
    """Somebody without an agreement that is valid, and the last one there was."""

    person: User
    last: Nda | None

    @property
    def words(self) -> str:
        if self.last is None:
            return _("none yet")
        return _("ran out on %(day)s") % {"day": formats.day_as("full", self.last.until)}


def lacking(day: date, rules: Rules) -> list[Lacking]:
    """Everybody of the department who has no valid agreement that day, where the rulebook asks
    for one (E8-5.1)."""
    if not rules.documents.nda_required.value:
        return []
    people = staff(day)
    last = {one.person_id: one for one in Nda.objects.current().filter(person__in=people)}
    without = (person for person in people if not _is_valid(last.get(person.pk), day))
    return [Lacking(person, last.get(person.pk)) for person in without]


def _is_valid(nda: Nda | None, day: date) -> bool:
    return nda is not None and not nda.has_run_out(day)


def secrecy_after(reader: Any, person: User) -> dict[str, str] | None:
    """Whether the person's agreement survives leaving, in a line for those who may read it; None
    for everybody else."""
    if reader.pk != person.pk and not access.can(reader, "create", Nda):
        return None
    nda = Nda.objects.current().filter(person=person).first()
    if nda is None:
        return {"words": _("none was signed"), "url": ""}
    if nda.has_run_out(clock.today()):
        words = _("ran out on %(day)s") % {"day": formats.day_as("full", nda.until)}
    else:
        words = _("goes on after leaving") if nda.survives_leaving else _("ends with leaving")
    return {"words": words, "url": nda.get_absolute_url()}


def nda_state(nda: Nda, day: date) -> tuple[str, str]:
    """The agreement's state as (tone, word)."""
    if nda.replaced_at is not None:
        return "neutral", _("replaced")
    if nda.has_run_out(day):
        return "late", _("has run out")
    return "done", _("valid")


def horizon(rules: Rules) -> date | None:
    """The last day on which a right expires soon (E8-5.2); None where the rulebook sets no time."""
    moment = worktime.deadline(
        clock.now(), rules.documents.ip_notice.value, rules.working_time.as_calendar()
    )
    return clock.local_date(moment) if moment else None


def expiring(rules: Rules) -> QuerySet[IpRight]:
    """The rights that expire soon, the first ones first."""
    last = horizon(rules)
    if last is None:
        return IpRight.objects.none()
    return IpRight.objects.expiring(clock.today(), last).order_by("expires_on", "pk")


def right_state(right: IpRight, day: date, last: date | None) -> tuple[str, str]:
    """The right's state as (tone, word); `last` is the horizon."""
    if right.expires_on is None:
        return "neutral", _("without an end")
    if right.expires_on < day:
        return "late", _("expired")
    if last is not None and right.expires_on <= last:
        return "due", _("expires soon")
    return "done", _("valid")


STATEMENT_TONES = {
    Statement.Status.DRAFT: "neutral",
    Statement.Status.SUBMITTED: "info",
    Statement.Status.RETURNED: "due",
    Statement.Status.REJECTED: "late",
    Statement.Status.APPROVED: "done",
    Statement.Status.RELEASED: "done",
    Statement.Status.WITHDRAWN: "neutral",
}


def statement_state(statement: Statement, day: date) -> tuple[str, str]:
    """The statement's state as (tone, word); an approved one that waits for its day is to do."""
    status = Statement.Status(statement.status)
    if status == Statement.Status.APPROVED and statement.planned_on <= day:
        return "due", _("approved, to be released")
    return STATEMENT_TONES[status], str(status.label)
