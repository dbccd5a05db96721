"""Writes over visits: planned, moved, checked in, recorded, commented (R-crm-08, R-crm-09)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import own_fields
from crm.models import Client, Contact, Outcome, Visit
from crm.services.check_in import check_status, due_of
from crm.services.feedback import tell_superiors
from crm.services.following import CONTACT_DATES, check_next_contact, check_past, touch
from crm.services.leads import judge_client
from expansion import access, clock
from expansion.audit.services import write, write_many
from expansion.errors import Invalid, NotNow
from expansion.files.services import claim_drafts
from expansion.notices.services import Telling, tell_each
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.worktime import Limit, Unit, due_on

NOTES = ("said", "needs", "opinions", "concerns")
PLAN = ("planned_at", "purpose", "materials", "place")
MOST_PHOTOS = 9
NEXT_WORKING_DAY = Limit(1, Unit.WORKING_DAYS)  # R-crm-08: missed without a record by its end
Status = Visit.Status


@transaction.atomic
def plan_visit(
    *,
    actor: User,
    client: Client,
    planned_at: datetime,
    visitor: User | None = None,
    contacts: Iterable[Contact] = (),
    **values: Any,
) -> Visit:
    """Books a visit (A-3.2.3b). `values` are purpose, materials and place.

    Raises:
        Forbidden: the client is not this person's to work.
        Invalid: the moment has passed, the visitor does not see the client, or a contact is of
            another client.
    """
    access.require(actor, "edit", client)
    client = lock(Client.objects.live(), client.pk)
    visitor = visitor or actor
    _check_plan(client, visitor, planned_at)
    visit = Visit.objects.create(
        client=client,
        owner_id=client.owner_id,
        team_id=client.team_id,
        visitor=visitor,
        planned_at=planned_at,
        **values,
    )
    _set_contacts(visit, contacts)
    changes = {"planned_at": [None, planned_at]}
    write(actor=actor, verb="crm.visit.planned", about=visit, changes=changes)
    return visit


@transaction.atomic
def reschedule_visit(
    *, actor: User, record: Visit, planned_at: datetime, version: int | None = None, **values: Any
) -> Visit:
    """Moves a planned or missed visit to another time.

    Raises:
        NotNow: it is recorded, cancelled or checked in already.
    """
    access.require(actor, "edit", record)
    visit = lock(Visit.objects.live().select_related("client"), record.pk, version=version)
    check_status(visit, Status.PLANNED, Status.MISSED)
    if visit.arrived_at:
        raise NotNow(_("You have checked in there already. Write the record instead."))
    _check_plan(visit.client, visit.visitor, planned_at)
    before = snapshot(visit, ("status", *PLAN))
    visit.status, visit.planned_at = Status.PLANNED, planned_at
    for name in PLAN[1:]:
        setattr(visit, name, values.get(name, getattr(visit, name)))
    _save(visit, "status", *PLAN)
    changes = differences(before, snapshot(visit, ("status", *PLAN)))
    write(actor=actor, verb="crm.visit.rescheduled", about=visit, changes=changes)
    return visit


@transaction.atomic
def cancel_visit(*, actor: User, record: Visit, reason: str) -> Visit:
    """Calls a planned visit off, with the reason."""
    access.require(actor, "edit", record)
    visit = lock(Visit.objects.live(), record.pk)
    check_status(visit, Status.PLANNED, Status.MISSED)
    before = visit.status
    visit.status, visit.closed_reason = Status.CANCELLED, reason
    _save(visit, "status", "closed_reason")
    changes = {"status": [before, visit.status], "reason": [None, reason]}
    write(actor=actor, verb="crm.visit.cancelled", about=visit, changes=changes)
    return visit


@transaction.atomic
def log_visit(
    *,
    actor: User,
    rules: Rules,
    said: str,
    client: Client | None = None,
    record: Visit | None = None,
    took_place_at: datetime | None = None,
    contacts: Iterable[Contact] = (),
    outcomes: Iterable[str] = (),
    needs: str = "",
    opinions: str = "",
    concerns: str = "",
    own: Mapping[str, str] | None = None,
    next_contact_on: Any = None,
    photos: str = "",
) -> Visit:
    """Records a visit, planned (`record`) or not (`client`): a client and one sentence are enough.

    `own` are texts by the keys that the rules ask for (`crm.own_fields`, B-3.1.3b, E11-1.d);
    `photos` is the key under which the form's pictures are kept. The manager and the leader are
    told (A-3.2.4c); a record after its deadline is marked late.

    Raises:
        Forbidden: the client is not this person's, or the visit is somebody else's.
        NotNow: this visit is recorded already.
        Invalid: no sentence, a moment in the future, a next contact in the past, an own text that
            the rules do not ask for.
    """
    visit = _visit_to_record(actor, client, record)
    was, due_at = visit.status if visit.pk else None, visit.due_at
    dates = snapshot(visit.client, CONTACT_DATES)
    now = clock.now()
    happened = visit.arrived_at or took_place_at or _planned_past(visit, now) or now
    check_past("took_place_at", happened)
    check_next_contact(next_contact_on)
    _write_notes(visit, said=said, needs=needs, opinions=opinions, concerns=concerns)
    visit.own = own_fields.merged(own_fields.of_visit(rules, visit), own or {}, visit.own)
    visit.status, visit.took_place_at, visit.recorded_at = Status.DONE, happened, now
    visit.outcomes = [key for key in Outcome.values if key in set(outcomes)]
    visit.next_contact_on = next_contact_on
    visit.due_at = due_of(rules, happened)
    visit.late = visit.due_at is not None and now > visit.due_at
    visit.version += 1 if visit.pk else 0
    visit.save()
    met = _set_contacts(visit, contacts)
    claim_drafts(actor=actor, draft=photos, record=visit)
    touch(visit.client, at=happened, next_contact_on=next_contact_on, visited=True)
    moved = differences(dates, snapshot(visit.client, CONTACT_DATES))
    changes = {
        "status": [was, visit.status],
        "said": [None, visit.said],
        "late": [None, visit.late],
        # By the following `undo_visit` gives back what stood before.
        **differences({"due_at": _exact(due_at)}, {"due_at": _exact(visit.due_at)}),
        "client": [{name: _exact(pair[side]) for name, pair in moved.items()} for side in (0, 1)],
        **met,
    }
    write(actor=actor, verb="crm.visit.logged", about=visit, changes=changes)
    judge_client(actor=actor, rules=rules, client=visit.client)
    tell_superiors(actor, visit)
    return visit


@transaction.atomic
def update_visit(
    *,
    actor: User,
    record: Visit,
    version: int | None = None,
    own: Mapping[str, str] | None = None,
    rules: Rules | None = None,
    **values: Any,
) -> Visit:
    """Corrects the words of a recorded visit; times and position stay as they were.

    `rules` are those under which it was recorded: their own texts may be written.

    Raises:
        Forbidden: only the visitor writes the record.
        Stale: somebody has changed it since `version`.
        Invalid: no sentence, or an own text that the rules did not ask for.
    """
    access.require(actor, "record", record)
    visit = lock(Visit.objects.live(), record.pk, version=version)
    check_status(visit, Status.DONE)
    before = snapshot(visit, (*NOTES, "outcomes"))
    _write_notes(visit, **{name: values.get(name, getattr(visit, name)) for name in NOTES})
    visit.outcomes = list(values.get("outcomes", visit.outcomes))
    asked = own_fields.of_visit(rules, visit) if rules else None
    texts, visit.own = visit.own, own_fields.merged(asked, own or {}, visit.own)
    _save(visit, *NOTES, "outcomes", "own")
    changes = differences(before, snapshot(visit, (*NOTES, "outcomes")))
    changes |= own_fields.changed(texts, visit.own)
    write(actor=actor, verb="crm.visit.changed", about=visit, changes=changes)
    return visit


@transaction.atomic
def mark_missed_visits(*, rules: Rules, now: datetime) -> list[Visit]:
    """Marks planned visits that have no record by the end of the next working day as missed.

    Each visitor is told once. Visits that were checked in stay: their record is overdue, not the
    visit. Run twice, it changes nothing the second time.
    """
    calendar, today = rules.working_time.as_calendar(), clock.local_date(now)
    waiting = Visit.objects.live().expected().filter(planned_at__lt=now)
    missed = [
        visit
        for visit in waiting.select_for_update(of=("self",)).select_related("client", "visitor")
        if today > due_on(clock.local_date(visit.planned_at), NEXT_WORKING_DAY, calendar)
    ]
    Visit.objects.filter(pk__in=[visit.pk for visit in missed]).update(
        status=Status.MISSED, version=F("version") + 1, updated_at=now
    )
    changes = {"status": [Status.PLANNED.value, Status.MISSED.value]}
    write_many(actor=None, verb="crm.visit.missed", changed=[(one, changes) for one in missed])
    tell_each([_missed(visit) for visit in missed], kind="crm.visit.missed")
    return missed


def _visit_to_record(actor: User, client: Client | None, record: Visit | None) -> Visit:
    """The planned visit, or a new one; its client's row is held first."""
    if record is not None:
        access.require(actor, "record", record)
        client = lock(Client.objects.live(), record.client_id)
        visit = lock(Visit.objects.live(), record.pk)
        check_status(visit, Status.PLANNED, Status.MISSED)
        visit.client = client
        return visit
    if client is None:
        raise Invalid(fields={"client": [_("Choose the client.")]})
    access.require(actor, "edit", client)
    client = lock(Client.objects.live(), client.pk)
    return Visit(client=client, owner_id=client.owner_id, team_id=client.team_id, visitor=actor)


