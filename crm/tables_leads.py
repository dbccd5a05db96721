"""The lists of leads and opportunities."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import pipelines
from crm.models import Client, Lead, Opportunity
from crm.selectors import clients_found
from crm.tables import OWNED_BY, colleagues, label_in
from expansion import access, clock
from expansion.rulebook.selectors import rules_on, unread
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge
from expansion.worktime import Period

LEAD_TONES = {
    Lead.Status.NEW: "neutral",
    Lead.Status.WORKING: "info",
    Lead.Status.EFFECTIVE: "done",
    Lead.Status.CONVERTED: "done",
    Lead.Status.INVALID: "neutral",
}
OPPORTUNITY_TONES = {
    Opportunity.Status.OPEN: "info",
    Opportunity.Status.WON: "done",
    Opportunity.Status.LOST: "neutral",
}
STUCK_DAYS = 14


def lead_badge(lead: Lead) -> SafeString:
    return badge(LEAD_TONES[Lead.Status(lead.status)], lead.get_status_display())


def opportunity_badge(opportunity: Opportunity) -> SafeString:
    status = Opportunity.Status(opportunity.status)
    return badge(OPPORTUNITY_TONES[status], opportunity.get_status_display())


def stage_label(opportunity: Opportunity) -> str:
    """The stage in the words of the opportunity's own rulebook."""
    return label_in(pipelines.pipeline_of(opportunity).stages, opportunity.stage)


def days_in_stage(opportunity: Opportunity) -> int:
    return (clock.today() - clock.local_date(opportunity.stage_since)).days


def of_major_clients(records: QuerySet, person: Any) -> QuerySet:
    """Those of major clients that the person sees."""
    major = access.visible_to(person, Client.objects.live().filter(major=True))
    return records.filter(client__in=major.order_by())


def this_week(records: QuerySet) -> QuerySet:
    return this_period(records, "week")


def this_period(records: QuerySet, kind: str) -> QuerySet:
    """Leads that became effective in the running period of that kind."""
    period = Period.containing(kind)
    return records.effective_in(period.start, period.end)


LEADS = Listing(
    key="crm.leads",
    model=Lead,
    label=_("Leads"),
    url=lambda lead: f"/crm/leads/{lead.pk}",
    columns=[
        Column("client", _("Client"), lambda lead: lead.client.name, sort="client__name"),
        Column("status", _("Status"), lambda lead: lead.get_status_display(), cell=lead_badge),
        Column(
            "effective_on",
            _("Effective since"),
            lambda lead: lead.effective_on,
            "date",
            sort="effective_on",
        ),
        Column("owner", _("Owner"), lambda lead: lead.owner.name, sort="owner__name"),
        Column(
            "source",
            _("Source"),
            lambda lead: label_in(rules_on().crm.sources, lead.source),
            sort="source",
        ),
        Column(
            "next_contact",
            _("Next contact"),
            lambda lead: lead.client.next_contact_on,
            "date",
            sort="client__next_contact_on",
        ),
        Column("created", _("Created"), lambda lead: lead.created_at, "date", sort="created_at"),
        Column(
            "effective_owner",
            _("Owner when effective"),
            lambda lead: lead.effective_owner.name if lead.effective_owner else "",
            sort="effective_owner__name",
            shown=False,
        ),
    ],
    filters=[
        Filter(
            "status",
            _("Status"),
            lambda person: Lead.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        OWNED_BY,
        Filter(
            "effective_owner",
            _("Owner when effective"),
            colleagues,
            lambda records, key: records.filter(effective_owner_id=key),
            many=True,
        ),
        Filter(
            "source",
            _("Source"),
            lambda person: [(item.key, item.label()) for item in rules_on().crm.sources],
            lambda records, key: records.filter(source=key),
        ),
    ],
    views=[
        SavedView("open", _("In work"), lambda records, person: records.open()),
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView("week", _("Effective this week"), lambda records, person: this_week(records)),
        SavedView(
            "quarter",
            _("Effective this quarter"),
            lambda records, person: this_period(records, "quarter"),
        ),
    ],
    related={"client": clients_found},
    search_hint=_("Client's name, pinyin, initials"),
    prepare=lambda records: records.select_related("client", "owner", "effective_owner"),
)

OPPORTUNITIES = Listing(
    key="crm.opportunities",
    model=Opportunity,
    label=_("Opportunities"),
    url=lambda one: f"/crm/opportunities/{one.pk}",
    columns=[
        Column("client", _("Client"), lambda one: one.client.name, sort="client__name"),
        Column(
            "pipeline",
            pgettext_lazy("stages", "Pipeline"),
            lambda one: pipelines.pipeline_of(one).label(),
            sort="pipeline",
            offered=pipelines.several,
        ),
        Column("stage", _("Stage"), stage_label, sort="stage"),
        Column("days", _("Days in stage"), days_in_stage, "number", sort="stage_since"),
        Column("amount", _("Amount"), lambda one: one.amount, "money", sort="amount"),
        Column(
            "expected_on",
            _("Expected signing"),
            lambda one: one.expected_on,
            "date",
            sort="expected_on",
        ),
        Column("owner", _("Owner"), lambda one: one.owner.name, sort="owner__name"),
        Column("status", _("Status"), lambda one: one.get_status_display(), cell=opportunity_badge),
        Column(
            "probability",
            _("Probability"),
            lambda one: one.probability,
            "number",
            sort="probability",
            shown=False,
        ),
    ],
    filters=[
        Filter(
            "pipeline",
            pgettext_lazy("stages", "Pipeline"),
            pipelines.choices,
            lambda records, key: records.filter(pipeline=key),
            offered=pipelines.several,
        ),
        Filter(
            "stage",
            _("Stage"),
            pipelines.stage_choices,
            lambda records, key: records.filter(stage=key),
        ),
        Filter(
            "status",
            _("Status"),
            lambda person: Opportunity.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        OWNED_BY,
    ],
    views=[
        SavedView("open", _("In work"), lambda records, person: records.open()),
        SavedView(
            "quarter",
            _("Signing this quarter"),
            lambda records, person: records.open().filter(
                expected_on__range=(
                    Period.containing("quarter").start,
                    Period.containing("quarter").end,
                )
            ),
        ),
        SavedView(
            "stuck",
            _("Stuck for 14 days"),
            lambda records, person: records.stuck_since(clock.now() - timedelta(days=STUCK_DAYS)),
        ),
        SavedView("major", _("Major clients"), of_major_clients),
    ],
    related={"client": clients_found},
    search_hint=_("Client's name, pinyin, initials"),
    prepare=lambda records: records.select_related("client", "owner", "rules_version").defer(
        *unread("rules_version")
    ),
)
