"""What follows from poor results: the system opens a case, people propose and decide, whom the
rulebook names for it (readings 6 to 10)."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import improvement
from appraisal.access import proposing_for
from appraisal.models import MEASURE, Appeal, ConsequenceCase, Participant, Stage
from appraisal.models.cycle import ParticipantQuerySet
from appraisal.services.steps import principal
from expansion import access, worktime
from expansion.approvals.approvers import LINE, SUPERIOR
from expansion.approvals.models import Decision, Request
from expansion.approvals.selectors import latest
from expansion.approvals.services import call_off, submit
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.notices.services import tell
from expansion.people.models import Role, User
from expansion.records import lock
from expansion.rulebook.deciding import ApprovalRule
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import Consequence
from expansion.rulebook.values import Chain, Limit, Parameter, Source, offered
from expansion.worktime import Period

Status = ConsequenceCase.Status
TAKEN = gettext_lazy("Decided after your result for {cycle}: {measure}")
WAIVED = gettext_lazy("No measure is taken after your result for {cycle}")
FALLEN = gettext_lazy("What was decided after your result for {cycle} no longer stands")
FALLEN_OF = gettext_lazy("What was decided after {person}'s result for {cycle} no longer stands")
RESTS = gettext_lazy("The case rests: an appeal is pending or the result is open again.")
NO_LIMIT = worktime.Limit(0, worktime.Unit.DAYS)  # no regulation says how soon a measure is decided


def run_consequences(*, actor: User | None, participants: Iterable[Participant]) -> None:
    """Opens, keeps or lifts the case of each person whose cycle is closed, and settles anew those
    of the same person's later cycles, whose runs it belongs to.

    Runs inside the caller's transaction. Whoever is under appeal is left alone until the decision,
    and a case until each period of its run is closed. Running it again changes nothing.
    """
    for participant in participants:
        if not participant.appeals.pending().exists():
            _settle(actor, participant)
            for later in counting().filter(**_later(participant)).complete().reverse():
                _settle(actor, later)


def _later(participant: Participant) -> dict[str, Any]:
    cycle = participant.cycle
    return {
        "owner": participant.owner_id,
        "cycle__kind": cycle.kind,
        "cycle__start__gt": cycle.start,
    }


def _settle(actor: User | None, participant: Participant) -> None:
    case = ConsequenceCase.objects.filter(participant=participant).first()
    if case is not None and is_suspended(case):
        return
    run = run_of(participant)
    level, own = participant.result.level, participant.cycle.rules
    rule = rule_for(own, level=level, kpi_set=participant.kpi_set, periods=len(run))
    if rule is None:
        if case is not None:
            _lift(actor, case)
    elif case is None:
        _open(actor, participant, rule, run)
    elif case.rule != rule.key or case.status == Status.LIFTED:
        who, given = _named(participant, rule), {"periods": len(run), "facts": facts_of(run)}
        _change(actor, case, status=Status.OPEN, rule=rule.key, **given, **who)
    elif case.facts != facts_of(run):
        _renew(actor, case, run)


def run_of(participant: Participant) -> list[Participant]:
    """The unbroken run of closed cycles of this type at this person's present level, newest first.

    Cycles under appeal or without a result neither count nor break it (reading 6).
    """
    level = participant.result.level
    closed = counting().filter(
        owner=participant.owner_id,
        cycle__kind=participant.cycle.kind,
        cycle__start__lte=participant.cycle.start,
    )
    return list(takewhile(lambda one: one.result.level == level, closed.complete()))


def counting() -> ParticipantQuerySet:
    """The closed appraisals of which a run is made, newest first: with a result, and under no
    appeal (reading 6)."""
    pending = Appeal.objects.pending().values("participant_id")
    closed = Participant.objects.filter(stage=Stage.CLOSED, result__isnull=False)
    return closed.exclude(pk__in=pending).order_by("-cycle__start")


def rule_for(rules: Rules, *, level: str, kpi_set: str, periods: int) -> Consequence | None:
    """What these rules foresee for so many periods in a row at a level: the consequence that asks
    for most of them."""
    fitting = [
        rule
        for rule in rules.consequences
        if rule.level == level
        and rule.periods.value <= periods
        and (not rule.teams or kpi_set in rule.teams)
    ]
    return max(fitting, key=lambda rule: rule.periods.value, default=None)


def facts_of(run: Iterable[Participant]) -> list[dict[str, str]]:
    """What a case says of its periods: the result of each, as it stands now."""
    return [
        {"cycle": one.cycle.period.key, "score": str(one.result.score), "level": one.result.level}
        for one in run
    ]


def _open(
    actor: User | None, participant: Participant, rule: Consequence, run: list[Participant]
) -> None:
    case = ConsequenceCase.objects.create(
        participant=participant,
        owner=participant.owner,
        team=participant.team,
        rule=rule.key,
        periods=len(run),
        facts=facts_of(run),
        **_named(participant, rule),
    )
    write(
        actor=actor,
        verb="appraisal.case.opened",
        about=case,
        changes={"rule": [None, rule.key], "periods": [None, len(run)]},
    )


def _named(participant: Participant, rule: Consequence) -> dict[str, Any]:
    """Whom the rule names for this person, kept on the case (law 4)."""
    proposer = proposer_of(participant, rule, participant.cycle.rules)
    return {"proposer": proposer, "deciders": list(rule.decided_by.value)}


def proposer_of(participant: Participant, rule: Consequence, rules: Rules) -> str:
    """Who proposes the measure by these rules: whom the rule names. Nobody proposes for themselves:
    of the own post the superior does, of the manager whoever appraises the manager (reading 2)."""
    word, role = rule.proposed_by.value, participant.cycle.rules.post(participant.post).role
    if role == Role.MANAGER and (word == SUPERIOR or word in LINE):
        return rules.appraisal.superior_of_manager.value
    word = SUPERIOR if word == role else word
    return Role.MANAGER if word == SUPERIOR and participant.superior_id is None else word


def _lift(actor: User | None, case: ConsequenceCase) -> None:
    """No rule fits any more; the facts say what the periods came to."""
    facts = facts_of(periods_of(case).filter(result__isnull=False).complete())
    if case.status != Status.LIFTED:
        _change(actor, case, status=Status.LIFTED, facts=facts)


def _change(actor: User | None, case: ConsequenceCase, **values: Any) -> None:
    """What was proposed falls away with the rule that it rested on, and so does its approval. What
    was decided stays on a case that is lifted, and whom it concerned hears of it."""
    call_off(actor=actor, record=case)
    case.refresh_from_db()
    decided = case.status in (Status.DECIDED, Status.WAIVED)
    if decided and (case.status, values["status"]) != (Status.WAIVED, Status.LIFTED):
        _tell_fallen(case)
    changes = {name: [getattr(case, name), value] for name, value in values.items()}
    for name, value in values.items():
        setattr(case, name, value)
    if not (decided and case.status == Status.LIFTED):
        changes |= {name: [getattr(case, name), ""] for name in ("measure", "reason")}
        case.measure, case.reason, case.said = "", "", ""
        case.proposed_by, case.proposed_at, case.decided_at = None, None, None
    _save(case)
    write(actor=actor, verb=f"appraisal.case.{case.status}", about=case, changes=changes)


def _renew(actor: User | None, case: ConsequenceCase, run: list[Participant]) -> None:
    """The same rule on other facts: what was decided stands; what is only proposed comes back, as
    those who decide have read the old ones."""
    call_off(actor=actor, record=case)
    case.refresh_from_db()
    facts = facts_of(run)
    changes = {"facts": [case.facts, facts], "periods": [case.periods, len(run)]}
    case.facts, case.periods = facts, len(run)
    _save(case)
    write(actor=actor, verb="appraisal.case.changed", about=case, changes=changes)


def _tell_fallen(case: ConsequenceCase) -> None:
    """The person and whoever proposed and decided hear that the decision no longer stands."""
    cycle, key = case.participant.cycle, f"appraisal.measure_fallen:{case.pk}:{case.version}"
    tell(
        people=[case.owner],
        kind="appraisal.measure_fallen",
        title=format_lazy(FALLEN, cycle=cycle),
        url=case.participant.get_absolute_url(),
        about=case.participant,
        key=key,
    )
    decisions = Decision.objects.filter(step__request=latest(case)).select_related("by")
    others = {one.by for one in decisions} | {case.proposed_by}
    tell(
        people=sorted(others - {None}, key=lambda one: one.pk),
        kind="appraisal.measure_fallen",
        title=format_lazy(FALLEN_OF, person=case.owner, cycle=cycle),
        url=case.get_absolute_url(),
        about=case,
        key=key,
    )


@transaction.atomic
def propose_measure(
    *, actor: User, record: ConsequenceCase, measure: str, reason: str, said: str
) -> ConsequenceCase:
    """Whom the rulebook names proposes one measure of its list, after hearing the person, and hands
    it to those who decide; nothing takes effect by it (readings 7 and 10).

    Raises:
        Forbidden: it is not the actor's to propose, or their own case.
        NotNow: it is being decided or decided; an appeal is pending, the cycle is reopened, or the
            case is no longer founded; an improvement plan has to come first.
        Invalid: the measure is not in the list, no reason is given, or nobody heard the person.
    """
    access.require(actor, "propose", record)
    case = lock(ConsequenceCase.objects.select_related("participant__cycle__rulebook"), record.pk)
    proposed_now(case)
    _check(case, measure, reason, said)
    before = case.measure
    case.measure, case.reason, case.said = measure, reason.strip(), said.strip()
    case.status = Status.PROPOSED
    case.proposed_by, case.proposed_at = actor, worktime.now()
    _save(case)
    write(
        actor=actor,
        verb="appraisal.measure.proposed",
        about=case,
        changes={"measure": [before, measure], "reason": [None, case.reason]},
        for_person=principal(proposing_for(actor, case)),
    )
    submit(actor=actor, record=case, rules=deciding(case))
    return case


def proposed_now(case: ConsequenceCase) -> None:
    """Refuses where no measure can be proposed."""
    if sentence := why_not_yet(case):
        raise NotNow(sentence)


def _check(case: ConsequenceCase, measure: str, reason: str, said: str) -> None:
    wrong: dict[str, list[str]] = {}
    if measure not in [one.key for one in offered(rule_of(case).measures, case.measure)]:
        wrong["measure"] = [_("Choose a measure of the rulebook.")]
    if not reason.strip():
        wrong["reason"] = [_("Give the facts and the reason.")]
    if not said.strip():
        wrong["said"] = [_("Hear the person first, and write down what was said.")]
    if wrong:
        raise Invalid(fields=wrong)


def why_not_yet(case: ConsequenceCase) -> str:
    """The sentence that nothing can be proposed now; empty where it can."""
    if case.status in (Status.DECIDED, Status.WAIVED):
        return _("This case is: %(status)s.") % {"status": case.get_status_display()}
    if case.status == Status.LIFTED or is_suspended(case):
        return str(RESTS)
    missing = plans_missing(case)
    if missing:
        sentence = _("An improvement plan has to run first, for each of: %(periods)s (%(clause)s).")
        periods = _(", ").join(one.cycle.period.label for one in missing)
        return sentence % {"periods": periods, "clause": rule_of(case).clause}
    return ""


def plans_missing(case: ConsequenceCase) -> list[Participant]:
    """The failed periods without an improvement plan, where the rule asks for one (reading 9)."""
    if not rule_of(case).after_improvement_plan:
        return []
    return [one for one in run_of(case.participant) if not improvement.plan_ran(one)]


def deciding(case: ConsequenceCase) -> Rules:
    """The cycle's own rules, in which whom the case names decides over its measure."""
    rules = case.participant.cycle.rules
    rule = rule_of(case)
    decided = ApprovalRule(
        key=MEASURE,
        zh=rule.zh,
        en=rule.en,
        chain=Parameter[Chain](value=tuple(case.deciders), source=rule.decided_by.source),
        step_limit=Parameter[Limit](value=NO_LIMIT, source=Source.UNSET),
    )
    return rules.model_copy(update={"approvals": (*rules.approvals, decided)})


