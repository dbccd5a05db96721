"""Scores: computed, adjusted, fixed, delivered and acknowledged (A-5.4.3, R-apr-08)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import scoring
from appraisal.access import FINAL, acting_for, fixes
from appraisal.metrics import TEAM_MEAN, team_means, teams_run
from appraisal.models import Appeal, Cycle, Line, Participant, Result, Stage
from appraisal.selectors import knows_appeals
from appraisal.services.freezing import write_evidence
from appraisal.services.steps import expect, follow, locked, locked_cycle, principal
from expansion import access, worktime
from expansion.audit.services import write, write_many
from expansion.errors import Forbidden, Invalid, NotNow
from expansion.notices.services import tell
from expansion.people.models import User

NONE, FULL = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class Moved:
    """A score that was there and became another: whose, and what it was."""

    participant: Participant
    score: Decimal
    level: str


def compute_results(people: Iterable[Participant]) -> list[Moved]:
    """Computes and stores what the lines of these people of one cycle give, adjustments kept.

    Runs inside the caller's transaction, after the forms are in. Whoever runs teams follows when
    a member's score has moved. Returns whose score became another.
    """
    people = list(people)
    found = [_compute(one, figures) for one, figures in _figures(people)]
    if people and not all(_runs_teams(one) for one in people):
        found += _follow_teams(people[0].cycle)
    moved: dict[int, Moved] = {}
    for one in found:
        if one is not None:
            moved.setdefault(one.participant.pk, one)
    return list(moved.values())


def _figures(people: list[Participant]) -> list[tuple[Participant, scoring.Figures]]:
    lines: dict[int, list[Line]] = {one.pk: [] for one in people}
    for line in Line.objects.filter(participant__in=people):
        lines[line.participant_id].append(line)
    return [(one, scoring.by_part(lines[one.pk])) for one in people]


def _compute(participant: Participant, figures: scoring.Figures) -> Moved | None:
    cycle = participant.cycle
    score = scoring.score(
        cycle.rules, participant.indicators, cycle.kind, figures, shorter_scores(participant)
    )
    if score is None:
        return None
    steps = scoring.breakdown(cycle.rules, participant.indicators, score, figures)
    result = Result.objects.filter(participant=participant).first()
    before = Moved(participant, result.score, result.level) if result else None
    result = result or Result(participant=participant, rulebook=cycle.rulebook)
    result.computed, result.breakdown = score.score, steps
    _settle(result)
    result.version += 1
    result.save()
    participant.result = result
    return before if before and before.score != result.score else None


def _settle(result: Result) -> None:
    """The final score and its level: the computed one with the adjustment, within 0 and 100."""
    highest = max(FULL, result.computed)
    result.score = min(max(result.computed + result.adjustment, NONE), highest)
    result.level = result.participant.cycle.rules.level(result.score).key


def shorter_scores(participant: Participant) -> list[Decimal]:
    """The person's scores of the shorter cycles within this one, in order (reading 16)."""
    cycle = participant.cycle
    kinds = list(cycle.rules.appraisal.cycles)
    place = kinds.index(cycle.kind)
    if not place:
        return []
    found = Result.objects.filter(
        participant__owner=participant.owner_id,
        participant__cycle__kind=kinds[place - 1],
        participant__cycle__start__gte=cycle.start,
        participant__cycle__end__lte=cycle.end,
        delivered_at__isnull=False,
    )
    return list(found.order_by("participant__cycle__start").values_list("score", flat=True))


def _runs_teams(participant: Participant) -> bool:
    return participant.indicators.kind == "whole"


def _follow_teams(cycle: Cycle) -> list[Moved | None]:
    """Renews the team mean of those who run teams, and the scores of the evaluated (reading 2)."""
    lines = list(
        Line.objects.filter(
            participant__cycle=cycle, metric=TEAM_MEAN, corrected_by=None
        ).select_related("participant__owner", "participant__cycle__rulebook")
    )
    readings = team_means(
        [line.participant.owner for line in lines],
        cycle.period.begins_at,
        cycle.period.ends_at,
        cycle.rules,
    )
    for line in lines:
        _renew_mean(line, readings.get(line.participant.owner_id))
    # Whoever was evaluated before anybody of the teams has no score yet, but is to get one.
    scored = cycle.participants.complete().filter(
        Q(result__isnull=False) | Q(stage=Stage.REVIEW),
        pk__in=[line.participant_id for line in lines],
    )
    return [_compute(one, figures) for one, figures in _figures(list(scored))]


