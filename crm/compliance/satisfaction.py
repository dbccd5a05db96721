"""Clients are asked how satisfied they are, again and again (D-2.3.3c)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.compliance.regular import under_contract
from crm.models import Client
from expansion import clock, compliance
from expansion.compliance import Check, Instance, Listed, Reach, Reminder, Screen, Span
from expansion.rulebook.schema import Rules
from expansion.surveys.selectors import days_asked
from expansion.worktime.compliance import Interval


def asked_again(rules: Rules, clause: str) -> Listed:
    """Clients under contract: kept where a questionnaire went to somebody there within the
    interval, from the first signature to the end of the last contract."""
    interval = Interval(rules.surveys.asked.value, rules.working_time.as_calendar())

    def find(reach: Reach, span: Span) -> Iterator[Instance]:
        clients = under_contract(reach, span)
        asked: dict[int, list[date]] = defaultdict(list)
        for pk, at in days_asked(Client, clients.values("pk")):
            asked[pk].append(clock.local_date(at))
        for client in clients:
            for turn in interval.turns(span, client.since, asked[client.pk], client.until):
                yield Instance(client, client.owner_id, turn.due, turn.done, turn.state)

    return Listed(find if interval.limit else lambda reach, span: ())


compliance.add(
    Check(
        "crm.satisfaction_asked",
        _("Clients under contract asked how satisfied they are"),
        asked_again,
        clauses=("D-2.3.3c",),
        due=_("next one due"),
        done=_("asked"),
        settings=("surveys.asked",),
        reads=("surveys.asked", "working_time"),
        reminder=Reminder(
            "satisfaction",
            "crm.satisfaction",
            _("questionnaire for {record}"),
            lambda count: ngettext(
                "%(count)s questionnaire for a client",
                "%(count)s questionnaires for clients",
                count,
            ),
        ),
    ),
    Screen(
        "surveys:list",
        _("Satisfaction surveys"),
        (
            *("A-3.2.6c", "A-5.2.2b", "B-4.1.3", "B-6.1.2", "D-2.3.1d", "D-2.3.3c", "D-3.2.4d"),
            *("D-3.3.1b", "E5-15", "E7-5.1"),
        ),
    ),
)
