"""Appeals: filed within the window, prepared by whom the rulebook names, decided with values before
and after (A-5.4.4, C-6.3.3), taken once to the second instance where there is one."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import instances
from appraisal.access import hearing_for, turn_seats
from appraisal.models import (
    Appeal,
    Cycle,
    Evidence,
    Line,
    Participant,
    Preparation,
    Result,
    Stage,
)
from appraisal.scoring import SIX_PLACES
from appraisal.selectors import knows_appeals
from appraisal.services.consequences import run_consequences
from appraisal.services.results import Moved, compute_results
from appraisal.services.steps import expect, locked, principal
from expansion import access, worktime
from expansion.approvals.approvers import holders_of
from expansion.approvals.wording import role_label
from expansion.audit.services import write
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.notices.services import tell
from expansion.numbering.services import next_number
from expansion.people.models import Mandate, User
from expansion.records import lock
from expansion.ui import formats

FILED = gettext_lazy("{person} appeals: {number}")
FACTS_THERE = gettext_lazy("The facts of appeal {number} of {person} are gathered")
RECOMPUTED = gettext_lazy("Your result for {cycle} has changed from {before} to {after}")
CONFIRM_AGAIN = gettext_lazy(
    "An appeal that counts in it was decided. Read the arithmetic and confirm it again."
)
FURTHER = gettext_lazy("You may take it to the second instance once, within the time it names.")


@transaction.atomic
def file_appeal(
    *,
    actor: User,
    record: Participant,
    ground: str,
    text: str,
    line: Line | None = None,
    evidence: Evidence | None = None,
) -> Appeal:
    """The person contests the own result, one figure of it, or one record behind a figure.

    Raises:
        Forbidden: the result is somebody else's.
        NotNow: it is not delivered, or the window is over; the sentence names its last day.
        Invalid: the explanation is empty, or the same is contested already.
    """
    access.require(actor, "appeal", record)
    participant = locked(record)
    appealed_now(participant)
    if not text.strip():
        raise Invalid(fields={"text": [_("Say what is wrong and why.")]})
    line = _own_line(participant, line, evidence)
    appeal = Appeal(
        line=line,
        evidence=evidence,
        contested=_contested(participant, line, evidence),
        ground=ground,
        text=text.strip(),
    )
    way = instances.first_way(participant.cycle.rules, participant.appeals_by)
    return _filed(actor, participant, appeal, way)


@transaction.atomic
def take_further(*, actor: User, record: Appeal, text: str) -> Appeal:
    """The person takes a decided appeal to the second instance, once; it is an appeal of its own.

    Raises:
        Forbidden: the appeal is somebody else's.
        NotNow: it is not decided, the rulebook knows no second instance for it, it has been taken
            there already, the time is over, or nobody else could decide it.
        Invalid: the explanation is empty, or the same is contested already.
    """
    access.require(actor, "take_further", record)
    first = _locked(record)
    participant = locked(first.participant)
    taken_further_now(first)
    if not text.strip():
        raise Invalid(fields={"text": [_("Say what is wrong and why.")]})
    appeal = Appeal(
        first=first,
        line=first.line,
        evidence=first.evidence,
        contested=first.contested,
        ground=first.ground,
        text=text.strip(),
    )
    way = instances.second_way(participant.cycle.rules, first.handled_by)
    return _filed(actor, participant, appeal, way)


def taken_further_now(first: Appeal) -> None:
    """Refuses where the appeal cannot go to the second instance yet, any more, or at all."""
    if first.pending:
        raise NotNow(_("This appeal is not decided yet."))
    if Appeal.objects.filter(first=first).exists():
        raise NotNow(_("This appeal has been taken to the second instance already."))
    if first.further_until is None:
        raise NotNow(_("The rulebook knows no second instance for this appeal."))
    if not first.may_go_further(worktime.now()):
        raise NotNow(
            _("The second instance could be asked until %(day)s.")
            % {"day": worktime.local_date(first.further_until).isoformat()}
        )


def _filed(actor: User, participant: Participant, appeal: Appeal, way: instances.Way) -> Appeal:
    """Gives the appeal its number and its days, and to whom it comes first."""
    rules, now = participant.cycle.rules, worktime.now()
    calendar = rules.working_time.as_calendar()
    appeal.participant, appeal.filed_at = participant, now
    appeal.owner, appeal.team = participant.owner, participant.team
    appeal.handled_by = way[-1]
    if not deciders(appeal):
        raise NotNow(_("Nobody else could decide this appeal. Ask the administrator."))
    preparing = [role for role in way[:-1] if _hearers(appeal, role)]
    appeal.lies_with = preparing[0] if preparing else appeal.handled_by
    appeal.number = next_number(key="appeal", rules=rules)
    appeal.decide_until = worktime.deadline(now, rules.appraisal.appeal_decision.value, calendar)
    _store(appeal)
    steps = (Preparation(appeal=appeal, place=n, role=role) for n, role in enumerate(preparing))
    Preparation.objects.bulk_create(steps)
    begin_turn(appeal)
    write(actor=actor, verb="appraisal.appeal.filed", about=appeal)
    return appeal


def begin_turn(appeal: Appeal) -> None:
    """The appeal comes to whom it lies with: the days of a preparer run from now, and they hear of
    it."""
    step = appeal.preparations.filter(since=None).first() if appeal.in_preparation else None
    if step is not None:
        rules = appeal.participant.cycle.rules
        limit, calendar = instances.preparing_within(rules), rules.working_time.as_calendar()
        step.since = worktime.now()
        step.due_at = worktime.deadline(step.since, limit, calendar) if limit else None
        step.save(update_fields=["since", "due_at"])
    _tell_whose_turn(appeal)


def expect_appeals(participant: Participant) -> None:
    """
    Raises:
        NotNow: the regulation of the cycle knows no appeal.
    """
    if not knows_appeals(participant.cycle.rules):
        raise NotNow(_("This regulation knows no appeal."))


def appealed_now(participant: Participant) -> None:
    """Refuses where the result is not delivered, or its window is over or does not exist."""
    expect_appeals(participant)
    expect(participant, Stage.FEEDBACK, Stage.CLOSED)
    result = participant.result
    if result.appeal_until is None:
        raise NotNow(_("This regulation knows no appeal."))
    if not result.may_be_appealed(worktime.now()):
        raise NotNow(
            _("The appeal window ended on %(day)s.")
            % {"day": worktime.local_date(result.appeal_until).isoformat()}
        )


def _own_line(
    participant: Participant, line: Line | None, evidence: Evidence | None
) -> Line | None:
    """The contested line; refuses one of somebody else's result."""
    line = evidence.line if evidence else line
    if line is not None and line.participant_id != participant.pk:
        raise Gone(_("There is nothing here for you at this address."))
    return line