def measure_confirmed(record: ConsequenceCase, actor: User, request: Request) -> None:
    """After the last decision the measure stands; who carries it out is another act.

    Raises:
        NotNow: an appeal is pending or the result is open again, in any period of the run.
    """
    _decided(record, actor, Status.DECIDED)


def measure_waived(record: ConsequenceCase, actor: User, request: Request) -> None:
    """Waived with the reason that the decision carries (reading 10)."""
    _decided(record, actor, Status.WAIVED)


def measure_returned(record: ConsequenceCase, actor: User | None, request: Request) -> None:
    """To be proposed again: returned, or taken back."""
    case = lock(ConsequenceCase.objects.all(), record.pk)
    changes = {"status": [case.status, Status.OPEN]}
    case.status = Status.OPEN
    _save(case)
    write(actor=actor, verb="appraisal.measure.returned", about=case, changes=changes)


def _decided(record: ConsequenceCase, actor: User, status: Status) -> None:
    cases = ConsequenceCase.objects.select_related("participant__cycle__rulebook", "owner")
    case = lock(cases, record.pk)
    if is_suspended(case):
        raise NotNow(str(RESTS))
    changes = {"status": [case.status, status], "measure": [None, case.measure]}
    case.status, case.decided_at = status, worktime.now()
    _save(case)
    write(actor=actor, verb=f"appraisal.measure.{status}", about=case, changes=changes)
    _tell_person(case)


