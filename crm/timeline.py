"""What this app puts on a client's timeline: visits, talks, and what the trail says of the rest."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from crm import own_fields, pipelines
from crm.models import Client, Communication, Lead, Opportunity, Visit, VisitComment
from crm.selectors import MOST_ENTRIES
from crm.tables import label_in
from crm.tables_visits import TONES
from expansion import offers
from expansion.audit.models import Entry
from expansion.files.models import Attachment
from expansion.offers import TimelineEntry
from expansion.prepared import prepared
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats

CHANNEL_ICONS = {"phone": "phone", "email": "mail", "sms": "message"}


def visit_entries(person: Any, client: Client) -> Iterator[TimelineEntry]:
    """Recorded, cancelled and missed visits, with comments and photos; planned ones stand ahead."""
    visits = _visits(client.pk, _kind(Visit))
    photos = _photos([visit for visit in visits if visit.pictured])
    comments = _comments([visit for visit in visits if visit.commented])
    rules = rules_on()
    for visit in visits:
        yield TimelineEntry(
            at=visit.took_place_at or visit.planned_at,
            icon="map-pin",
            title=_("Visit"),
            kind="visit",
            who=_visit_facts(visit),
            text=visit.said or visit.closed_reason,
            url=visit.get_absolute_url(),
            badge=_visit_badge(visit),
            lines=tuple(own_fields.written(own_fields.of_visit(rules, visit), visit)),
            photos=tuple(photos[visit.pk]),
            quotes=tuple(comments[visit.pk]),
        )


@prepared
def _visits(client: Any, kind: Any) -> QuerySet[Visit]:
    closed = Visit.objects.filter(client=client, deleted_at=None)
    told = closed.exclude(status=Visit.Status.PLANNED).annotate(
        visitor_name=F("visitor__name"),
        commented=Exists(VisitComment.objects.filter(visit=OuterRef("pk"))),
        pictured=Exists(_pictures(kind).filter(about_id=OuterRef("pk"))),
    )
    return told.order_by("-took_place_at", "-pk")[:MOST_ENTRIES]


def communication_entries(person: Any, client: Client) -> Iterator[TimelineEntry]:
    channels = rules_on().crm.contact_channels
    for talk in _talks(client.pk):
        channel = label_in(channels, talk.channel)
        state = _("%(channel)s, reached") if talk.reached else _("%(channel)s, not reached")
        whom = f"{talk.by_name} → {talk.contact}" if talk.contact else talk.by_name
        yield TimelineEntry(
            at=talk.at,
            icon=CHANNEL_ICONS.get(talk.channel, "message"),
            title=state % {"channel": channel},
            kind="communication",
            who=whom,
            text=talk.said,
            lines=_noted(talk),
        )


@prepared
def _talks(client: Any) -> QuerySet[Communication]:
    talks = Communication.objects.filter(client=client, deleted_at=None).select_related("contact")
    return talks.annotate(by_name=F("by__name")).order_by("-at", "-pk")[:MOST_ENTRIES]


def trail_entries(person: Any, client: Client) -> Iterator[TimelineEntry]:
    """What the trail says of the client, its leads and its opportunities, in one query."""
    words = _trail_words()
    kinds = (_kind(model) for model in (Client, Lead, Opportunity))
    for entry in _trail(client.pk, *kinds, verbs=tuple(words)):
        kind, icon, title = words[entry.verb]
        yield TimelineEntry(
            at=entry.at,
            icon=icon,
            title=title % {"name": entry.about_label},
            kind=kind,
            who=entry.actor_name or "",
            text=_trail_text(entry),
            url="" if kind == "client" else f"/crm/{_FOLDERS[kind]}/{entry.about_id}",
        )


@prepared
def _trail(
    client: Any, of_client: Any, of_lead: Any, of_opportunity: Any, *, verbs: tuple[str, ...]
) -> QuerySet[Entry]:
    leads = Lead.objects.filter(client=client).order_by().values("pk")
    opportunities = Opportunity.objects.filter(client=client).order_by().values("pk")
    about = (
        Q(about_type=of_client, about_id=client)
        | Q(about_type=of_lead, about_id__in=leads)
        | Q(about_type=of_opportunity, about_id__in=opportunities)
    )
    walked = Opportunity.objects.filter(pk=OuterRef("about_id")).order_by().values("pipeline")
    trail = Entry.objects.filter(about, verb__in=verbs)
    return trail.annotate(actor_name=F("actor__name"), pipeline=Subquery(walked))[:MOST_ENTRIES]


_FOLDERS = {"lead": "leads", "opportunity": "opportunities"}


def _trail_words() -> dict[str, tuple[str, str, str]]:
    return {
        "crm.client.created": ("client", "building-store", _("Added to the book")),
        "crm.client.reassigned": ("client", "user-share", _("Handed over")),
        "crm.lead.created": ("lead", "bulb", _("Lead: %(name)s")),
        "crm.lead.judged": ("lead", "bulb", _("Lead judged anew: %(name)s")),
        "crm.lead.closed": ("lead", "bulb-off", _("Lead set aside: %(name)s")),
        "crm.opportunity.created": ("opportunity", "target", _("Opportunity: %(name)s")),
        "crm.opportunity.moved": ("opportunity", "target", _("Opportunity moved: %(name)s")),
        "crm.opportunity.won": ("opportunity", "trophy", _("Won: %(name)s")),
        "crm.opportunity.lost": ("opportunity", "target", _("Lost: %(name)s")),
    }


def _trail_text(entry: Entry) -> str:
    """The stage moved to, the day judged, the reason given: what the entry's changes tell."""
    parts = []
    if "stage" in entry.changes and entry.changes["stage"][0]:
        ways = (one for one in pipelines.walked() if one.key == entry.pipeline)
        known = [stage for one in ways for stage in one.stages]
        before, after = entry.changes["stage"]
        parts.append(f"{label_in(known, before)} → {label_in(known, after)}")
    if "effective_on" in entry.changes:
        since = entry.changes["effective_on"][1]
        parts.append(_("effective since %(day)s") % {"day": since} if since else _("not effective"))
    if reason := entry.changes.get("reason", [None, ""])[1]:
        parts.append(reason)
    return " · ".join(parts)


