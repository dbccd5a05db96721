"""What this room shows in the overview: reports that are missing, and last week's in the table."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion import access, clock, offers
from expansion.office.models import WorkReport
from expansion.worktime import Period, PeriodKind


def missing_reports(
    person: Any, purview: offers.Purview, most: int | None
) -> Iterator[offers.Late]:
    """Reports past their due date that the person oversees."""
    seen = access.visible_to(person, WorkReport.objects.missing(clock.now()))
    rows = seen.filter(owner__in=purview.ids, team__in=purview.units).select_related("owner")
    for report in rows.order_by("due_at", "pk")[:most]:
        yield offers.Late(
            record=report,
            person=report.owner,
            what=lazy(_missing_words, str)(report),
            due=report.due_at,
            url=report.get_absolute_url(),
            act_url=report.get_absolute_url(),
        )


def _missing_words(report: WorkReport) -> str:
    return _("%(report)s, not handed in") % {"report": report.title}


def oversees_reports(person: Any) -> bool:
    return access.can(person, "oversee", WorkReport)


def last_week() -> Period:
    return Period.containing(PeriodKind.WEEK, clock.today()).previous()


def handed_in(people: Iterable[Any], start: datetime, end: datetime) -> dict[int, offers.Kept]:
    """How many of last week's reports are handed in, of those that are due or handed in."""
    done = ~Q(status__in=WorkReport.OPEN)
    owed = WorkReport.objects.filter(owner__in=list(people), period=last_week().key)
    counted = (
        owed.filter(done | Q(due_at__lt=clock.now()))
        .order_by()
        .values("owner")
        .annotate(kept=Count("pk", filter=done), owed=Count("pk"))
    )
    return {row["owner"]: offers.Kept(row["kept"], row["owed"]) for row in counted}


def reports_url(person: Any, ids: Iterable[int]) -> str:
    """Who has handed in for last week, where the person oversees that."""
    if not oversees_reports(person):
        return ""
    return f"{reverse('office:team-reports')}?{urlencode({'period': last_week().key})}"


def _week_words() -> str:
    return _("Report of week %(number)s") % {"number": last_week().number}


offers.add(
    offers.LateSource(
        "office.reports", gettext_lazy("work reports"), 10, missing_reports, oversees_reports
    ),
    offers.TeamColumn(
        key="office.weekly",
        label=lazy(_week_words, str)(),
        order=50,
        read=handed_in,
        of=WorkReport,
        nothing=offers.Kept(),
        url=reports_url,
    ),
)
