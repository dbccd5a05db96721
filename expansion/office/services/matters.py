"""Writes over the log of public relations, and who is told what to follow up (E9-3.1i)."""

from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.notices.services import Telling, tell_each
from expansion.office.models import PublicMatter
from expansion.people.models import User
from expansion.people.selectors import home_unit
from expansion.records import differences, lock, snapshot

FIELDS = ("owner", "happened_on", "counterpart", "matter", "done", "follow_up_on")


@transaction.atomic
def log_matter(*, actor: User, owner: User | None = None, **values: Any) -> PublicMatter:
    """Writes down what happened with somebody outside; the actor dealt with it where nobody else
    is named.

    Raises:
        Forbidden: what this person dealt with is not the actor's to write down.
        Invalid: counterpart or matter is missing, or the days do not hold.
    """
    owner = owner or actor
    matter = PublicMatter(owner=owner, team=home_unit(owner), **values)
    access.require(actor, "create", matter)
    _check(matter)
    matter.save()
    changes = {"counterpart": [None, matter.counterpart], "matter": [None, matter.matter]}
    write(actor=actor, verb="office.publicmatter.created", about=matter, changes=changes)
    return matter


@transaction.atomic
def change_matter(
    *, actor: User, record: PublicMatter, version: int | None = None, **values: Any
) -> PublicMatter:
    """Changes a line of the log, also to say what became of it.

    Raises:
        Stale: somebody has changed it since `version`.
        Forbidden: it is given to somebody whose matters are not the actor's to write down.
        Invalid: as in writing it down.
    """
    access.require(actor, "edit", record)
    matter = lock(PublicMatter.objects.live(), record.pk, version=version)
    before = snapshot(matter, FIELDS)
    for name in FIELDS:
        setattr(matter, name, values.get(name, getattr(matter, name)))
    if matter.owner_id != before["owner"]:
        matter.team = home_unit(matter.owner)
        access.require(actor, "create", matter)
    _check(matter)
    matter.version += 1
    matter.save()
    changes = differences(before, snapshot(matter, FIELDS))
    write(actor=actor, verb="office.publicmatter.changed", about=matter, changes=changes)
    return matter


@transaction.atomic
def delete_matter(*, actor: User, record: PublicMatter, reason: str) -> PublicMatter:
    """Takes out what was written down by mistake."""
    access.require(actor, "delete", record)
    matter = lock(PublicMatter.objects.live(), record.pk)
    matter.deleted_at, matter.deleted_by = clock.now(), actor
    matter.version += 1
    matter.save()
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="office.publicmatter.deleted", about=matter, changes=changes)
    return matter


def _check(matter: PublicMatter) -> None:
    wrong: dict[str, list[str]] = {}
    matter.counterpart, matter.matter = matter.counterpart.strip(), matter.matter.strip()
    if not matter.counterpart:
        wrong["counterpart"] = [_("Say with whom it was.")]
    if not matter.matter:
        wrong["matter"] = [_("Say what it was about.")]
    if matter.happened_on > clock.today():
        wrong["happened_on"] = [_("This day has not come yet.")]
    if matter.follow_up_on and matter.follow_up_on < matter.happened_on:
        wrong["follow_up_on"] = [_("It is followed up after it happened.")]
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def remind_of_follow_ups() -> int:
    """Tells who dealt with it from the day on on which it is to be followed up, once."""
    due = PublicMatter.objects.live().filter(follow_up_on__lte=clock.today())
    tellings = [_follow_up(matter) for matter in due.select_related("owner")]
    return len(tell_each(tellings, kind="office.matter_follow_up"))


def _follow_up(matter: PublicMatter) -> Telling:
    return Telling(
        person=matter.owner,
        title=lazy(lambda: _("Follow up: %(matter)s") % {"matter": matter}, str)(),
        text=matter.done[:200],
        url=matter.get_absolute_url(),
        about=matter,
        key=f"office.matter_follow_up:{matter.pk}:{matter.follow_up_on}",
    )