def _exact(moment: date | datetime | None) -> str | None:
    """A day or moment in full: the trail's own way to write a moment cuts it short."""
    return moment.isoformat() if moment else None


def _planned_past(visit: Visit, now: datetime) -> datetime | None:
    return visit.planned_at if visit.planned_at and visit.planned_at <= now else None


def _write_notes(visit: Visit, **notes: str) -> None:
    if not notes["said"].strip():
        raise Invalid(fields={"said": [_("One sentence is enough: what was said?")]})
    for name, text in notes.items():
        setattr(visit, name, text.strip())


def _set_contacts(visit: Visit, contacts: Iterable[Contact]) -> dict[str, list[list[int]]]:
    """Those who were met; none given leaves those planned. Returns the change for the trail."""
    chosen = list(contacts)
    if any(contact.client_id != visit.client_id for contact in chosen):
        raise Invalid(fields={"contacts": [_("This contact belongs to another client.")]})
    if not chosen:
        return {}
    before = sorted(visit.contacts.values_list("pk", flat=True))
    visit.contacts.set(chosen)
    return {"contacts": [before, sorted(contact.pk for contact in chosen)]}


def _check_plan(client: Client, visitor: User, planned_at: datetime) -> None:
    if planned_at < clock.now():
        raise Invalid(
            fields={"planned_at": [_("This moment has passed. Record the visit instead.")]}
        )
    if planned_at.year > clock.today().year + 2:
        raise Invalid(fields={"planned_at": [_("This is more than two years ahead.")]})
    if not access.can(visitor, "edit", client):
        raise Invalid(
            fields={
                "visitor": [
                    _("%(name)s does not work this client. Hand it over first.")
                    % {"name": visitor.name}
                ]
            }
        )


def _missed(visit: Visit) -> Telling:
    return Telling(
        visit.visitor,
        title=format_lazy(
            lazy("The visit to {client} has no record and counts as missed"),
            client=visit.client.name,
        ),
        text=lazy("Record it late, move it, or call it off."),
        url=visit.get_absolute_url(),
        about=visit,
        key=f"crm.visit.missed:{visit.pk}:{visit.planned_at:%Y%m%d%H%M}",
    )


def _save(visit: Visit, *fields: str) -> None:
    visit.version += 1
    visit.save(update_fields=[*fields, "version", "updated_at"])