def _tell_person(case: ConsequenceCase) -> None:
    """The person hears what was decided; the case itself is read by others alone."""
    measures = rule_of(case).measures
    measure = next((one for one in measures if one.key == case.measure), "")
    taken = case.status == Status.DECIDED
    cycle = case.participant.cycle
    tell(
        people=[case.owner],
        kind="appraisal.measure_decided",
        title=format_lazy(TAKEN if taken else WAIVED, cycle=cycle, measure=measure),
        url=case.participant.get_absolute_url(),
        about=case.participant,
        key=f"appraisal.measure_decided:{case.pk}:{case.version}",
    )


def _save(case: ConsequenceCase) -> None:
    case.version += 1
    case.save()


def is_suspended(case: ConsequenceCase) -> bool:
    """Whether a pending appeal or a reopened cycle stops the case, in any period of its run."""
    return case.pk in suspended([case])


def suspended(cases: Collection[ConsequenceCase]) -> set[int]:
    """The ids of those cases that `is_suspended`; one query for any number of them."""
    pending = Appeal.objects.pending().values("participant_id")
    owners = {case.owner_id for case in cases}
    again = Participant.objects.filter(~Q(stage=Stage.CLOSED) | Q(pk__in=pending), owner__in=owners)
    found = list(again.values_list("pk", "owner_id", "cycle__kind", "cycle__start"))
    ids, runs = {pk for pk, *_run in found}, {tuple(run) for _pk, *run in found}
    return {
        case.pk for case in cases if case.participant_id in ids or not runs.isdisjoint(_run(case))
    }


def _run(case: ConsequenceCase) -> Iterator[tuple[int, str, date]]:
    """Whose, of what kind and beginning when: the periods on which the case rests."""
    for fact in case.facts:
        yield case.owner_id, case.participant.cycle.kind, Period.parse(fact["cycle"]).start


def periods_of(case: ConsequenceCase) -> ParticipantQuerySet:
    """The person's appraisals on which the case rests, newest first."""
    starts = [start for _owner, _kind, start in _run(case)]
    run = Q(owner=case.owner_id, cycle__kind=case.participant.cycle.kind, cycle__start__in=starts)
    found = Participant.objects.filter(run | Q(pk=case.participant_id))
    return found.order_by("-cycle__start")


def rule_of(case: ConsequenceCase) -> Consequence:
    """The consequence as the cycle's own rulebook words it."""
    rules = case.participant.cycle.rules
    return next(rule for rule in rules.consequences if rule.key == case.rule)
