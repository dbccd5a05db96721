"""Why somebody sees a record, in words (R-exp-03): for the reader, and for who looks after it."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from expansion import access
from expansion.access import Reason, Scope
from expansion.errors import Gone
from expansion.people.models import Rights, Unit, User
from expansion.people.selectors import title_of
from expansion.ui import formats


@dataclass(frozen=True)
class Asked:
    """A record whose readers are asked for; an administrator may not see the record itself."""

    kind: str
    record: Any
    visible: bool

    @property
    def title(self) -> str:
        if self.visible:
            return str(self.record)
        return f"{self.record._meta.verbose_name} {self.record.pk}"

    @property
    def url(self) -> str:
        return str(self.record.get_absolute_url()) if self.visible else ""


def subject(person: User, kind: str, pk: int) -> Asked:
    """The record of this kind ("crm.client"), for who sees it and for administrators.

    Raises:
        Gone: it is not there for this person.
    """
    records = _records(kind)
    try:
        return Asked(kind, access.find(person, records, pk), True)
    except Gone:
        record = records.filter(pk=pk).first() if pk < 2**63 else None
        if record is None or not access.can(person, "edit", Rights):
            raise
        return Asked(kind, record, False)


def _records(kind: str) -> models.QuerySet:
    model = next((one for one in access.rules() if one._meta.label_lower == kind), None)
    if model is None or not hasattr(model, "get_absolute_url"):
        raise Gone(_("There is nothing here for you at this address."))
    deletable = any(field.name == "deleted_at" for field in model._meta.get_fields())
    found = model._default_manager.all()
    return found.filter(deleted_at=None) if deletable else found


def readers(record: models.Model) -> list[dict[str, str]]:
    """Everybody who sees the record, each with the reason."""
    return [
        {"name": str(reason.person), "reason": reason_words(reason, record)}
        for reason in access.who_may("view", record)
    ]


def why(person: User, record: models.Model) -> str:
    """In one sentence why this person sees the record; the page behind names everybody."""
    reason = access.reason_of(person, "view", record)
    if reason is None:
        return ""
    if reason.share is not None:
        words = {"name": reason.share.by, "day": formats.day_as("full", reason.share.until)}
        return _("You see it because %(name)s shares it until %(day)s.") % words
    if _is_owner(person, record):
        return _("You see it because you are its owner.")
    if reason.scope is Scope.DEPARTMENT:
        return _("You see it because you see the whole department.")
    if reason.scope is Scope.TEAM:
        return _("You see it because you lead its team.")
    if reason.seat is not None:
        return _("You see it because you act for its owner.")
    return _("You see it by a rule of its own: %(rule)s.") % {"rule": _also(record)}


def reason_words(reason: Reason, record: models.Model) -> str:
    seat = reason.seat
    if reason.share is not None:
        share = reason.share
        words = {"name": share.by, "day": formats.day_as("full", share.until)}
        if share.for_work:
            return _("shared by %(name)s until %(day)s, to work on it") % words
        return _("shared by %(name)s until %(day)s, to read it") % words
    if seat is not None and seat.acting_for is not None:
        return _("acts for somebody who sees it")
    if _is_owner(reason.person, record):
        return _("owner")
    if seat is None:
        return _also(record)
    role = title_of(seat)
    if reason.scope is Scope.DEPARTMENT:
        return _("%(role)s: sees the whole department") % {"role": role}
    team = _value(record, access.rule_of(type(record)).team) or Unit.objects.get(pk=seat.unit)
    return _("%(role)s: sees the team %(team)s") % {"role": role, "team": team}


def _also(record: models.Model) -> str:
    return str(access.rule_of(type(record)).also_because or _("the record's own rule"))


def _is_owner(person: Any, record: models.Model) -> bool:
    owner = access.rule_of(type(record)).owner
    return bool(owner) and _value(record, owner) == person


def _value(record: Any, path: str | None) -> Any:
    for step in path.split("__") if path else ():
        record = getattr(record, step, None)
    return record if path else None
