"""Sharing one record with a person or a team until a day (R-exp-03)."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.translation import gettext as _

from expansion import access, clock, shares
from expansion.access import Scope
from expansion.audit.services import write, write_many
from expansion.errors import Gone, Invalid, NotNow
from expansion.offers import announce
from expansion.people import revision
from expansion.people.groups import keep_groups
from expansion.people.models import Unit, User
from expansion.people.selectors import members_on
from expansion.shares import READ, WORK

LONGEST = timedelta(days=366)


@transaction.atomic
def share_record(
    *,
    actor: User,
    record: models.Model,
    until: date,
    reason: str,
    person: User | None = None,
    unit: Unit | None = None,
    for_work: bool = False,
) -> models.Model:
    """Lets one person or one team see the record, or work on it, until the end of that day.

    Sharing with the same once more changes the terms. Whoever it is shared with is told.

    Raises:
        Forbidden: sharing this record is not the actor's to do.
        NotNow: records of this kind are not shared one by one.
        Invalid: neither or both of person and team, a day in the past or more than a year ahead,
            somebody who does not log in, who sees the record anyway, or whose role works no such
            records.
    """
    kept = shares.tables().get(type(record))
    if kept is None:
        raise NotNow(_("Records of this kind are not shared one by one."))
    access.require(actor, "share", record)
    _refuse_day(until)
    if (person is None) == (unit is None):
        raise Invalid(fields={"person": [_("Choose one person or one team.")]})
    revision.renew()
    if person is not None:
        person = _receiver(person, record, for_work)
        table, whom = kept.persons, {"user": person}
    else:
        if unit.group_id is None:
            keep_groups()
            unit.refresh_from_db()
        table, whom = kept.teams, {"group": unit.group}
    permission = _permission(record, for_work)
    terms = {"until": until, "reason": reason, "by": actor, "at": clock.now()}
    before = table._default_manager.filter(content_object=record, **whom).first()
    share, new = table._default_manager.update_or_create(
        content_object=record, **whom, defaults={"permission": permission, **terms}
    )
    changes = {
        "shared_with": [None, share.receiver],
        "until": [None if new else before.until, until],
        "for_work": [None if new else before.for_work, for_work],
        "reason": [None, reason],
    }
    write(actor=actor, verb=f"{_word(record)}.shared", about=record, changes=changes)
    people = [person] if person else members_on([unit.pk], clock.today())
    announce(
        "record.shared",
        actor=actor,
        record=record,
        people=people,
        until=until,
        for_work=for_work,
    )
    return share


@transaction.atomic
def end_share(*, actor: User, record: models.Model, share: models.Model) -> models.Model:
    """The record is not shared with them any more, from the next request on; returns the record.

    Raises:
        Forbidden: sharing this record is not the actor's to do.
        Gone: it has been ended already.
    """
    access.require(actor, "share", record)
    revision.renew()
    found = (
        type(share)._default_manager.select_for_update().filter(pk=share.pk, content_object=record)
    )
    row = found.first()
    if row is None:
        raise Gone(_("There is nothing here for you at this address."))
    changes = {"shared_with": [row.receiver, None], "until": [row.until, None]}
    row.delete()
    write(actor=actor, verb=f"{_word(record)}.share_ended", about=record, changes=changes)
    return record


def forget_ended_shares() -> int:
    """Takes away the shares whose last day has passed; they have opened nothing since."""
    today, count = clock.today(), 0
    for kept in shares.tables().values():
        for table in kept.each():
            with transaction.atomic():
                past = table._default_manager.select_for_update(of=("self",)).filter(
                    until__lt=today
                )
                rows = list(past.select_related(table.whom, "content_object"))
                if rows:
                    past.delete()
                    write_many(actor=None, verb=_ended(rows[0]), changed=[_change(r) for r in rows])
                count += len(rows)
    return count


def _ended(row: Any) -> str:
    return f"{_word(row.content_object)}.share_ended"


def _change(row: Any) -> tuple[models.Model, dict[str, Any]]:
    return row.content_object, {
        "shared_with": [row.receiver, None],
        "until": [row.until, None],
    }


def _word(record: models.Model) -> str:
    options = record._meta
    return f"{options.app_label}.{options.model_name}"


def _refuse_day(until: date) -> None:
    today = clock.today()
    if until < today:
        raise Invalid(fields={"until": [_("The last day has passed already.")]})
    if until > today + LONGEST:
        raise Invalid(fields={"until": [_("A share runs for a year at most.")]})


def _receiver(person: User, record: models.Model, for_work: bool) -> User:
    """The person read anew, with the seats of now."""
    receiver = User.objects.get(pk=person.pk)
    words = {"name": receiver.name}
    problem = ""
    if not receiver.is_active:
        problem = _("%(name)s does not log in at present. Choose somebody else.")
    elif not receiver.seats:
        problem = _("%(name)s holds no post at present. Choose somebody else.")
    elif for_work and not _could_work(receiver, record):
        problem = _("%(name)s’s role works no records of this kind. Share it for reading.")
    elif _by_role(receiver, record, "edit" if for_work else "view"):
        problem = _("%(name)s may do that already, by role.")
    if problem:
        raise Invalid(fields={"person": [problem % words]})
    return receiver


def _could_work(person: User, record: models.Model) -> bool:
    rule = access.rule_of(type(record))
    return any(rule.scope(seat, "edit") is not Scope.NONE for seat in person.seats)


def _by_role(person: User, record: models.Model, action: str) -> bool:
    rule = access.rule_of(type(record))
    return any(rule.covers(person, seat, action, record) for seat in person.seats)


def _permission(record: models.Model, for_work: bool) -> Permission:
    kind = ContentType.objects.get_for_model(record)
    word = WORK if for_work else READ
    return Permission.objects.get(content_type=kind, codename=f"{word}_{record._meta.model_name}")