def _renew_mean(line: Line, reading: Any) -> None:
    value = reading.value if reading else None
    line.value = None if value is None else value.quantize(scoring.SIX_PLACES)
    line.save(update_fields=["value"])
    line.evidence.all().delete()
    write_evidence((line.pk, one) for one in (reading.evidence if reading else ()))


@transaction.atomic
def adjust_result(
    *,
    actor: User,
    record: Participant,
    adjustment: Decimal,
    reason: str,
    version: int | None = None,
) -> Participant:
    """The manager moves a score, within the rulebook's limit and with a reason (R-apr-08).

    Raises:
        Invalid: it is larger than the limit, or has no reason.
        NotNow: the score is fixed already, or not computed yet.
    """
    access.require(actor, "review", record)
    participant = locked(record, version=version)
    result = open_result(participant)
    _check_adjustment(participant, adjustment, reason)
    before = {"adjustment": result.adjustment, "score": result.score}
    result.adjustment, result.reason, result.adjusted_by = adjustment, reason.strip(), actor
    _settle(result)
    result.version += 1
    result.save()
    changes = {name: [value, getattr(result, name)] for name, value in before.items()}
    changes["reason"] = [None, result.reason]
    _note(actor, "appraisal.result.adjusted", participant, changes)
    return participant


def open_result(participant: Participant) -> Result:
    """The computed score that may still be adjusted and fixed; refuses where there is none."""
    expect(participant, Stage.REVIEW)
    result = Result.objects.filter(participant=participant).first()
    if result is None:
        raise NotNow(_("There is no score yet."))
    if result.finalized_at is not None:
        raise NotNow(_("This score is fixed already."))
    result.participant = participant
    return result


def _check_adjustment(participant: Participant, adjustment: Decimal, reason: str) -> None:
    largest = participant.cycle.rules.appraisal.largest_adjustment.value
    if abs(adjustment) > largest:
        raise Invalid(
            fields={
                "adjustment": [
                    _("At most %(largest)s points up or down.") % {"largest": f"{largest:f}"}
                ]
            }
        )
    if adjustment and not reason.strip():
        raise Invalid(fields={"reason": [_("Say why the score moves.")]})


@transaction.atomic
def fix_result(*, actor: User, record: Participant) -> Participant:
    """Makes a score final (A-5.4.3); a deputy's act carries the stamp of the mandate.

    Raises:
        Forbidden: it is the actor's own.
        NotNow: somebody of the teams this person runs, or a quarter of the year, has no score yet.
    """
    access.require(actor, "review", record)
    participant = locked(record)
    result = result_to_fix(participant)
    result.finalized_at, result.finalized_by = worktime.now(), actor
    result.finalized_for = principal(acting_for(actor, participant, FINAL))
    result.version += 1
    result.save()
    _note(actor, "appraisal.result.fixed", participant, {"score": [None, result.score]})
    return participant


def result_to_fix(participant: Participant) -> Result:
    """The same, once everything that it rests on stands."""
    result = open_result(participant)
    _all_inputs_stand(participant)
    return result


def _all_inputs_stand(participant: Participant) -> None:
    cycle = participant.cycle
    if _runs_teams(participant):
        teams = teams_run([participant.owner])[participant.owner_id]
        waiting = cycle.participants.filter(team__in=teams).exclude(pk=participant.pk)
        waiting = waiting.exclude(stage__in=Stage.since(Stage.REVIEW))
        _refuse_while(waiting, _("Their teams have no score yet: %(names)s."))
    shorter = Participant.objects.filter(
        owner=participant.owner_id, cycle__start__gte=cycle.start, cycle__end__lte=cycle.end
    ).exclude(cycle__kind=cycle.kind)
    open_ones = shorter.exclude(stage__in=Stage.since(Stage.FEEDBACK))
    _refuse_while(open_ones, _("A shorter cycle of this period is not delivered: %(names)s."))


def _refuse_while(waiting: QuerySet[Participant], sentence: str) -> None:
    names = [str(one) for one in waiting.select_related("owner", "cycle")[:3]]
    if names:
        raise NotNow(sentence % {"names": _(", ").join(names)})


