"""Checking in at a client: the position of one moment, or a reason instead of it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import PositionConsent, Visit
from crm.places import distance_between
from expansion import access, clock
from expansion.audit.services import write, write_many
from expansion.errors import Invalid, NotNow
from expansion.files.services import claim_drafts
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.schema import Rules
from expansion.worktime import deadline

Status = Visit.Status


@transaction.atomic
def check_in(
    *,
    actor: User,
    rules: Rules,
    record: Visit,
    latitude: float | None = None,
    longitude: float | None = None,
    accuracy: float | None = None,
    age: float | None = None,
    reason: str = "",
    photos: str = "",
) -> Visit:
    """Notes the arrival, once: with the position of this moment, or with a reason instead of it.

    Both ways count the same. The position needs the person's recorded consent; `accuracy` is in
    metres, `age` in seconds; `photos` is the key under which pictures of the place are kept. The
    record is due from here (A-3.2.4c).

    Raises:
        Forbidden: only the visitor checks in.
        Invalid: neither a position nor a reason, a position off the globe, or no consent to it.
    """
    access.require(actor, "record", record)
    visit = lock(Visit.objects.live().select_related("client"), record.pk)
    if visit.arrived_at:
        return visit
    check_status(visit, Status.PLANNED, Status.MISSED)
    if latitude is None or longitude is None:
        visit.manual_reason = _given(reason)
    else:
        _take_position(visit, actor, latitude, longitude, accuracy, age)
    visit.status = Status.PLANNED
    visit.arrived_at = visit.took_place_at = clock.now()
    visit.due_at = due_of(rules, visit.arrived_at)
    _save(
        visit,
        *("status", "arrived_at", "took_place_at", "due_at", "manual_reason"),
        *("latitude", "longitude", "accuracy", "position_age", "distance"),
    )
    claim_drafts(actor=actor, draft=photos, record=visit)
    way = "position" if visit.latitude is not None else "manual"
    changes = {"arrived_at": [None, visit.arrived_at], "way": [None, way]}
    write(actor=actor, verb="crm.visit.checked_in", about=visit, changes=changes)
    return visit


@transaction.atomic
def give_position_consent(*, actor: User) -> PositionConsent:
    """Records that the position may be read when this person presses check-in."""
    consent, new = PositionConsent.objects.get_or_create(
        person=actor, withdrawn_at=None, defaults={"given_at": clock.now()}
    )
    if new:
        write(actor=actor, verb="crm.position.allowed", about=actor)
    return consent


@transaction.atomic
def withdraw_position_consent(*, actor: User) -> None:
    """Withdraws the consent; checking in by hand goes on and counts the same."""
    running = PositionConsent.objects.filter(person=actor, withdrawn_at=None)
    if running.update(withdrawn_at=clock.now()):
        write(actor=actor, verb="crm.position.withdrawn", about=actor)


@transaction.atomic
def forget_positions(*, rules: Rules, now: datetime) -> int:
    """Deletes positions older than the rulebook's time; the distance stays. Returns how many."""
    kept_for = rules.retention.position.value
    old = Visit.objects.filter(latitude__isnull=False)
    gone = [
        pk
        for pk, arrived_at in old.values_list("pk", "arrived_at")
        if (end := deadline(arrived_at, kept_for)) and end < now
    ]
    visits = Visit.objects.filter(pk__in=gone)
    write_many(actor=None, verb="crm.position.forgotten", changed=[(visit, {}) for visit in visits])
    return visits.update(latitude=None, longitude=None, accuracy=None, position_age=None)


def due_of(rules: Rules, happened: datetime) -> datetime | None:
    """When the record of a visit has to be written (rulebook `sla.visit_feedback`, A-3.2.4c)."""
    limit = rules.sla.visit_feedback.value
    return deadline(happened, limit, rules.working_time.as_calendar())


def check_status(visit: Visit, *allowed: Status) -> None:
    """Refuses an act that the visit's status does not allow.

    Raises:
        NotNow: the status is none of `allowed`.
    """
    if visit.status not in allowed:
        raise NotNow(
            _("This visit is %(status)s. That cannot be done any more.")
            % {"status": visit.get_status_display()}
        )


def _given(reason: str) -> str:
    if not reason.strip():
        raise Invalid(
            fields={"reason": [_("Say why without a position, for example: no reception.")]}
        )
    return reason.strip()[:300]


def _take_position(
    visit: Visit,
    actor: User,
    latitude: float,
    longitude: float,
    accuracy: float | None,
    age: float | None,
) -> None:
    if not PositionConsent.objects.filter(person=actor, withdrawn_at=None).exists():
        raise Invalid(_("Allow the position once, or check in with a reason instead."))
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Invalid(_("This position is not on the globe. Check in with a reason instead."))
    visit.latitude, visit.longitude = latitude, longitude
    visit.accuracy = _whole(accuracy)
    visit.position_age = _whole(age)
    visit.distance = distance_between(
        (latitude, longitude), (visit.client.latitude, visit.client.longitude)
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else max(0, min(round(value), 10**7))


def _save(visit: Visit, *fields: str) -> None:
    visit.version += 1
    visit.save(update_fields=[*fields, "version", "updated_at"])
