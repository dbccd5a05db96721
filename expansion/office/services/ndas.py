"""Writes over confidentiality agreements, and whom their lack is told (R-exp-19, E8-5.1)."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write, write_many
from expansion.errors import Invalid
from expansion.notices.services import Telling, tell, tell_each
from expansion.office.models import Nda
from expansion.office.selectors.confidence import Lacking, lacking
from expansion.people.models import Role, User
from expansion.people.selectors import holders
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules

FIELDS = ("edition", "signed_on", "survives_leaving", "until")
NAMED = 12  # names in one notice; the page behind it has them all


@transaction.atomic
def record_nda(
    *,
    actor: User,
    rules: Rules,
    person: User,
    edition: str,
    signed_on: date,
    survives_leaving: bool | None = None,
    until: date | None = None,
) -> Nda:
    """Keeps what the person has signed; the latest one counts, earlier ones stay readable.

    Whether it goes on after leaving is the rulebook's word where nothing is said.

    Raises:
        Forbidden: agreements are not this person's to keep.
        Invalid: the person has left, or the days do not hold.
    """
    access.require(actor, "create", Nda)
    person = lock(User.objects.all(), person.pk)  # Of two at once, the second settles after.
    if survives_leaving is None:
        survives_leaving = rules.confidentiality.duty_after_leaving.value
    nda = Nda(
        person=person,
        edition=edition.strip(),
        signed_on=signed_on,
        survives_leaving=survives_leaving,
        until=until,
        recorded_by=actor,
        replaced_at=clock.now(),  # until it is known to be the latest
    )
    if person.status == "left":
        raise Invalid(fields={"person": [_("%(name)s has left.") % {"name": person.name}]})
    _check(nda)
    nda.save()
    changes = {"person": [None, person.pk], "signed_on": [None, signed_on]}
    write(actor=actor, verb="office.nda.created", about=nda, changes=changes)
    _settle(actor, person, nda)
    nda.refresh_from_db()
    return nda


@transaction.atomic
def change_nda(*, actor: User, record: Nda, version: int | None = None, **values: Any) -> Nda:
    """Corrects what was recorded; whose it is stays.

    Raises:
        Stale: somebody has changed it since `version`.
        Invalid: the days do not hold.
    """
    access.require(actor, "edit", record)
    person = lock(User.objects.all(), record.person_id)
    nda = lock(Nda.objects.live(), record.pk, version=version)
    before = snapshot(nda, FIELDS)
    for name in FIELDS:
        setattr(nda, name, values.get(name, getattr(nda, name)))
    nda.edition = nda.edition.strip()
    _check(nda)
    nda.version += 1
    nda.save()
    changes = differences(before, snapshot(nda, FIELDS))
    write(actor=actor, verb="office.nda.changed", about=nda, changes=changes)
    _settle(actor, person)
    nda.refresh_from_db()
    return nda


@transaction.atomic
def delete_nda(*, actor: User, record: Nda, reason: str) -> Nda:
    """Takes out what was recorded by mistake; the one before it counts again."""
    access.require(actor, "delete", record)
    person = lock(User.objects.all(), record.person_id)
    nda = lock(Nda.objects.live(), record.pk)
    nda.deleted_at, nda.deleted_by = clock.now(), actor
    nda.version += 1
    nda.save()
    changes = {"reason": [None, reason]}
    write(actor=actor, verb="office.nda.deleted", about=nda, changes=changes)
    _settle(actor, person)
    return nda


def _check(nda: Nda) -> None:
    wrong: dict[str, list[str]] = {}
    if not nda.edition:
        wrong["edition"] = [_("Say which version of the text was signed.")]
    if nda.signed_on > clock.today():
        wrong["signed_on"] = [_("This day has not come yet.")]
    if nda.until is not None and nda.until < nda.signed_on:
        wrong["until"] = [_("The end lies before the day of signing.")]
    if wrong:
        raise Invalid(fields=wrong)


def _settle(actor: User, person: User, new: Nda | None = None) -> None:
    """Of the person's agreements the one signed last counts; the others are replaced by it."""
    *earlier, latest = [None, *Nda.objects.live().filter(person=person).order_by("signed_on", "pk")]
    replaced = [nda for nda in earlier if nda is not None and nda.replaced_at is None]
    for nda in replaced:
        nda.replaced_at = clock.now()
        nda.version += 1
        nda.save()
    write_many(actor=actor, verb="office.nda.replaced", changed=[(nda, {}) for nda in replaced])
    if latest is None or latest.replaced_at is None:
        return
    latest.replaced_at = None
    latest.save()
    if latest != new:
        write(actor=actor, verb="office.nda.restored", about=latest)


def _spoken(words: Callable[[], str]) -> str:
    """Words that are put together in the language of whoever is told."""
    return lazy(words, str)()


@transaction.atomic
def remind_of_ndas(*, rules: Rules) -> int:
    """Tells everybody who has no valid agreement, and HR of all that are told now.

    Once for each lack: run again, it tells nobody twice; an agreement that runs out later is a new
    one.
    """
    found = {one.person.pk: one for one in lacking(clock.today(), rules)}
    told = tell_each([_to_person(one) for one in found.values()], kind="office.nda_missing")
    if told:
        _tell_hr([found[notice.person_id] for notice in told], first=min(one.pk for one in told))
    return len(told)


def _to_person(one: Lacking) -> Telling:
    last = one.last.pk if one.last else 0
    return Telling(
        person=one.person,
        title=_spoken(lambda: _("Your confidentiality agreement is missing")),
        text=_spoken(lambda: _("Sign it with HR; it then stands here to be read.")),
        url=reverse("office:nda-list"),
        key=f"office.nda_missing:{one.person.pk}:{last}",
    )


def _tell_hr(people: Iterable[Lacking], *, first: int) -> None:
    names = [one.person.name for one in people]
    tell(
        people=holders(Role.HR),
        kind="office.ndas_missing",
        title=_spoken(
            lambda: _("%(count)s without a confidentiality agreement") % {"count": len(names)}
        ),
        text=_spoken(lambda: _(", ").join(names[:NAMED])),
        url=reverse("office:nda-missing"),
        key=f"office.ndas_missing:{first}",
    )
