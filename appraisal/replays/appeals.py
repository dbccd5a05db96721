"""Appeals under a draft: which would have come too late, and through whose hands (R-apr-11)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from appraisal import instances
from appraisal.models import Appeal
from expansion import clock, offers, worktime
from expansion.offers import Replayed
from expansion.people.models import Role
from expansion.rulebook.deciders import names_in
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import unread
from expansion.rulebook.templatetags.rules import rule_value
from expansion.ui import deadlines
from expansion.worktime import Period


def appeals(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every appeal that was handed in in the period: whether it was in time, who handled it and
    whether it was decided in time, by the draft's window, limit, handlers and instances."""
    rulebook = "participant__cycle__rulebook"
    filed = Appeal.objects.filter(filed_at__gte=period.begins_at, filed_at__lt=period.ends_at)
    found = filed.select_related("owner", "first", "participant__result", rulebook)
    in_order = found.defer(*unread(rulebook)).order_by("-filed_at", "pk")
    ways = [(one, _way(one, one.participant.cycle.rules), _way(one, rules)) for one in in_order]
    names = names_in((way for _one, *both in ways for way in both), rules)
    for one, own, drafted in ways:
        before = _words(own, _decided(one, one.decide_until), names)
        after, note = _drafted(rules, one, drafted, names)
        yield Replayed(one, before, after, note, f"{one} · {one.owner}")


def _way(appeal: Appeal, rules: Rules) -> instances.Way:
    """Who would gather the facts and who would decide by these rules; nobody where they know no
    such instance."""
    if appeal.first is not None:
        return instances.second_way(rules, appeal.first.handled_by)
    ways, one = rules.appraisal, appeal.participant
    heads = one.cycle.rules.post(one.post).role == Role.MANAGER
    decider = ways.superior_of_manager if heads else ways.appeal_handler
    return instances.first_way(rules, decider.value)


def _drafted(
    rules: Rules, appeal: Appeal, way: instances.Way, names: Mapping[str, str]
) -> tuple[str, str]:
    """How it would have gone, and until when it could have been handed in."""
    ours, calendar = rules.appraisal, rules.working_time.as_calendar()
    begun = appeal.first.decided_at if appeal.first else appeal.participant.result.delivered_at
    until = worktime.deadline(begun, ours.appeal_window.value, calendar) if begun else None
    if until is None or not way:
        return _("no appeal"), ""
    if appeal.filed_at > until:
        return _("too late"), _("until %(when)s") % {"when": deadlines.moment(until)}
    due = worktime.deadline(appeal.filed_at, ours.appeal_decision.value, calendar)
    return _words(way, _decided(appeal, due), names), ""


def _words(way: instances.Way, decided: str, names: Mapping[str, str]) -> str:
    hands = " → ".join(rule_value(role, names) for role in way)
    return f"{_('handed in in time')} · {hands} · {decided}"


def _decided(appeal: Appeal, due: datetime | None) -> str:
    closed = appeal.decided_at or clock.now()
    if due is not None and closed > due:
        return _("decision late") if appeal.decided_at else _("decision open and late")
    return _("decision in time") if appeal.decided_at else _("decision open")


offers.add(
    offers.Replay(
        "appraisal.appeals",
        lazy("Appeals"),
        12,
        appeals,
        lazy("Who would have appealed besides in a longer time is not replayed."),
        reads=(
            "appraisal.appeal_window",
            "appraisal.appeal_decision",
            "appraisal.appeal_handler",
            "appraisal.superior_of_manager",
            "appraisal.second_instance",
            "approvals.appeal.chain",
            "working_time",
        ),
    ),
    private=True,
)
