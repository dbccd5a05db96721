"""Writes over rights in ideas, and whom their end is told (R-exp-19, E8-5.2)."""

from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.notices.services import Telling, tell_each
from expansion.office.models import IpRight
from expansion.office.selectors.confidence import expiring
from expansion.people.models import Role, User
from expansion.people.selectors import holders
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.rulebook.values import offered
from expansion.ui import formats

FIELDS = ("kind", "title", "number", "holder", "registered_on", "expires_on", "note")


@transaction.atomic
def register_right(*, actor: User, rules: Rules, **values: Any) -> IpRight:
    """Takes a patent, trademark or copyright into the register.

    Raises:
        Forbidden: registering is not part of the person's role.
        Invalid: the rulebook has no such kind, a name is missing, or the days do not hold.
    """
    right = IpRight(recorded_by=actor, **values)
    access.require(actor, "create", right)
    _check(right, rules)
    right.save()
    changes = {"title": [None, right.title], "number": ["", right.number]}
    write(actor=actor, verb="office.ipright.created", about=right, changes=changes)
    return right


@transaction.atomic
def change_right(
    *, actor: User, record: IpRight, rules: Rules, version: int | None = None, **values: Any
) -> IpRight:
    """Changes an entry of the register, also when a right has been prolonged.

    Raises:
        Stale: somebody has changed it since `version`.
        Invalid: as in registering.
    """
    access.require(actor, "edit", record)
    right = lock(IpRight.objects.live(), record.pk, version=version)
    before = snapshot(right, FIELDS)
    for name in FIELDS:
        setattr(right, name, values.get(name, getattr(right, name)))
    _check(right, rules, kept_kind=before["kind"])
    right.version += 1
    right.save()
    changes = differences(before, snapshot(right, FIELDS))
    write(actor=actor, verb="office.ipright.changed", about=right, changes=changes)
    return right


@transaction.atomic
def delete_right(*, actor: User, record: IpRight, reason: str) -> IpRight:
    """Takes out what was registered by mistake; a right that has expired stays."""
    access.require(actor, "delete", record)
    right = lock(IpRight.objects.live(), record.pk)
    right.deleted_at, right.deleted_by = clock.now(), actor
    right.version += 1
    right.save()
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="office.ipright.deleted", about=right, changes=changes)
    return right


def _check(right: IpRight, rules: Rules, kept_kind: str = "") -> None:
    wrong: dict[str, list[str]] = {}
    right.title, right.holder = right.title.strip(), right.holder.strip()
    known = {item.key for item in offered(rules.documents.ip_kinds)}
    if right.kind not in known | {kept_kind}:
        wrong["kind"] = [_("Choose one of the list.")]
    if not right.title:
        wrong["title"] = [_("Give it a title.")]
    if not right.holder:
        wrong["holder"] = [_("Say to whom it belongs.")]
    if right.registered_on and right.expires_on and right.expires_on < right.registered_on:
        wrong["expires_on"] = [_("The end lies before the registration.")]
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def remind_of_rights(*, rules: Rules) -> int:
    """Tells manager and recorder of each right that expires soon, once for each end."""
    managers = holders(Role.MANAGER)
    tellings = [
        _expiring(right, person)
        for right in expiring(rules).select_related("recorded_by")
        for person in {one.pk: one for one in (*managers, right.recorded_by)}.values()
    ]
    return len(tell_each(tellings, kind="office.right_expires"))


def _expiring(right: IpRight, person: User) -> Telling:
    def title() -> str:
        words = {"title": right.title, "day": formats.day_as("full", right.expires_on)}
        return _("%(title)s expires on %(day)s") % words

    return Telling(
        person=person,
        title=lazy(title, str)(),
        text=" · ".join(filter(None, [right.number, right.holder])),
        url=right.get_absolute_url(),
        about=right,
        key=f"office.right_expires:{right.pk}:{right.expires_on}",
    )