def _visit_badge(visit: Visit) -> tuple[str, Any]:
    if visit.late:
        return "late", _("recorded late")
    if visit.status == Visit.Status.DONE and visit.planned_at:
        return "done", _("as planned")
    return TONES[Visit.Status(visit.status)], visit.get_status_display()


def _visit_facts(visit: Visit) -> str:
    parts = [visit.visitor_name, *visit.outcome_labels]
    if visit.arrived_at:
        parts.append(_("checked in %(time)s") % {"time": formats.clock(visit.arrived_at)})
    if visit.accuracy is not None:
        parts.append(_("within %(metres)d m") % {"metres": visit.accuracy})
    return " · ".join(parts)


def _noted(record: Communication) -> tuple[tuple[str, str], ...]:
    """Needs and concerns, as far as something was written."""
    labels = {"needs": _("Needs"), "concerns": _("Concerns")}
    found = ((label, getattr(record, name)) for name, label in labels.items())
    return tuple((label, text) for label, text in found if text)


def _kind(model: type[models.Model]) -> int:
    return ContentType.objects.get_for_model(model).pk


def _pictures(kind: Any) -> QuerySet[Attachment]:
    return Attachment.objects.live().filter(about_type=kind, kind="photo")


def _photos(visits: list[Visit]) -> dict[int, list[str]]:
    """The addresses of the pictures of several visits, in one query at most."""
    found: dict[int, list[str]] = defaultdict(list)
    if not visits:
        return found
    pictures = _pictures(_kind(Visit)).filter(about_id__in=[visit.pk for visit in visits])
    for pk, visit in pictures.values_list("pk", "about_id"):
        found[visit].append(f"/files/{pk}/picture")
    return found


def _comments(visits: list[Visit]) -> dict[int, list[tuple[str, str, datetime]]]:
    """What was said to several visits: person, words, moment; in one query at most."""
    found: dict[int, list[tuple[str, str, datetime]]] = defaultdict(list)
    if not visits:
        return found
    comments = VisitComment.objects.filter(visit__in=visits).select_related("by")
    for one in comments.order_by("pk"):
        found[one.visit_id].append((one.by.name, one.text, one.at))
    return found


offers.add(
    offers.TimelineSource("visits", Client, visit_entries),
    offers.TimelineSource("communications", Client, communication_entries),
    offers.TimelineSource("trail", Client, trail_entries),
)