def _contested(participant: Participant, line: Line | None, evidence: Evidence | None) -> str:
    """What is contested, in words that stay when the records move on."""
    if line is None:
        return ""
    known = {one.key: one for one in participant.indicators.indicators}
    common = participant.cycle.rules.common_set()
    known |= {one.key: one for one in (common.indicators if common else ()) if one.key not in known}
    label = known[line.indicator].label()
    return f"{label} · {evidence.label} {evidence.on.isoformat()}" if evidence else label


def _store(appeal: Appeal) -> None:
    try:
        with transaction.atomic():
            appeal.save()
    except IntegrityError:
        raise Invalid(_("This is contested already. The open appeal covers it.")) from None


def hearers(appeal: Appeal) -> list[User]:
    """Whose turn it is today, in person: to gather the facts, or to decide."""
    return _hearers(appeal, appeal.lies_with)


def deciders(appeal: Appeal) -> list[User]:
    """Who decides it today, in person."""
    return _hearers(appeal, appeal.handled_by)


def _hearers(appeal: Appeal, role: str) -> list[User]:
    """Who holds the role; never whose appeal it is, nor who decided it before."""
    found = holders_of(role, appeal.team)
    return [one for one in found if one.pk not in {appeal.owner_id, *appeal.barred}]


def acting_hearers(appeal: Appeal, principals: list[User]) -> list[User]:
    """Who acts for these today by a mandate over all duties, and is kept from it by nothing."""
    running = Mandate.objects.active(worktime.now()).filter(principal__in=principals, kinds=[])
    others = running.exclude(delegate__in={appeal.owner_id, *appeal.barred})
    return [mandate.delegate for mandate in others.select_related("delegate").order_by("pk")]


