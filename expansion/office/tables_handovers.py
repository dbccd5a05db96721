"""The list of handovers."""

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion.office.models import Handover
from expansion.ui.listing import Column, Filter, Listing
from expansion.ui.templatetags.ui import badge

TONES = {
    Handover.Status.OPEN: "due",
    Handover.Status.OFFERED: "info",
    Handover.Status.MOVED: "done",
    Handover.Status.CLOSED: "neutral",
}


def status_badge(record: Handover) -> SafeString:
    if record.undone_at:
        return badge("neutral", _("taken back"))
    return badge(TONES[Handover.Status(record.status)], record.get_status_display())


def of_status(records: QuerySet[Handover], key: str) -> QuerySet[Handover]:
    return records.filter(status=key)


HANDOVERS = Listing(
    key="office.handovers",
    model=Handover,
    label=_("Handovers"),
    name=_("Person"),
    title=lambda record: record.person.name,
    url=lambda record: record.get_absolute_url(),
    columns=[
        Column("status", _("Status"), lambda one: str(one.get_status_display()), cell=status_badge),
        Column("last_day", _("Last day"), lambda one: one.last_day, "date", sort="last_day"),
        Column("opened_by", _("Opened by"), lambda one: one.opened_by.name),
        Column(
            "moved_at", _("Handed over at"), lambda one: one.moved_at, "moment", sort="moved_at"
        ),
        Column("reason", _("Reason"), lambda one: one.reason, shown=False),
    ],
    filters=[
        Filter("status", _("Status"), lambda person: Handover.Status.choices, of_status),
    ],
    order=("-pk",),
    prepare=lambda records: records.select_related("person", "opened_by"),
)
