"""The list of work reports."""

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion.access import principals
from expansion.office.models import WorkReport
from expansion.office.selectors.reports import state
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge


def state_badge(report: WorkReport) -> SafeString:
    return badge(*state(report))


REPORTS = Listing(
    key="office.reports",
    model=WorkReport,
    label=_("Work reports"),
    name=_("Report"),
    url=lambda report: report.get_absolute_url(),
    title=lambda report: report.title,
    columns=[
        Column("person", _("Person"), lambda report: report.owner.name, sort="owner__name"),
        Column("state", _("State"), lambda report: state(report)[1], cell=state_badge),
        Column(
            "due",
            _("Due"),
            lambda report: report.due_at,
            "deadline",
            sort="due_at",
        ),
        Column(
            "submitted",
            _("Handed in"),
            lambda report: report.submitted_at,
            "moment",
            sort="submitted_at",
        ),
        Column("team", _("Team"), lambda report: report.team.name, sort="team__order", shown=False),
        Column(
            "recipient",
            _("Goes to"),
            lambda report: report.recipient.name if report.recipient else "",
            shown=False,
        ),
    ],
    filters=[
        Filter(
            "status",
            _("State"),
            lambda person: WorkReport.Status.choices,
            lambda records, key: records.filter(status=key),
        )
    ],
    views=[
        SavedView("mine", _("My reports"), lambda records, person: records.filter(owner=person)),
        SavedView(
            "received",
            _("Addressed to me"),
            lambda records, person: records.filter(
                ~Q(status__in=WorkReport.OPEN), recipient_id__in=principals(person)
            ),
        ),
    ],
    order=("-begins_on", "-due_at", "-pk"),
    prepare=lambda records: records.select_related("owner", "team", "recipient"),
)