def _tell_whose_turn(appeal: Appeal) -> None:
    found = hearers(appeal)
    gathered = appeal.status == Appeal.Status.INVESTIGATED
    words = FACTS_THERE if gathered and not appeal.in_preparation else FILED
    tell(
        people=[*found, *acting_hearers(appeal, found)],
        kind="appraisal.appeal",
        title=format_lazy(words, person=appeal.owner, number=appeal.number),
        url=appeal.get_absolute_url(),
        about=appeal,
        key=f"appraisal.appeal:{appeal.pk}:{appeal.lies_with}",
    )


@transaction.atomic
def accept_appeal(*, actor: User, record: Appeal) -> Appeal:
    """Whose turn it is takes the appeal up and looks into it; a second call changes nothing.

    Who decides need not wait for facts that are late.

    Raises:
        Forbidden: it is neither the actor's turn nor decision, or it is the own one.
        NotNow: it is decided, or the facts are not due yet.
    """
    access.require(actor, "accept", record)
    appeal = _locked(record)
    taken_up_now(actor, appeal)
    before = appeal.lies_with
    if not turn_seats(actor, appeal):
        appeal.lies_with = appeal.handled_by
    if appeal.status == Appeal.Status.FILED or appeal.lies_with != before:
        appeal.status, appeal.accepted_at = Appeal.Status.ACCEPTED, worktime.now()
        appeal.handler = actor
        _save(appeal)
        changes = {} if appeal.lies_with == before else {"lies_with": [before, appeal.lies_with]}
        _note(actor, "appraisal.appeal.accepted", appeal, changes)
    return appeal


def taken_up_now(person: User, appeal: Appeal) -> None:
    """Refuses where it is decided, or others still gather the facts in time."""
    _not_decided(appeal)
    if not turn_seats(person, appeal) and not facts_are_late(appeal):
        raise _gathers_first(appeal)


def _not_decided(appeal: Appeal) -> None:
    if not appeal.pending:
        words = {"name": appeal.handler, "moment": formats.moment(appeal.decided_at)}
        raise NotNow(_("This appeal is decided: %(name)s, %(moment)s.") % words)


def facts_are_late(appeal: Appeal) -> bool:
    """Whether who decides need not wait for the facts any longer."""
    late = appeal.preparations.filter(at=None, due_at__lt=worktime.now())
    return appeal.in_preparation and late.exists()


def _gathers_first(appeal: Appeal) -> NotNow:
    who = role_label(appeal.lies_with)
    return NotNow(_("%(who)s gathers the facts first.") % {"who": who})


@transaction.atomic
def hand_on_appeal(*, actor: User, record: Appeal, facts: str) -> Appeal:
    """Who prepares adds the facts and hands the appeal on, at last to who decides (C-6.3.3).

    Raises:
        Forbidden: it is not the actor's to prepare, or it is the own one.
        NotNow: it has not been taken up.
        Invalid: there are no facts.
    """
    access.require(actor, "prepare", record)
    appeal = _locked(record)
    access.require(actor, "prepare", appeal)
    handed_on_now(appeal)
    if not facts.strip():
        raise Invalid(fields={"facts": [_("Write down what you found.")]})
    person = hearing_for(actor, appeal)
    step = appeal.preparations.filter(at=None).exclude(since=None).get()
    step.facts, step.at = facts.strip(), worktime.now()
    step.by, step.by_for = actor, principal(person)
    step.save()
    after = appeal.preparations.filter(since=None).first()
    comes_to = after.role if after else appeal.handled_by
    changes = {"facts": [None, step.facts], "lies_with": [appeal.lies_with, comes_to]}
    _note(actor, "appraisal.appeal.handed_on", appeal, changes)
    appeal.lies_with = comes_to
    appeal.status, appeal.handler = Appeal.Status.INVESTIGATED, None
    _save(appeal)
    begin_turn(appeal)
    return appeal


