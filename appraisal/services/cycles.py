"""Planning, opening, closing and reopening cycles (A-5.3, R-apr-03)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.models import Appeal, Cycle, Participant, Result, Stage, Target
from appraisal.roster import Appraised, appraised
from appraisal.scoring import parts_with_targets
from appraisal.selectors import opens_on
from appraisal.services.consequences import run_consequences
from appraisal.services.steps import allow, expect, locked_cycle
from expansion import worktime
from expansion.audit.services import write, write_many
from expansion.errors import Invalid, NotNow
from expansion.jobs.services import enqueue
from expansion.people.models import Unit, User
from expansion.people.selectors import home_unit
from expansion.records import lock
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of
from expansion.worktime import Period


@transaction.atomic
def plan_cycle(*, actor: User | None, period: Period, version: Version) -> Cycle:
    """The cycle of a period, made once; it keeps `version` whatever is published later (law 4)."""
    allow(actor, "open", Cycle)
    cycle, made = Cycle.objects.get_or_create(
        kind=period.kind.value,
        start=period.start,
        defaults={"end": period.end, "rulebook": version},
    )
    if made:
        write(actor=actor, verb="appraisal.cycle.planned", about=cycle)
    return cycle


@transaction.atomic
def open_cycle(*, actor: User | None, record: Cycle) -> Cycle:
    """Opens a planned cycle for everyone appraised under its rules; the scheduler may call again
    and changes nothing by it.

    The roll-up of the computed indicators starts by itself.

    Raises:
        NotNow: the opening day has not come, or somebody has opened it already.
    """
    allow(actor, "open", record)
    cycle = locked_cycle(record)
    if actor is None and cycle.at != Stage.PLANNED:
        return cycle
    opens_now(cycle)
    people = appraised(cycle.rules, cycle.end)
    Participant.objects.bulk_create([participant_of(cycle, one) for one in people])
    _start(cycle)
    write(
        actor=actor,
        verb="appraisal.cycle.opened",
        about=cycle,
        changes={"stage": [Stage.PLANNED, cycle.stage], "participants": [None, len(people)]},
    )
    enqueue_roll_up(actor, cycle)
    return cycle


def opens_now(cycle: Cycle) -> None:
    """Refuses where a cycle is open already, or its day has not come."""
    expect(cycle, Stage.PLANNED)
    day = opens_on(cycle.rules, cycle.period)
    if worktime.today() < day:
        raise NotNow(
            _("This cycle opens on %(day)s, the day its period is over.") % {"day": day.isoformat()}
        )


def participant_of(cycle: Cycle, one: Appraised) -> Participant:
    """The row of somebody appraised, not stored yet."""
    return Participant(
        cycle=cycle,
        owner=one.person,
        team=one.unit,
        post=one.post,
        kpi_set=one.kpi_set,
        superior=one.superior,
        final_by=one.final_by,
        appeals_by=one.appeals_by,
    )


def _start(cycle: Cycle) -> None:
    """Starts the clock of the steps; each due moment follows from the cycle's own rules."""
    rules, moment = cycle.rules, worktime.now()
    calendar = rules.working_time.as_calendar()
    cycle.stage = Stage.COLLECTING
    cycle.opened_at = moment
    cycle.self_due_at = worktime.deadline(moment, rules.appraisal.self_due.value, calendar)
    cycle.evaluation_due_at = worktime.deadline(
        moment, rules.appraisal.evaluation_due.value, calendar
    )
    cycle.version += 1
    cycle.save()


def enqueue_roll_up(actor: User | None, cycle: Cycle) -> Any:
    """Stores the roll-up as a job; one at a time per cycle."""
    return enqueue(
        "appraisal.roll_up", actor=actor, about=cycle, key=f"cycle-{cycle.pk}", cycle=cycle.pk
    )


@transaction.atomic
def collect_figures(*, actor: User, record: Cycle) -> Any:
    """Starts the roll-up again by hand, after it failed or the cycle was reopened."""
    allow(actor, "collect", record)
    collects_now(record)
    write(actor=actor, verb="appraisal.figures.requested", about=record)
    return enqueue_roll_up(actor, record)


def collects_now(cycle: Cycle) -> None:
    """Refuses where the figures are frozen, or the cycle is not open."""
    expect(cycle, Stage.COLLECTING)


@transaction.atomic
def set_target(
    *,
    actor: User,
    record: Cycle,
    indicator: str,
    part: str,
    value: Decimal,
    person: User | None = None,
    team: Unit | None = None,
) -> Target:
    """The target of one person, or of a team's people, for one part of an indicator.

    Raises:
        NotNow: the evidence is frozen; the cycle would have to be reopened.
        Invalid: neither or both of person and team, or no such part takes a target.
    """
    allow(actor, "target", record)
    cycle = locked_cycle(record)
    expect(cycle, Stage.PLANNED, Stage.COLLECTING)
    if (person is None) == (team is None):
        raise Invalid(_("Name a person or a team."))
    _takes_target(cycle.rules, indicator, part)
    who = {"person": person} if person else {"person": None, "team": team}
    before = Target.objects.filter(cycle=cycle, indicator=indicator, part=part, **who).first()
    target = before or Target(cycle=cycle, indicator=indicator, part=part, person=person)
    target.team = team or home_unit(person)
    changes = {str(target.indicator): [before.value if before else None, value]}
    target.value = value
    target.save()
    write(actor=actor, verb="appraisal.target.set", about=target, changes=changes)
    return target