@transaction.atomic
def fix_results(*, actor: User, record: Cycle) -> Cycle:
    """Makes every computed score final that this person may fix, the own one excepted.

    Raises:
        NotNow: there is none.
    """
    access.require(actor, "fix", record)
    cycle = locked_cycle(record)
    mine = to_be_fixed(actor, cycle)
    # People first, then those whose score rests on theirs.
    for one in sorted(mine, key=_runs_teams):
        fix_result(actor=actor, record=one)
    return cycle


def to_be_fixed(person: User, cycle: Cycle) -> list[Participant]:
    """Whose computed score waits for this person; refuses where there is none."""
    open_ones = cycle.participants.complete().filter(
        stage=Stage.REVIEW, result__isnull=False, result__finalized_at=None
    )
    mine = [one for one in open_ones if fixes(person, one)]
    if not mine:
        raise NotNow(_("No score waits to be fixed."))
    return mine


@transaction.atomic
def deliver_results(*, actor: User, record: Cycle) -> Cycle:
    """Shows the fixed results to their people; the appeal window starts (A-5.4.4, reading 11).

    Raises:
        NotNow: no fixed result waits for delivery by this person.
    """
    access.require(actor, "deliver", record)
    cycle = locked_cycle(record)
    mine = to_be_delivered(actor, cycle)
    moment, rules = worktime.now(), cycle.rules
    until = worktime.deadline(
        moment, rules.appraisal.appeal_window.value, rules.working_time.as_calendar()
    )
    Result.objects.filter(participant__in=mine).update(delivered_at=moment, appeal_until=until)
    cycle.participants.filter(pk__in=[one.pk for one in mine]).update(stage=Stage.FEEDBACK)
    follow(cycle)
    write_many(
        actor=actor,
        verb="appraisal.result.delivered",
        changed=[(one, {"score": [None, one.result.score]}) for one in mine],
    )
    _tell_delivered(cycle, mine)
    return cycle


READ = gettext_lazy("Read the arithmetic and confirm it.")
READ_OR_APPEAL = gettext_lazy("Read the arithmetic and confirm it, or appeal within the window.")


def to_be_delivered(person: User, cycle: Cycle) -> list[Participant]:
    """Whose fixed result waits for this person to deliver it; refuses where there is none."""
    fixed = cycle.participants.complete().filter(
        stage=Stage.REVIEW, result__finalized_at__isnull=False
    )
    mine = [one for one in fixed if fixes(person, one)]
    if not mine:
        raise NotNow(_("No fixed result waits to be delivered."))
    return mine


def _tell_delivered(cycle: Cycle, people: list[Participant]) -> None:
    tell(
        people=[one.owner for one in people],
        kind="appraisal.delivered",
        title=format_lazy(gettext_lazy("Your result for {cycle} is here"), cycle=cycle),
        url=reverse("appraisal:mine"),
        text=READ_OR_APPEAL if knows_appeals(cycle.rules) else READ,
        key=f"appraisal.delivered:{cycle.pk}:{worktime.now():%Y%m%dT%H%M%S}",
    )


@transaction.atomic
def acknowledge_result(*, actor: User, record: Participant) -> Participant:
    """The person has read the result; the right to appeal within the window stays (R-apr-10).

    Raises:
        Forbidden: it is somebody else's.
        NotNow: it is not delivered yet.
    """
    access.require(actor, "acknowledge", record)
    participant = locked(record)
    result = delivered(participant)
    if result.acknowledged_at is None:
        result.acknowledged_at = worktime.now()
        result.save(update_fields=["acknowledged_at", "updated_at"])
        write(actor=actor, verb="appraisal.result.acknowledged", about=participant)
    return participant


def delivered(participant: Participant) -> Result:
    """The result that its person reads; refuses before it is delivered."""
    expect(participant, Stage.FEEDBACK, Stage.CLOSED)
    return participant.result


def under_appeal(people: Iterable[Participant]) -> set[int]:
    """Which of these have a pending appeal: they are held everywhere (reading 6)."""
    return set(
        Appeal.objects.pending()
        .filter(participant__in=list(people))
        .values_list("participant_id", flat=True)
    )


def _note(actor: User, verb: str, participant: Participant, changes: dict[str, Any]) -> None:
    """The audit entry, with the principal where a deputy acts."""
    if participant.owner_id == actor.pk:
        raise Forbidden(_("Nobody fixes the own score."))
    person = principal(acting_for(actor, participant, FINAL))
    write(actor=actor, verb=verb, about=participant, changes=changes, for_person=person)
