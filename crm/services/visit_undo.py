"""Taking a visit back that was saved a moment ago, by the one who saved it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from crm.models import Client, Communication, Visit
from crm.services.feedback import told_by
from crm.services.leads import judge_client
from expansion import access, clock, offers
from expansion.audit.models import Entry
from expansion.audit.services import write
from expansion.errors import NotNow
from expansion.files.selectors import attachments
from expansion.files.services import remove
from expansion.notices.taking_back import take_back
from expansion.office.models import WorkReport
from expansion.people.models import User
from expansion.records import about_key, lock
from expansion.rulebook.schema import Rules

WINDOW = timedelta(minutes=10)  # A slip of the hand is seen at once; later one corrects the record.
LOGGED = "crm.visit.logged"
Status = Visit.Status


@transaction.atomic
def undo_visit(*, actor: User, rules: Rules, record: Visit) -> Visit:
    """Takes a record back within ten minutes of saving it; the client's dates are as before.

    A visit that was planned is planned again, without the record; one that was not is deleted, its
    row and its trail stay. Superiors who have not opened their notice are told nothing any more.

    Raises:
        Forbidden: somebody else's record.
        NotNow: the ten minutes are over, somebody has read, answered or changed it, something
            newer was written about the client, a report with it has been handed in, or an
            appraisal has counted it.
    """
    access.require(actor, "record", record)
    client = lock(Client.objects.live(), record.client_id)
    visit = lock(Visit.objects.live(), record.pk)
    entry = _saving_of(visit, actor)
    before, after = (_dates(one) for one in entry.changes["client"])
    _check_untouched(visit, client, after)
    day = clock.local_date(visit.took_place_at)
    # Rooms above refuse here what they hold a frozen copy of.
    offers.announce("crm.visit.undone", actor=actor, record=visit, person=visit.visitor, on=day)
    _give_back(client, before)
    told = told_by(visit)
    was = entry.changes["status"][0]
    if was:
        _plan_again(visit, entry.changes, actor)
    else:
        _delete(visit, actor)
    changes = {"status": [Status.DONE.value, was], "said": [entry.changes["said"][1], None]}
    write(actor=actor, verb="crm.visit.undone", about=visit, changes=changes)
    take_back(key=told)
    judge_client(actor=actor, rules=rules, client=client)
    return visit


def _saving_of(visit: Visit, actor: User) -> Entry:
    """The newest entry of the visit, which has to be its saving by `actor`."""
    entry = Entry.objects.filter(**about_key(visit)).order_by("-pk").first()
    if visit.status != Status.DONE or entry is None or entry.verb != LOGGED:
        raise NotNow(_("This record has been read or changed since. Correct it instead."))
    if entry.actor_id != actor.pk or clock.now() - entry.at > WINDOW:
        raise NotNow(_("Ten minutes have passed. Correct the record instead."))
    return entry


def _check_untouched(visit: Visit, client: Client, dates: dict[str, Any]) -> None:
    """Nothing has been built on this record yet: no report of its visitor either."""
    since = visit.recorded_at
    talks = Communication.objects.live().filter(client=client, created_at__gt=since)
    visits = Visit.objects.live().filter(client=client, recorded_at__gt=since)
    moved = any(getattr(client, name) != value for name, value in dates.items())
    if moved or talks.exists() or visits.exists():
        raise NotNow(_("Something newer was written about this client. Correct the record."))
    reports = [report for report in _reports_of(visit) if report.submitted_at]
    if any(report.covers(visit.took_place_at) for report in reports):
        raise NotNow(_("You have handed in a report with it. Correct the record instead."))


def _reports_of(visit: Visit) -> QuerySet[WorkReport]:
    """The visitor's reports that have drawn this record or may still draw it, locked: one that is
    being handed in meanwhile waits, and draws without it."""
    reports = WorkReport.objects.select_for_update(of=("self",)).filter(owner=visit.visitor_id)
    return reports.filter(Q(submitted_at=None) | Q(submitted_at__gte=visit.recorded_at))


def _give_back(client: Client, dates: dict[str, Any]) -> None:
    for name, value in dates.items():
        setattr(client, name, value)
    client.version += 1
    client.save(update_fields=[*dates, "version", "updated_at"])


def _plan_again(visit: Visit, logged: dict[str, Any], actor: User) -> None:
    """The visit as it was planned, by what the entry of its saving says of before."""
    visit.status = logged["status"][0]
    if "due_at" in logged:
        visit.due_at = _date(logged["due_at"][0])
    elif not visit.arrived_at:  # Only a check-in gives a planned visit its due moment.
        visit.due_at = None
    visit.took_place_at, visit.recorded_at = visit.arrived_at, None
    visit.said = visit.needs = visit.opinions = visit.concerns = ""
    visit.outcomes, visit.own, visit.next_contact_on, visit.late = [], {}, None, False
    visit.version += 1
    visit.save()
    if "contacts" in logged:
        visit.contacts.set(visit.client.contacts.filter(pk__in=logged["contacts"][0]))
    photos = attachments(visit, kind="photo")
    if visit.arrived_at:  # Those of the check-in stay: they were kept before the arrival was noted.
        photos = photos.filter(at__gt=visit.arrived_at)
    for photo in photos:
        remove(actor=actor, attachment=photo)


def _delete(visit: Visit, actor: User) -> None:
    visit.deleted_at, visit.deleted_by = clock.now(), actor
    visit.version += 1
    visit.save(update_fields=["deleted_at", "deleted_by", "version", "updated_at"])


def _dates(stored: dict[str, str | None]) -> dict[str, date | datetime | None]:
    """The client's dates as the trail holds them, by field."""
    return {name: _date(value) for name, value in stored.items()}


def _date(value: str | None) -> date | datetime | None:
    if value is None:
        return None
    return parse_datetime(value) if "T" in value else parse_date(value)
