"""The list of visits."""

from collections.abc import Callable

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crm import own_fields
from crm.models import Visit
from crm.selectors import clients_found
from crm.tables import colleagues
from expansion import clock
from expansion.rulebook.selectors import rules_on
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge
from expansion.worktime import Period

TONES = {
    Visit.Status.PLANNED: "info",
    Visit.Status.DONE: "done",
    Visit.Status.CANCELLED: "neutral",
    Visit.Status.MISSED: "late",
}


def visit_badges(visit: Visit) -> SafeString:
    """The status in a word; a record that is overdue or came late says so."""
    if visit.status == Visit.Status.PLANNED and visit.due_at:
        late = visit.due_at < clock.now()
        return badge("late" if late else "due", _("record overdue") if late else _("record due"))
    status = badge(TONES[Visit.Status(visit.status)], visit.get_status_display())
    return format_html("{} {}", status, badge("late", _("recorded late")) if visit.late else "")


def noted() -> Callable[[Visit], str]:
    """For `Column.many`: what the rulebook asks for in a visit's record, with its titles."""
    rules = rules_on()
    return lambda visit: own_fields.told(own_fields.of_visit(rules, visit), visit)


def this_week(records):
    week = Period.containing("week")
    return records.filter(planned_at__gte=week.begins_at, planned_at__lt=week.ends_at)


def in_quarter(records, person):
    """Those that took place this quarter and are recorded."""
    quarter = Period.containing("quarter")
    return records.done_in(quarter.begins_at, quarter.ends_at)


VISITS = Listing(
    key="crm.visits",
    model=Visit,
    label=_("Visits"),
    url=lambda visit: f"/crm/visits/{visit.pk}",
    title=lambda visit: visit.client.name,
    name=_("Client"),
    columns=[
        Column("planned_at", _("Planned for"), lambda v: v.planned_at, "moment", sort="planned_at"),
        Column(
            "took_place_at",
            _("Took place"),
            lambda v: v.took_place_at,
            "moment",
            sort="took_place_at",
        ),
        Column("status", _("Status"), lambda v: v.get_status_display(), cell=visit_badges),
        Column("visitor", _("Visitor"), lambda v: v.visitor.name, sort="visitor__name"),
        Column("purpose", _("Purpose"), lambda v: v.purpose or v.said[:40]),
        Column(
            "next_contact",
            _("Next contact"),
            lambda v: v.next_contact_on,
            "date",
            sort="next_contact_on",
        ),
        Column("place", _("Place"), lambda v: v.place, shown=False),
        Column("noted", _("Noted"), lambda v: noted()(v), shown=False, many=noted, width=40),
        Column(
            "due",
            _("Record due"),
            lambda v: v.due_at,
            "deadline",
            sort="due_at",
            shown=False,
        ),
    ],
    filters=[
        Filter(
            "status",
            _("Status"),
            lambda person: Visit.Status.choices,
            lambda records, key: records.filter(status=key),
        ),
        Filter(
            "visitor",
            _("Visitor"),
            colleagues,
            lambda records, key: records.filter(visitor_id=key),
            many=True,
        ),
        Filter(
            "late",
            _("Record"),
            lambda person: [("late", _("recorded late")), ("in_time", _("recorded in time"))],
            lambda records, key: records.done().filter(late=key == "late"),
        ),
    ],
    views=[
        SavedView("mine", _("Mine"), lambda records, person: records.filter(visitor=person)),
        SavedView("week", _("This week's plan"), lambda records, person: this_week(records)),
        SavedView("quarter", _("Recorded this quarter"), in_quarter),
        SavedView(
            "open",
            _("Without a record"),
            lambda records, person: records.filter(
                status__in=[Visit.Status.PLANNED, Visit.Status.MISSED], planned_at__lt=clock.now()
            ),
        ),
    ],
    related={"client": clients_found},
    search_hint=_("Client's name, pinyin, initials"),
    prepare=lambda records: records.select_related("client", "visitor"),
)
