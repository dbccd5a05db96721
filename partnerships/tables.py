"""The lists of this app."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from crm.searching import matching
from crm.selectors import clients_found
from crm.tables import colleagues, label_in
from expansion import clock
from expansion.rulebook.selectors import rules_of, rules_on, unread
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge
from partnerships.models import Milestone, Partner, Project
from partnerships.selectors import light, with_state

PROJECT_TONES = {
    Project.Status.PLANNED: "neutral",
    Project.Status.RUNNING: "info",
    Project.Status.DONE: "done",
    Project.Status.CANCELLED: "neutral",
}
PARTNER_TONES = {
    Partner.Status.PROSPECT: "neutral",
    Partner.Status.TALKS: "info",
    Partner.Status.PARTNER: "done",
    Partner.Status.ENDED: "neutral",
}


def stages(person: Any) -> list[tuple[str, str]]:
    return [(stage.key, stage.label()) for stage in rules_on().pipeline("partnership").stages]


def stage_label(project: Project) -> str:
    """The stage in the words of the project's own rulebook."""
    return label_in(rules_of(project.rules_version).pipeline("partnership").stages, project.stage)


def kind_label(partner: Partner) -> str:
    return label_in(rules_on().partnerships.partner_types, partner.kind)


def status_badge(project: Project) -> SafeString:
    return badge(PROJECT_TONES[Project.Status(project.status)], project.get_status_display())


def partner_badge(partner: Partner) -> SafeString:
    return badge(PARTNER_TONES[Partner.Status(partner.status)], partner.get_status_display())


def light_badge(project: Project) -> SafeString:
    """Where attention is needed, with the reason in words; nothing where all is in order."""
    tone = light(project, rules_on())
    if tone == "late":
        return badge("late", now_("behind plan"))
    if tone == "due":
        unowned = project.phases_unowned
        return badge("due", now_("milestone without owner") if unowned else now_("check due"))
    return SafeString("")


def phases_label(project: Project) -> str:
    return f"{project.phases_done} / {project.phases}" if project.phases else ""


def late(records: QuerySet) -> QuerySet:
    """Open ones past their own end or with a phase past its day."""
    overdue = Milestone.objects.overdue(clock.today()).order_by().values("project_id")
    behind = Q(planned_end__lt=clock.today()) | Q(pk__in=overdue)
    return records.open().filter(behind)


def with_projects(partners: QuerySet) -> QuerySet:
    running = Project.objects.live().filter(partner=OuterRef("pk")).order_by().values("partner")
    counted = running.annotate(many=Count("pk")).values("many")
    return partners.select_related("client__owner").annotate(project_count=Subquery(counted))


PROJECTS = Listing(
    key="partnerships.projects",
    model=Project,
    label=_("Cooperation projects"),
    url=lambda project: f"/partnerships/projects/{project.pk}",
    columns=[
        Column(
            "partner",
            _("Partner"),
            lambda project: project.partner.client.name,
            sort="partner__client__name",
        ),
        Column("stage", _("Stage"), stage_label, sort="stage"),
        Column(
            "status",
            _("Status"),
            lambda project: project.get_status_display(),
            sort="status",
            cell=status_badge,
        ),
        Column("phases", _("Milestones done"), phases_label),
        Column("progress", _("Progress %"), lambda project: project.progress, "number"),
        Column(
            "planned_end",
            _("Planned end"),
            lambda project: project.planned_end,
            "date",
            sort="planned_end",
        ),
        Column("amount", _("Amount"), lambda project: project.amount, "money", sort="amount"),
        Column("owner", _("Project lead"), lambda project: project.owner.name, sort="owner__name"),
    ],
    filters=[
        Filter("stage", _("Stage"), stages, lambda records, key: records.filter(stage=key)),
        Filter(
            "status",
            _("Status"),
            lambda person: Project.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        Filter(
            "owner",
            _("Project lead"),
            colleagues,
            lambda records, key: records.filter(owner_id=key),
            many=True,
        ),
    ],
    views=[
        SavedView("open", _("Open"), lambda records, person: records.open()),
        SavedView("mine", _("Mine"), lambda records, person: records.filter(owner=person)),
        SavedView("late", _("Behind plan"), lambda records, person: late(records)),
    ],
    search=matching,
    related={"partner__client": clients_found},
    search_hint=_("Title, partner, pinyin, initials"),
    badges=lambda project: light_badge(project),
    prepare=lambda records: with_state(
        records.select_related("partner__client", "owner", "rules_version").defer(
            *unread("rules_version")
        )
    ),
)

PARTNERS = Listing(
    key="partnerships.partners",
    model=Partner,
    label=_("Partners"),
    url=lambda partner: f"/partnerships/partners/{partner.pk}",
    title=lambda partner: partner.client.name,
    columns=[
        Column("kind", _("Kind"), kind_label, sort="kind"),
        Column(
            "status",
            _("Status"),
            lambda partner: partner.get_status_display(),
            sort="status",
            cell=partner_badge,
        ),
        Column("rating", _("Relation"), lambda partner: partner.rating, "number", sort="rating"),
        Column("projects", _("Projects"), lambda partner: partner.project_count or 0, "number"),
        Column(
            "last_contact",
            _("Last contact"),
            lambda partner: partner.client.last_contact_at,
            "moment",
            sort="client__last_contact_at",
        ),
        Column("since", _("Since"), lambda partner: partner.since, "date", sort="since"),
        Column(
            "owner",
            _("Owner"),
            lambda partner: partner.client.owner.name,
            sort="client__owner__name",
        ),
    ],
    filters=[
        Filter(
            "kind",
            _("Kind"),
            lambda person: [
                (item.key, item.label()) for item in rules_on().partnerships.partner_types
            ],
            lambda records, key: records.filter(kind=key),
        ),
        Filter(
            "status",
            _("Status"),
            lambda person: Partner.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
    ],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(client__owner=person)),
    ],
    related={"client": clients_found},
    search_hint=_("Name, pinyin, initials, phone tail"),
    prepare=with_projects,
)
