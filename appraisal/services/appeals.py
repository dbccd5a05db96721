"""Appeals: filed within the window, taken up, decided with values before and after (A-5.4.4)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal.access import HANDLER, acting_for
from appraisal.models import Appeal, Evidence, Line, Participant, Result, Stage
from appraisal.scoring import SIX_PLACES
from appraisal.services.consequences import run_consequences
from appraisal.services.results import compute_results
from appraisal.services.steps import expect, locked, principal
from expansion import access, worktime
from expansion.approvals.approvers import holders_of
from expansion.audit.services import write
from expansion.errors import Forbidden, Gone, Invalid, NotNow
from expansion.notices.services import tell
from expansion.numbering.services import next_number
from expansion.people.models import Mandate, User
from expansion.records import lock


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
    expect(participant, Stage.FEEDBACK, Stage.CLOSED)
    _within_window(participant.result)
    if not text.strip():
        raise Invalid(fields={"text": [_("Say what is wrong and why.")]})
    line = _own_line(participant, line, evidence)
    rules = participant.cycle.rules
    appeal = Appeal(
        participant=participant,
        owner=participant.owner,
        team=participant.team,
        number=next_number(key="appeal", rules=rules),
        line=line,
        evidence=evidence,
        contested=_contested(participant, line, evidence),
        ground=ground,
        text=text.strip(),
        filed_at=worktime.now(),
        decide_until=worktime.deadline(
            worktime.now(), rules.appraisal.appeal_decision.value, rules.working_time.as_calendar()
        ),
    )
    _store(appeal)
    write(actor=actor, verb="appraisal.appeal.filed", about=appeal)
    _tell_handlers(appeal)
    return appeal


def _within_window(result: Result) -> None:
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


def handlers(appeal: Appeal) -> list[User]:
    """Who handles appeals of this person today, in person."""
    return holders_of(appeal.participant.appeals_by, appeal.participant.team)


def acting_handlers(appeal: Appeal, principals: list[User]) -> list[User]:
    """Who handles it for these today by a mandate over all duties; never whose appeal it is."""
    running = Mandate.objects.active(worktime.now()).filter(principal__in=principals, kinds=[])
    others = running.exclude(delegate=appeal.owner_id).select_related("delegate")
    return [mandate.delegate for mandate in others.order_by("pk")]


def _tell_handlers(appeal: Appeal) -> None:
    found = handlers(appeal)
    tell(
        people=[*found, *acting_handlers(appeal, found)],
        kind="appraisal.appeal",
        title=format_lazy(
            gettext_lazy("{person} appeals: {number}"), person=appeal.owner, number=appeal.number
        ),
        url=appeal.get_absolute_url(),
        about=appeal,
        key=f"appraisal.appeal:{appeal.pk}",
    )


@transaction.atomic
def accept_appeal(*, actor: User, record: Appeal) -> Appeal:
    """The handler takes the appeal up and looks into it; a second call changes nothing."""
    access.require(actor, "accept", record)
    appeal = _locked(record)
    if appeal.status == Appeal.Status.DECIDED:
        raise NotNow(_("This appeal is decided."))
    if appeal.status == Appeal.Status.FILED:
        appeal.status, appeal.accepted_at = Appeal.Status.ACCEPTED, worktime.now()
        appeal.handler = actor
        _save(appeal)
        _note(actor, "appraisal.appeal.accepted", appeal, {})
    return appeal


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
        Forbidden: the actor does not handle appeals of this person, or it is the own one.
        NotNow: it has not been taken up, or is decided.
        Invalid: there are no findings, a change changes nothing, or a value does not fit.
    """
    access.require(actor, "decide", record)
    appeal = _locked(record, version)
    if appeal.status != Appeal.Status.ACCEPTED:
        raise NotNow(_("Only an appeal that has been taken up can be decided."))
    participant = locked(appeal.participant)
    values = dict(values or {})
    _check_decision(participant, decision, findings, values)
    appeal.before = _state(participant, values)
    if values:
        _correct(appeal, participant, values)
    appeal.after = _state(participant, values)
    appeal.status, appeal.decision = Appeal.Status.DECIDED, decision
    appeal.findings, appeal.decided_at, appeal.handler = findings.strip(), worktime.now(), actor
    appeal.decided_for = principal(acting_for(actor, participant, HANDLER))
    _save(appeal)
    changes = {name: [value, appeal.after[name]] for name, value in appeal.before.items()}
    _note(actor, "appraisal.appeal.decided", appeal, {**changes, "decision": [None, decision]})
    _settle_closed(actor, participant)
    _tell_person(appeal)
    return appeal


def _locked(appeal: Appeal, version: int | None = None) -> Appeal:
    records = Appeal.objects.select_related("participant__cycle__rulebook", "owner")
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


def _correct(appeal: Appeal, participant: Participant, values: Mapping[int, Decimal]) -> None:
    for line in Line.objects.filter(pk__in=values):
        line.value = values[line.pk].quantize(SIX_PLACES)
        line.corrected_by = appeal
        line.save(update_fields=["value", "corrected_by"])
    compute_results([participant])
    Result.objects.filter(participant=participant).update(acknowledged_at=None)
    _follow_longer(participant)


def _follow_longer(participant: Participant) -> None:
    """A year that has not closed follows its quarter (reading 16)."""
    cycle = participant.cycle
    longer = Participant.objects.complete().filter(
        owner=participant.owner_id,
        cycle__start__lte=cycle.start,
        cycle__end__gte=cycle.end,
        result__isnull=False,
    )
    compute_results(longer.exclude(cycle=cycle).exclude(stage=Stage.CLOSED))


def _settle_closed(actor: User, participant: Participant) -> None:
    """Where the cycle is closed, the consequences catch up with the decision."""
    if participant.at == Stage.CLOSED:
        run_consequences(actor=actor, participants=[locked(participant)])


def _save(appeal: Appeal) -> None:
    appeal.version += 1
    appeal.save()


def _note(actor: User, verb: str, appeal: Appeal, changes: Mapping[str, Any]) -> None:
    if appeal.owner_id == actor.pk:
        raise Forbidden(_("Nobody decides the own appeal."))
    person = principal(acting_for(actor, appeal.participant, HANDLER))
    write(actor=actor, verb=verb, about=appeal, changes=changes, for_person=person)


def _tell_person(appeal: Appeal) -> None:
    tell(
        people=[appeal.owner],
        kind="appraisal.appeal_decided",
        title=format_lazy(gettext_lazy("Your appeal {number} is decided"), number=appeal.number),
        url=appeal.get_absolute_url(),
        about=appeal,
        key=f"appraisal.appeal_decided:{appeal.pk}",
    )
