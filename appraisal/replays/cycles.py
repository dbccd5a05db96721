"""Cycles of an appraisal under a draft: when each opens, who is in it and who fixes the scores
(A-5.3b, A-5.4.3)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from appraisal.models import Cycle, Participant
from appraisal.roster import fixed_by, set_of
from appraisal.selectors import opens_on
from expansion import clock, offers, worktime
from expansion.offers import Replayed
from expansion.people.models import Role
from expansion.rulebook.deciders import names_in
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import KpiSet
from expansion.rulebook.selectors import rules_of, unread, version_on
from expansion.rulebook.templatetags.rules import rule_value
from expansion.ui import deadlines
from expansion.worktime import Period


class Days(NamedTuple):
    """When a cycle opens, and until when its forms are handed in."""

    opens: date
    self_due: datetime | None
    evaluation_due: datetime | None

    def __str__(self) -> str:
        said = [_("opens %(day)s") % {"day": deadlines.day(self.opens)}]
        if self.self_due:
            said.append(_("self-review due %(when)s") % {"when": deadlines.moment(self.self_due)})
        if self.evaluation_due:
            when = {"when": deadlines.moment(self.evaluation_due)}
            said.append(_("evaluation due %(when)s") % when)
        return " · ".join(said)


# When cycles open


def openings(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Every cycle of which the last day lies in the period, with the dates of its steps; besides
    those that only the draft would have held, which the rules in force stand for."""
    ended = Cycle.objects.filter(end__range=(period.start, period.end))
    cycles = list(ended.select_related("rulebook").defer(*unread("rulebook")))
    for cycle in cycles:
        stood = _stood(cycle)
        has = cycle.kind in rules.appraisal.cycles
        after = str(_drafted(rules, cycle, stood)) if has else _("no appraisal")
        yield Replayed(cycle, str(stood), after)
    held = {(cycle.kind, cycle.start) for cycle in cycles}
    version = version_on()
    for one in _added(rules_of(version), rules, period):
        if (one.kind, one.start) not in held:
            days = _days(rules, clock.moment_on(opens_on(rules, one), time()))
            yield Replayed(version, _("no appraisal"), str(days), "", one.label)


def _days(rules: Rules, begun: datetime) -> Days:
    """What follows by these rules for a cycle that is opened at this moment."""
    ours, calendar = rules.appraisal, rules.working_time.as_calendar()
    dues = (
        worktime.deadline(begun, limit.value, calendar)
        for limit in (ours.self_due, ours.evaluation_due)
    )
    return Days(clock.local_date(begun), *dues)


def _stood(cycle: Cycle) -> Days:
    """As it was opened; one that still waits by its own rules."""
    if cycle.opened_at is None:
        return _days(cycle.rules, _begun(cycle.rules, cycle))
    return Days(clock.local_date(cycle.opened_at), cycle.self_due_at, cycle.evaluation_due_at)


def _drafted(rules: Rules, cycle: Cycle, stood: Days) -> Days:
    """The same by the draft: what it leaves as the cycle's own rules had it stays as it was."""
    own, drafted = (_days(one, _begun(one, cycle)) for one in (cycle.rules, rules))
    sides = zip(stood, own, drafted, strict=True)
    return Days._make(was if same == now else now for was, same, now in sides)


def _begun(rules: Rules, cycle: Cycle) -> datetime:
    """When it is opened by these rules: at the hour at which it was, on the same day unless the
    rules name another."""
    own, day = opens_on(cycle.rules, cycle.period), opens_on(rules, cycle.period)
    if cycle.opened_at is None:
        return clock.moment_on(day, time())
    hour = cycle.opened_at.astimezone(clock.zone()).time()
    return cycle.opened_at if day == own else clock.moment_on(day, hour)


def _added(now: Rules, rules: Rules, period: Period) -> Iterator[Period]:
    """The periods that end in this one and are appraised by the draft alone."""
    for kind in rules.appraisal.cycles:
        one = Period.containing(kind, period.start)
        while kind not in now.appraisal.cycles and one.end <= period.end:
            yield one
            one = one.next()


# Who is in them


def people(rules: Rules, period: Period) -> Iterator[Replayed]:
    """Everybody appraised in those cycles: by which set, and who fixes the score."""
    within = Participant.objects.filter(cycle__end__range=(period.start, period.end))
    read = within.select_related("owner", "team", "cycle__rulebook")
    found = list(read.defer(*unread("cycle__rulebook")).order_by("-cycle__end", "pk"))
    fixed = {one.pk: _fixed_by(rules, one) for one in found}
    names = names_in([*fixed.values(), *(one.final_by for one in found)], rules)
    for one in found:
        kpi_set, before = _set(rules, one), _words(one.indicators, one.final_by, names)
        after = _words(kpi_set, fixed[one.pk], names) if kpi_set else _("not appraised")
        yield Replayed(one, before, after)


def _set(rules: Rules, one: Participant) -> KpiSet | None:
    """The set by the draft; None where it appraises nobody of this post, or not so often."""
    known = any(post.key == one.post for post in rules.posts)
    if not known or one.cycle.kind not in rules.appraisal.cycles:
        return None
    return set_of(rules, one.post, one.team.key)


def _fixed_by(rules: Rules, one: Participant) -> str:
    return fixed_by(rules, heads=one.cycle.rules.post(one.post).role == Role.MANAGER)


def _words(kpi_set: KpiSet, role: str, names: Mapping[str, str]) -> str:
    fixed = _("score fixed by %(role)s") % {"role": rule_value(role, names)}
    return f"{kpi_set.label()} · {fixed}"


offers.add(
    offers.Replay(
        "appraisal.cycles",
        lazy("Opening of appraisals"),
        8,
        openings,
        lazy(
            "The dates of a cycle that opens on another day count from that day; whether a form "
            "was late counts from the day on which the cycle was opened."
        ),
        reads=(
            "appraisal.cycles",
            "appraisal.opens",
            "appraisal.self_due",
            "appraisal.evaluation_due",
            "working_time",
        ),
    ),
    offers.Replay(
        "appraisal.people",
        lazy("Who is appraised by whom"),
        9,
        people,
        lazy("Who would have been appraised besides is not replayed."),
        reads=(
            "appraisal.cycles",
            "appraisal.final_by",
            "appraisal.superior_of_manager",
            "posts.*.kpi_set",
            "teams.*.kpi_set",
        ),
    ),
    private=True,
)
