"""What follows from poor results: the system opens a case, a person proposes (readings 6 to 10)."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.access import FINAL, acting_for
from appraisal.models import Appeal, ConsequenceCase, Participant, Stage
from appraisal.services.steps import principal
from expansion import access, worktime
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.people.models import User
from expansion.records import lock
from expansion.rulebook.scoring import Consequence
from expansion.rulebook.values import offered

Status = ConsequenceCase.Status


def run_consequences(*, actor: User | None, participants: Iterable[Participant]) -> None:
    """Opens, keeps or lifts the case of each person whose cycle is closed.

    Runs inside the caller's transaction. A person under appeal is left alone until the decision.
    Running it again changes nothing.
    """
    for participant in participants:
        if not participant.appeals.pending().exists():
            _settle(actor, participant)


def _settle(actor: User | None, participant: Participant) -> None:
    run = run_of(participant)
    rule = rule_for(participant, len(run))
    case = ConsequenceCase.objects.filter(participant=participant).first()
    if rule is None:
        if case is not None and case.status != Status.LIFTED:
            _change(actor, case, status=Status.LIFTED)
    elif case is None:
        _open(actor, participant, rule, run)
    elif case.rule != rule.key or case.status == Status.LIFTED:
        _change(actor, case, status=Status.OPEN, rule=rule.key, periods=len(run))


def run_of(participant: Participant) -> list[Participant]:
    """The unbroken run of closed cycles of this type at this person's present level, newest first.

    Cycles under appeal or without a result neither count nor break it (reading 6).
    """
    level = participant.result.level
    closed = Participant.objects.complete().filter(
        owner=participant.owner_id,
        cycle__kind=participant.cycle.kind,
        cycle__start__lte=participant.cycle.start,
        stage=Stage.CLOSED,
        result__isnull=False,
    )
    pending = Appeal.objects.pending().values("participant_id")
    run = []
    for one in closed.exclude(pk__in=pending).order_by("-cycle__start"):
        if one.result.level != level:
            break
        run.append(one)
    return run


def rule_for(participant: Participant, periods: int) -> Consequence | None:
    """The consequence of so many periods in a row: the one that asks for most of them."""
    fitting = [
        rule
        for rule in participant.cycle.rules.consequences
        if rule.level == participant.result.level
        and rule.periods.value <= periods
        and (not rule.teams or participant.kpi_set in rule.teams)
    ]
    return max(fitting, key=lambda rule: rule.periods.value, default=None)


def _open(
    actor: User | None, participant: Participant, rule: Consequence, run: list[Participant]
) -> None:
    facts = [
        {"cycle": one.cycle.period.key, "score": one.result.score, "level": one.result.level}
        for one in run
    ]
    case = ConsequenceCase.objects.create(
        participant=participant,
        owner=participant.owner,
        team=participant.team,
        rule=rule.key,
        periods=len(run),
        facts=facts,
    )
    write(
        actor=actor,
        verb="appraisal.case.opened",
        about=case,
        changes={"rule": [None, rule.key], "periods": [None, len(run)]},
    )


def _change(actor: User | None, case: ConsequenceCase, **values: Any) -> None:
    changes = {name: [getattr(case, name), value] for name, value in values.items()}
    for name, value in values.items():
        setattr(case, name, value)
    case.measure, case.reason, case.proposed_by, case.proposed_at = "", "", None, None
    case.version += 1
    case.save()
    write(actor=actor, verb=f"appraisal.case.{case.status}", about=case, changes=changes)


@transaction.atomic
def propose_measure(
    *, actor: User, record: ConsequenceCase, measure: str, reason: str
) -> ConsequenceCase:
    """A person proposes one measure of the rulebook's list; nothing takes effect by it (reading 7).

    Raises:
        Forbidden: it is not the actor's to propose, or their own case.
        NotNow: an appeal is pending, the cycle is reopened, or the case is no longer founded.
        Invalid: the measure is not in the list, or no reason is given.
    """
    access.require(actor, "propose", record)
    case = lock(ConsequenceCase.objects.select_related("participant__cycle__rulebook"), record.pk)
    if case.status == Status.LIFTED or is_suspended(case):
        raise NotNow(_("The case rests: an appeal is pending or the result is open again."))
    known = [one.key for one in offered(rule_of(case).measures, case.measure)]
    if measure not in known:
        raise Invalid(fields={"measure": [_("Choose a measure of the rulebook.")]})
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Give the facts and the reason.")]})
    before = case.measure
    case.measure, case.reason, case.status = measure, reason.strip(), Status.PROPOSED
    case.proposed_by, case.proposed_at = actor, worktime.now()
    case.version += 1
    case.save()
    write(
        actor=actor,
        verb="appraisal.measure.proposed",
        about=case,
        changes={"measure": [before, measure], "reason": [None, case.reason]},
        for_person=principal(acting_for(actor, case.participant, FINAL)),
    )
    return case


def is_suspended(case: ConsequenceCase) -> bool:
    """Whether a pending appeal or a reopened cycle stops the case."""
    return case.participant.at != Stage.CLOSED or case.participant.appeals.pending().exists()


def rule_of(case: ConsequenceCase) -> Consequence:
    """The consequence as the cycle's own rulebook words it."""
    rules = case.participant.cycle.rules
    return next(rule for rule in rules.consequences if rule.key == case.rule)