def handed_on_now(appeal: Appeal) -> None:
    """Refuses where nobody has taken it up, or it is decided."""
    _not_decided(appeal)
    if appeal.status == Appeal.Status.FILED:
        raise NotNow(_("Take the appeal up first."))


@transaction.atomic
def decide_appeal(
    *,
    actor: User,
    record: Appeal,
    decision: str,
    findings: str,
    values: Mapping[int, Decimal] | None = None,
    version: int | None = None,
) -> Appeal:
    """Upholds the result, or changes figures of it; score, level and consequences follow.

    `values` maps lines of this result to their corrected value.

    Raises:
        Forbidden: the actor does not decide this appeal, or it is the own one.
        NotNow: it has not been taken up, somebody still gathers the facts, or it is decided.
        Invalid: there are no findings, a change changes nothing, or a value does not fit.
    """
    access.require(actor, "decide", record)
    appeal = _locked(record, version)
    decided_now(appeal)
    participant = locked(appeal.participant)
    values = dict(values or {})
    _check_decision(participant, decision, findings, values)
    appeal.before = _state(participant, values)
    moved = _correct(appeal, participant, values) if values else []
    appeal.after = _state(participant, values)
    appeal.status, appeal.decision = Appeal.Status.DECIDED, decision
    appeal.findings, appeal.decided_at, appeal.handler = findings.strip(), worktime.now(), actor
    appeal.decided_for = principal(hearing_for(actor, appeal))
    appeal.further_until = _further_until(appeal)
    _save(appeal)
    changes = {name: [value, appeal.after[name]] for name, value in appeal.before.items()}
    _note(actor, "appraisal.appeal.decided", appeal, {**changes, "decision": [None, decision]})
    others = _announce(actor, appeal, moved)
    _settle_closed(actor, [locked(participant), *others])
    _tell_person(appeal)
    return appeal


def decided_now(appeal: Appeal) -> None:
    """Refuses where it is decided, somebody still gathers the facts, or nobody has taken it up."""
    _not_decided(appeal)
    if appeal.in_preparation:
        raise _gathers_first(appeal)
    if appeal.status not in (Appeal.Status.ACCEPTED, Appeal.Status.INVESTIGATED):
        raise NotNow(_("Only an appeal that has been taken up can be decided."))


def _further_until(appeal: Appeal) -> datetime | None:
    """Until when the second instance may be asked: as long as for the first, if there is one."""
    rules = appeal.participant.cycle.rules
    if appeal.first_id is not None or not instances.second_way(rules, appeal.handled_by):
        return None
    limit, calendar = rules.appraisal.appeal_window.value, rules.working_time.as_calendar()
    return worktime.deadline(worktime.now(), limit, calendar)


def _locked(appeal: Appeal, version: int | None = None) -> Appeal:
    records = Appeal.objects.select_related("participant__cycle__rulebook", "owner", "team")
    return lock(records, appeal.pk, version=version)


def _check_decision(
    participant: Participant, decision: str, findings: str, values: dict[int, Decimal]
) -> None:
    if not findings.strip():
        raise Invalid(fields={"findings": [_("Write down what you found.")]})
    if (decision == Appeal.Decision.CHANGED) != bool(values):
        raise Invalid(
            fields={
                "decision": [_("A changed result needs a new value; one that stands has none.")]
            }
        )
    lines = {line.pk: line for line in Line.objects.filter(participant=participant, pk__in=values)}
    for pk, value in values.items():
        if pk not in lines:
            raise Gone(_("There is nothing here for you at this address."))
        if not value.is_finite() or value < 0 or (lines[pk].rated and value > 100):
            raise Invalid(fields={f"value_{pk}": [_("This value does not fit here.")]})


