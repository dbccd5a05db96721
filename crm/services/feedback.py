"""A visit's record reaches the manager and the leader, who comment or mark it read (A-3.2.4c)."""

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm.models import Visit, VisitComment, VisitReading
from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.records import lock


@transaction.atomic
def comment_visit(*, actor: User, record: Visit, text: str) -> VisitComment:
    """Says something to a visit's record; its visitor is told. Who comments has read it.

    The visit's row is held: its author cannot take the record back in the same moment.
    """
    access.require(actor, "comment", record)
    if not text.strip():
        raise Invalid(fields={"text": [_("Write a few words.")]})
    lock(Visit.objects.live(), record.pk)
    comment = VisitComment.objects.create(visit=record, by=actor, at=clock.now(), text=text.strip())
    VisitReading.objects.get_or_create(visit=record, person=actor, defaults={"at": clock.now()})
    changes = {"comment": [None, comment.text]}
    write(actor=actor, verb="crm.visit.commented", about=record, changes=changes)
    if record.visitor_id != actor.pk:
        tell(
            people=[record.visitor],
            kind="crm.visit.commented",
            title=format_lazy(
                lazy("{name} commented on your visit to {client}"),
                name=actor.name,
                client=record.client.name,
            ),
            text=comment.text[:200],
            url=record.get_absolute_url(),
            about=record,
            actor=actor,
            key=f"crm.visit.commented:{comment.pk}",
        )
    return comment


@transaction.atomic
def mark_visit_read(*, actor: User, record: Visit) -> VisitReading:
    """Notes that a person has read a visit's record; a second time changes nothing."""
    access.require(actor, "comment", record)
    lock(Visit.objects.live(), record.pk)
    reading, new = VisitReading.objects.get_or_create(
        visit=record, person=actor, defaults={"at": clock.now()}
    )
    if new:
        write(actor=actor, verb="crm.visit.read", about=record)
    return reading


def told_by(visit: Visit) -> str:
    """The key of the notices of this record; one written anew after an undo is told anew."""
    return f"crm.visit.logged:{visit.pk}:{visit.recorded_at.timestamp():.6f}"


def tell_superiors(actor: User, visit: Visit) -> None:
    """The manager and the leader of the team, who comment or mark it read (A-3.2.4c)."""
    people = (reason.person for reason in access.who_may("review", visit))
    tell(
        people=(person for person in people if person.pk != actor.pk),
        kind="crm.visit.logged",
        title=format_lazy(
            lazy("{name} visited {client}"), name=actor.name, client=visit.client.name
        ),
        text=visit.said[:200],
        url=visit.get_absolute_url(),
        about=visit,
        actor=actor,
        key=told_by(visit),
    )