def _takes_target(rules: Rules, indicator: str, part: str) -> None:
    known = {(one.key, piece.key) for _set, one, piece in parts_with_targets(rules)}
    if (indicator, part) not in known:
        raise Invalid(fields={"part": [_("This part of the indicator takes no target.")]})


@transaction.atomic
def remove_target(*, actor: User, record: Target) -> Cycle:
    """Takes a target back: the team's or the rulebook's counts again. Returns the cycle.

    Raises:
        NotNow: the evidence is frozen; the cycle would have to be reopened.
        Gone: somebody has taken it back already.
    """
    allow(actor, "target", record.cycle)
    cycle = locked_cycle(record.cycle)
    expect(cycle, Stage.PLANNED, Stage.COLLECTING)
    target = lock(Target.objects.filter(cycle=cycle), record.pk)
    changes = {str(target.indicator): [target.value, None]}
    write(actor=actor, verb="appraisal.target.removed", about=target, changes=changes)
    target.delete()
    return cycle


@transaction.atomic
def close_cycle(*, actor: User | None, record: Cycle) -> Cycle:
    """Freezes the results for good and opens the cases that follow from them (A-5.5.3).

    An appeal that is still pending holds its own person only; its decision catches up.

    Raises:
        NotNow: a result has not been delivered, or an appeal window still runs.
    """
    allow(actor, "close", record)
    cycle = locked_cycle(record)
    closes_now(cycle)
    cycle.participants.update(stage=Stage.CLOSED)
    cycle.stage, cycle.closed_at = Stage.CLOSED, worktime.now()
    cycle.version += 1
    cycle.save()
    write(actor=actor, verb="appraisal.cycle.closed", about=cycle)
    run_consequences(actor=actor, participants=cycle.participants.complete())
    return cycle


def closes_now(cycle: Cycle) -> None:
    """Refuses where a result has not been delivered, or an appeal window still runs."""
    expect(cycle, Stage.FEEDBACK)
    last = Result.objects.filter(participant__cycle=cycle).order_by("-appeal_until").first()
    if last and last.may_be_appealed(worktime.now()):
        raise NotNow(
            _("The appeal window runs until %(day)s. Close the cycle after that.")
            % {"day": worktime.local_date(last.appeal_until).isoformat()}
        )


@transaction.atomic
def reopen_cycle(*, actor: User, record: Cycle, reason: str) -> Cycle:
    """Takes a frozen or closed cycle back to the collecting of figures; forms stay submitted.

    What was delivered is withdrawn, and its scores stand in the trail (law 8).

    Raises:
        NotNow: nothing is frozen yet, or an appeal is pending: decide it first.
    """
    allow(actor, "reopen", record)
    cycle = locked_cycle(record)
    reopens_now(cycle)
    before = cycle.stage
    _withdraw_results(actor, cycle, reason)
    cycle.participants.update(stage=Stage.COLLECTING)
    cycle.stage, cycle.frozen_at, cycle.closed_at = Stage.COLLECTING, None, None
    cycle.version += 1
    cycle.save()
    changes = {"stage": [before, cycle.stage], "reason": [None, reason]}
    write(actor=actor, verb="appraisal.cycle.reopened", about=cycle, changes=changes)
    return cycle


def reopens_now(cycle: Cycle) -> None:
    """Refuses where nothing is frozen yet, or an appeal is pending."""
    expect(cycle, *Stage.since(Stage.SELF_REVIEW))
    if Appeal.objects.pending().filter(participant__cycle=cycle).exists():
        raise NotNow(_("An appeal in this cycle is pending. Decide it first."))


def _withdraw_results(actor: User, cycle: Cycle, reason: str) -> None:
    results = Result.objects.filter(participant__cycle=cycle).select_related(
        "participant__owner", "participant__cycle"
    )
    write_many(
        actor=actor,
        verb="appraisal.result.withdrawn",
        changed=[
            (one.participant, {"score": [one.score, None], "reason": [None, reason]})
            for one in results
        ],
    )
    results.update(
        finalized_at=None,
        finalized_by=None,
        finalized_for=None,
        delivered_at=None,
        appeal_until=None,
        acknowledged_at=None,
    )


def due_periods(rules: Rules, day: date) -> list[Period]:
    """The periods whose cycle is to be open on `day`: for each kind the last one that is over."""
    found = []
    for kind in rules.appraisal.cycles:
        current = Period.containing(kind, day)
        period = current if opens_on(rules, current) <= day else current.previous()
        if opens_on(rules, period) <= day:
            found.append(period)
    return found


def version_for(period: Period) -> Version | None:
    """The rulebook of a period: in force on its first day, else the first one within it."""
    published = Version.objects.published()
    first = published.filter(effective_on__lte=period.start).order_by("-effective_on", "-number")
    later = published.filter(effective_on__gt=period.start, effective_on__lte=period.end)
    return first.first() or later.order_by("effective_on", "-number").first()


def open_due_cycles(day: date, rules: Rules) -> list[Cycle]:
    """Plans the running periods and opens those that are over; repeating it changes nothing.

    A period in which no rulebook was in force is not appraised.
    """
    for kind in rules.appraisal.cycles:
        current = Period.containing(kind, day)
        _planned(current)
    planned = [_planned(period) for period in due_periods(rules, day)]
    waiting = [one for one in planned if one is not None and one.at == Stage.PLANNED]
    return [open_cycle(actor=None, record=one) for one in waiting]


def _planned(period: Period) -> Cycle | None:
    version = version_for(period)
    if version is None or period.kind not in rules_of(version).appraisal.cycles:
        return None
    return plan_cycle(actor=None, period=period, version=version)