def _state(participant: Participant, values: Mapping[int, Decimal]) -> dict[str, Any]:
    """Score, level and the figures concerned, as they stand now."""
    result = Result.objects.get(participant=participant)
    lines = Line.objects.filter(pk__in=values)
    return {
        "score": str(result.score),
        "level": result.level,
        "figures": {str(line): None if line.value is None else f"{line.value:f}" for line in lines},
    }


def _correct(
    appeal: Appeal, participant: Participant, values: Mapping[int, Decimal]
) -> list[Moved]:
    """Writes the values; returns whose scores have moved by it, in this cycle and longer ones."""
    for line in Line.objects.filter(pk__in=values):
        line.value = values[line.pk].quantize(SIX_PLACES)
        line.corrected_by = appeal
        line.save(update_fields=["value", "corrected_by"])
    moved = compute_results([participant])
    Result.objects.filter(participant=participant).update(acknowledged_at=None)
    return moved + _follow_longer(participant.cycle, moved)


def _follow_longer(cycle: Cycle, moved: list[Moved]) -> list[Moved]:
    """The cycles around it that have not closed follow, a quarter before its year (reading 16)."""
    owners, found = {one.participant.owner_id for one in moved}, []
    around = Cycle.objects.filter(start__lte=cycle.start, end__gte=cycle.end).exclude(pk=cycle.pk)
    for longer in around.order_by("-start", "end"):
        people = longer.participants.complete().filter(owner__in=owners, result__isnull=False)
        found += compute_results(people.exclude(stage=Stage.CLOSED))
        owners |= {one.participant.owner_id for one in found}
    return found


def _announce(actor: User, appeal: Appeal, moved: list[Moved]) -> list[Participant]:
    """A delivered score that follows a decision over another appraisal stands in the trail as it
    was and is; the person is told and confirms it anew (R-apr-08). Returns whose these are."""
    before = {one.participant.pk: one for one in moved if one.participant != appeal.participant}
    found = list(
        Participant.objects.complete().filter(pk__in=before, result__delivered_at__isnull=False)
    )
    for one in found:
        was = before[one.pk]
        changes = {
            "score": [was.score, one.result.score],
            "level": [was.level, one.result.level],
            "appeal": [None, appeal.number],
        }
        for_person = principal(hearing_for(actor, appeal))
        write(
            actor=actor,
            verb="appraisal.result.recomputed",
            about=one,
            changes=changes,
            for_person=for_person,
        )
        words = {"cycle": one.cycle, "before": was.score, "after": one.result.score}
        tell(
            people=[one.owner],
            kind="appraisal.recomputed",
            title=format_lazy(RECOMPUTED, **words),
            text=CONFIRM_AGAIN,
            url=one.get_absolute_url(),
            about=one,
            key=f"appraisal.recomputed:{appeal.pk}:{one.pk}",
        )
    Result.objects.filter(participant__in=found).update(acknowledged_at=None)
    return found


def _settle_closed(actor: User, people: list[Participant]) -> None:
    """Where the cycle is closed, the consequences catch up with the decision."""
    run_consequences(actor=actor, participants=[one for one in people if one.at == Stage.CLOSED])


def _save(appeal: Appeal) -> None:
    appeal.version += 1
    appeal.save()


def _note(actor: User, verb: str, appeal: Appeal, changes: Mapping[str, Any]) -> None:
    if appeal.owner_id == actor.pk:
        raise Forbidden(_("Nobody decides the own appeal."))
    person = principal(hearing_for(actor, appeal))
    write(actor=actor, verb=verb, about=appeal, changes=changes, for_person=person)


def _tell_person(appeal: Appeal) -> None:
    tell(
        people=[appeal.owner],
        kind="appraisal.appeal_decided",
        title=format_lazy(gettext_lazy("Your appeal {number} is decided"), number=appeal.number),
        text=FURTHER if appeal.further_until else "",
        url=appeal.get_absolute_url(),
        about=appeal,
        key=f"appraisal.appeal_decided:{appeal.pk}",
    )
