"""The tabs of a client's page that this app brings itself."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from crm import own_fields
from crm.models import Client, Contact, Opportunity
from crm.pipelines import pipeline_of, several
from crm.selectors import changes, contacts_of, timeline
from crm.tables_leads import days_in_stage, lead_badge, opportunity_badge, stage_label
from crm.verbs import verb_label
from expansion import access, clock, offers
from expansion.audit.models import Entry
from expansion.people.models import Unit, User
from expansion.rulebook.selectors import rules_on, unread
from expansion.ui import formats

KINDS = {
    "": lazy("All"),
    "visit": lazy("Visits"),
    "communication": lazy("Calls and messages"),
    "opportunity": lazy("Opportunities"),
}


def timeline_tab(person: Any, client: Client) -> dict[str, Any]:
    """All that happened; the page narrows it by kind."""
    return {"entries": with_months(timeline(person, client))}


def with_months(entries: list[offers.TimelineEntry]) -> list[dict[str, Any]]:
    """Each entry with its month's heading and its time: the hour only of the last two days."""
    near = clock.today() - timedelta(days=1)
    return [
        {
            "entry": one,
            "month": formats.day_as("month", one.at),
            "at": formats.moment(one.at)
            if clock.local_date(one.at) >= near
            else formats.day(one.at),
        }
        for one in entries
    ]


def opportunities_tab(person: Any, client: Client) -> dict[str, Any]:
    found = client.opportunities.live().select_related("rules_version", "owner").order_by("-pk")
    found = found.defer(*unread("rules_version"))
    leads = client.leads.live().select_related("owner").order_by("-pk")
    return {
        "opportunities": [opportunity_line(one) for one in found],
        "leads": [{"lead": lead, "badge": lead_badge(lead)} for lead in leads],
        "may_edit": access.can(person, "edit", client),
    }


def opportunity_line(one: Opportunity) -> dict[str, Any]:
    """An opportunity with its place in the pipeline, for a panel."""
    pipeline = pipeline_of(one)
    keys = [stage.key for stage in pipeline.open_stages]
    place = keys.index(one.stage) + 1 if one.stage in keys else 0
    return {
        "opportunity": one,
        "badge": opportunity_badge(one),
        "pipeline": pipeline.label() if several() else "",
        "stage": stage_label(one),
        "days": days_in_stage(one),
        "steps": [number <= place for number in range(1, len(keys) + 1)],
    }


def contacts_tab(person: Any, client: Client) -> dict[str, Any]:
    return {
        "contacts": contacts_of(client),
        "may_edit": access.can(person, "edit", client),
        "may_erase": access.can(person, "report", Contact),
    }


def files_tab(person: Any, client: Client) -> dict[str, Any]:
    return {"may_add": access.can(person, "edit", client)}


def changes_tab(person: Any, client: Client) -> dict[str, Any]:
    entries = changes(client)
    names = _names(entries)
    return {"changes": [_change(entry, names) for entry in entries]}


def _names(entries: list[Entry]) -> dict[str, dict[int, str]]:
    """The people and teams that the trail holds as ids."""
    held: dict[str, set[int]] = {"owner": set(), "team": set()}
    for entry in entries:
        for name, ids in held.items():
            ids.update(pk for pk in entry.changes.get(name, ()) if pk)
    return {
        "owner": dict(User.objects.filter(pk__in=held["owner"]).values_list("pk", "name")),
        "team": dict(Unit.objects.filter(pk__in=held["team"]).values_list("pk", "name")),
    }


def _change(entry: Entry, names: dict[str, dict[int, str]]) -> dict[str, Any]:
    return {
        "entry": entry,
        "verb": verb_label(entry.verb),
        "fields": [
            {"label": _field_label(name), "values": [_shown(names, name, one) for one in pair]}
            for name, pair in entry.changes.items()
        ],
    }


def _shown(names: dict[str, dict[int, str]], name: str, value: Any) -> str:
    if value in (None, ""):
        return formats.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return names.get(name, {}).get(value, str(value))


def _field_label(name: str) -> str:
    known = {field.name: field for field in Client._meta.get_fields() if hasattr(field, "attname")}
    if name in known:
        return str(known[name].verbose_name)
    if name.startswith(own_fields.PREFIX):
        return own_fields.title_of(rules_on(), name)
    return {"reason": _("reason"), "contact": _("contact"), "file": _("file")}.get(name, name)


offers.add(
    offers.Tab("timeline", Client, lazy("Timeline"), 0, "crm/_timeline_tab.html", timeline_tab),
    offers.Tab(
        "opportunities",
        Client,
        lazy("Opportunities"),
        20,
        "crm/_opportunities_tab.html",
        opportunities_tab,
        lambda person, client: client.opportunity_count,
    ),
    offers.Tab(
        "contacts",
        Client,
        lazy("Contacts"),
        40,
        "crm/_contacts_tab.html",
        contacts_tab,
        lambda person, client: client.contact_count,
    ),
    offers.Tab("files", Client, lazy("Files"), 60, "files/_list.html", files_tab),
    offers.Tab("changes", Client, lazy("Changes"), 90, "crm/_changes_tab.html", changes_tab),
)
