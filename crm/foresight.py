"""What the client desk will do by itself: duties, contracts' ends and visits' records are reminded
of, visits that nobody recorded become missed ones (A-3.2.6b, A-3.2.4c)."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Contract, Obligation, Visit
from crm.services.visits import NEXT_WORKING_DAY
from expansion import clock, offers, worktime
from expansion.offers import Firing
from expansion.rulebook import foreseen
from expansion.rulebook.schema import Rules

LONGEST = worktime.Limit(14, worktime.Unit.DAYS)  # no holiday puts the next working day further


def obligations(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    yield from foreseen.due(
        Obligation.objects.running(),
        "due_on",
        lambda count: ngettext(
            "%(count)s duty of a contract", "%(count)s duties of contracts", count
        ),
        rules=rules,
        start=start,
        end=end,
        lead=rules.sla.contract_notice,
    )


def endings(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """Contracts that end; their owners hear of it ahead by the rulebook's notice."""
    yield from foreseen.due(
        Contract.objects.live().signed(),
        "ends_on",
        lambda count: ngettext("end of %(count)s contract", "end of %(count)s contracts", count),
        rules=rules,
        start=start,
        end=end,
        lead=rules.sla.contract_notice,
    )


def records(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """Records of visits that took place; who checked in hears of them (A-3.2.4c)."""
    yield from foreseen.due(
        Visit.objects.live().unrecorded(),
        "due_at",
        lambda count: ngettext("%(count)s record of a visit", "%(count)s records of visits", count),
        rules=rules,
        start=start,
        end=end,
        lead=rules.ladder("visits").remind_before,
        clause=rules.sla.visit_feedback.clause or "",
    )


def missed_visits(rules: Rules, start: datetime, end: datetime) -> Iterator[Firing]:
    """Visits without a check-in count as missed after the working day that follows them."""
    calendar = rules.working_time.as_calendar()
    planned = Visit.objects.live().expected()
    begins = worktime.before(start, LONGEST, calendar)
    days: dict[datetime, int] = {}
    for at, count in foreseen.counted(planned, "planned_at", begins, end):
        last = worktime.due_on(clock.local_date(at), NEXT_WORKING_DAY, calendar)
        over = worktime.end_of(last)
        days[over] = days.get(over, 0) + count
    for at, count in days.items():
        if start <= at < end:
            words = ngettext(
                "%(count)s planned visit counts as missed unless it is recorded",
                "%(count)s planned visits count as missed unless they are recorded",
                count,
            )
            yield Firing(at, words % {"count": count}, _("who planned it"))


offers.add(
    offers.Foresight("crm.obligations", 40, obligations),
    offers.Foresight("crm.endings", 41, endings),
    offers.Foresight("crm.missed_visits", 42, missed_visits),
    offers.Foresight("crm.records", 43, records),
)
