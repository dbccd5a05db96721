"""What the client desk brings to the first page, the to-do centre and the search."""

from collections.abc import Iterator
from datetime import time, timedelta
from itertools import islice
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from crm.models import Client, Communication, Contact, Visit
from crm.pickers import found_clients
from crm.searching import fits, indexed
from crm.tables import with_main_contact
from expansion import access, clock, offers
from expansion.access import Holder, Reach, reach_of
from expansion.prepared import prepared
from expansion.ui import formats

MOST = 6
AHEAD = timedelta(days=10)  # how far the next planned visit is looked for
WIDE = 40  # clients among which contact persons are looked for


def planned_visits(person: Any) -> dict[str, Any] | None:
    """Today's visits of this person, and earlier ones whose record is still missing.

    Where there is none, as on a day off, those of the next day that has some.
    """
    if not access.can(person, "create", Visit):
        return None
    tomorrow = clock.moment_on(clock.today() + timedelta(days=1), time())
    visits = _planned_before(person.pk, tomorrow + AHEAD, reach=reach_of(person))
    today = [_visit(one) for one in visits if one.planned_at < tomorrow]
    return {"visits": today, "ahead": [] if today else _next_day(visits)}


@prepared
def _planned_before(person: Any, moment: Any, *, reach: Reach) -> QuerySet[Visit]:
    found = open_visits(Holder(person, reach)).filter(planned_at__lt=moment)
    shown = ("planned_at", "place", "purpose", "arrived_at", "due_at")
    client = ("client__name", "client__grade", "client__address")
    return found.only(*shown, *client).order_by("planned_at")[:20]


def _next_day(visits: list[Visit]) -> list[Visit]:
    days = [clock.local_date(visit.planned_at) for visit in visits]
    return [visit for visit, day in zip(visits, days, strict=True) if day == days[0]]


def open_visits(person: Any) -> QuerySet[Visit]:
    """Planned visits of this person that wait for a record."""
    visits = access.visible_to(person, Visit.objects.live().planned())
    return visits.filter(visitor=person.pk).select_related("client")


def _visit(visit: Visit) -> dict[str, Any]:
    now = clock.now()
    started = visit.arrived_at is not None
    tone, word = ("neutral", _("not yet begun"))
    if started:
        late = visit.due_at is not None and visit.due_at < now
        tone, word = ("late", _("record overdue")) if late else ("due", _("record due"))
    elif visit.planned_at < now:
        tone, word = "due", _("time has passed")
    elif visit.planned_at - now < timedelta(hours=6):
        tone, word = "info", _in_hours(visit.planned_at - now)
    return {"visit": visit, "tone": tone, "word": word, "started": started}


def _in_hours(left: timedelta) -> str:
    minutes = int(left.total_seconds() // 60)
    if minutes < 60:
        return _("in %(minutes)d minutes") % {"minutes": minutes}
    return _("in %(hours)d hours") % {"hours": round(minutes / 60)}


def due_contacts(person: Any) -> dict[str, Any] | None:
    """Own clients whose next contact is today, past, or tomorrow; the longest overdue first."""
    if not access.can(person, "create", Client):
        return None
    shown = _due_with_words(person.pk, clock.today() + timedelta(days=1), reach=reach_of(person))
    for client in shown:
        late = (clock.today() - client.next_contact_on).days
        words = ngettext("%(days)d day late", "%(days)d days late", late)
        client.overdue = words % {"days": late}
    return {"clients": shown[:MOST], "more": len(shown) > MOST, "today": clock.today()}


@prepared
def _due_with_words(person: Any, day: Any, *, reach: Reach) -> QuerySet[Client]:
    due = with_main_contact(due_clients(Holder(person, reach), day)).select_related(None)
    shown = ("name", "grade", "next_contact_on", "last_contact_at")
    return due.only(*shown).annotate(last_words=last_words())[: MOST + 1]


def last_words() -> Case:
    """What was said at the last contact, which was a visit where both moments are one."""
    talks = Communication.objects.live().filter(client=OuterRef("pk")).order_by("-at")
    visits = Visit.objects.live().done().filter(client=OuterRef("pk")).order_by("-took_place_at")
    return Case(
        When(last_visit_at=F("last_contact_at"), then=Subquery(visits.values("said")[:1])),
        default=Subquery(talks.values("said")[:1]),
    )


def due_clients(person: Any, day: Any) -> QuerySet[Client]:
    """Own clients whose next contact falls on `day` or before."""
    own = access.visible_to(person, Client.objects.live()).filter(owner=person.pk)
    return own.contact_due(day).order_by("next_contact_on", "grade", "pk")


def contact_todos(person: Any) -> Iterator[offers.Todo]:
    for client in due_clients(person, clock.today())[:50]:
        yield offers.Todo(
            kind="contact",
            title=client.name,
            url=client.get_absolute_url(),
            due=clock.moment_on(client.next_contact_on, time(18)),
            act=_("Write result"),
        )


def record_todos(person: Any) -> Iterator[offers.Todo]:
    """Visits that took place and wait for their record (A-3.2.4c)."""
    waiting = open_visits(person).filter(
        Q(arrived_at__isnull=False) | Q(planned_at__lt=clock.now())
    )
    for visit in waiting.order_by("due_at", "planned_at")[:50]:
        yield offers.Todo(
            kind="visit",
            title=visit.record_title,
            url=f"{visit.get_absolute_url()}/record",
            due=visit.due_at,
            counted=True,
            act=_("Write record"),
        )


def find_clients(person: Any, text: str, most: int) -> Iterator[offers.Hit]:
    for client in found_clients(person, text, most):
        yield offers.Hit(
            client.name,
            client.get_absolute_url(),
            lazy("Client"),
            "building-store",
            client.owner.name,
        )


def find_contacts(person: Any, text: str) -> Iterator[offers.Hit]:
    """Contact persons by name, pinyin or the end of a number; numbers stay masked.

    Looked for in the clients that fit, whose search column holds their people too.
    """
    clients = [client.pk for client in found_clients(person, text, WIDE)]
    contacts = Contact.objects.filter(client__in=clients, deleted_at=None)
    for contact in contacts.select_related("client").prefetch_related("points"):
        points = contact.points.all()
        if not fits(text, indexed("", people=[contact.name], tails=[one.tail for one in points])):
            continue
        phone = next((one.value for one in points if one.tail), "")
        yield offers.Hit(
            str(contact),
            f"{contact.client.get_absolute_url()}?tab=contacts",
            lazy("Contact"),
            "user",
            f"{contact.client.name} {formats.masked_phone(phone)}".strip(),
        )


offers.add(
    offers.Card("crm.visits", 10, "crm/_today_visits.html", planned_visits),
    offers.Card("crm.contacts", 20, "crm/_today_contacts.html", due_contacts),
    offers.TodoSource("crm.records", lazy("Visit records"), 10, record_todos),
    offers.TodoSource("crm.contacts", lazy("Contacts due"), 15, contact_todos),
    offers.SearchSource("clients", 10, find_clients),
    offers.SearchSource(
        "contacts", 20, lambda person, text, most: islice(find_contacts(person, text), most)
    ),
)
