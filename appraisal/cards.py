"""What this app puts on the first page and into the to-do centre."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import live
from appraisal.access import proposed_by, turn_of
from appraisal.desk import explaining
from appraisal.desk.cockpit import Cockpit
from appraisal.models import Appeal, ConsequenceCase, Cycle, Participant, Stage
from appraisal.roster import assigned
from appraisal.selectors import opens_on
from appraisal.services.consequences import plans_missing, suspended
from expansion import access, offers, worktime
from expansion.people.models import Role
from expansion.rounding import two_places
from expansion.rulebook.scoring import Indicator
from expansion.rulebook.selectors import rules_on
from expansion.ui import formats
from expansion.worktime import Period


def running_score(person: Any) -> dict[str, Any] | None:
    """The computed indicators of the running period, as of now, against the pace of time."""
    rules = rules_on()
    mine = next(iter(assigned(rules, worktime.today(), [person])), None)
    if mine is None:
        return None
    period = Period.containing(rules.appraisal.cycles[0])
    (standing,) = live.standings([mine], period, rules)
    rows = [_row(one, standing) for one in mine.kpi_set.indicators]
    shown = [row for row in rows if row is not None]
    block = standing.own_block(rules, period.kind.value)
    if not shown or block is None:
        return None
    return {"rows": shown, "period": period, "pace": pace(period, rules)} | {
        "points": block.points,
        "share": explaining.plain(block.share),
    }


def _row(one: Indicator, standing: live.Standing) -> dict[str, Any] | None:
    score = standing.score_of(one)
    if score is None:
        return None
    score = two_places(score)
    return {
        "label": f"{one.label()} {explaining.plain(one.weight.value)}%",
        "score": score,
        "said": _said(standing.counted(one), score),
    }


def _said(figure: live.LiveFigure | None, score: Any) -> str:
    """“8 / 12 家” where something is counted against a target, else the score itself."""
    if figure is None or figure.target == 100:
        return formats.number(score, 2)
    words = {
        "value": explaining.read(figure.value),
        "target": explaining.read(figure.target),
        "unit": figure.metric.unit,
    }
    return (_("%(value)s / %(target)s %(unit)s") % words).strip()


def running_cycle(person: Any) -> dict[str, Any] | None:
    """For those who run the appraisal: where the latest cycle stands, and when the next opens."""
    if not person.holds(Role.MANAGER, Role.HR):
        return None
    cycles = access.visible_to(person, Cycle.objects.select_related("rulebook"))
    begun = cycles.exclude(stage=Stage.PLANNED).order_by("-start", "kind").first()
    planned = cycles.filter(stage=Stage.PLANNED).order_by("end", "start").first()
    if begun is None and planned is None:
        return None
    desk = Cockpit(person, begun) if begun else None
    return {
        "cycle": begun,
        "tone": "done" if begun and begun.at == Stage.CLOSED else "info",
        "desk": desk,
        "pending": sum(one.pending for one in desk.appeals) if desk else 0,
        "planned": planned,
        "opens_on": opens_on(planned.rules, planned.period) if planned else None,
    }


def pace(period: Period, rules: Any) -> int:
    """How much of the period's working days has passed, in percent."""
    return worktime.pace_of(period, worktime.today(), rules.working_time.as_calendar()).percent


def todos(person: Any) -> Iterator[offers.Todo]:
    """Forms to fill, results to confirm, scores to fix, appeals to decide, cycles to close."""
    yield from _own(person)
    yield from _as_superior(person)
    yield from _appeals(person)
    yield from _cases(person)
    yield from _cycles(person)


def _own(person: Any) -> Iterator[offers.Todo]:
    writing = Q(stage=Stage.SELF_REVIEW)
    confirming = Q(stage=Stage.FEEDBACK, result__acknowledged_at=None)
    for one in Participant.objects.complete().filter(writing | confirming, owner=person):
        yield _self_review(one) if one.at == Stage.SELF_REVIEW else _result(one)


def _self_review(one: Participant) -> offers.Todo:
    return offers.Todo(
        kind="appraisal.self_review",
        title=_("Self-review for %(cycle)s") % {"cycle": one.cycle},
        url=f"{one.get_absolute_url()}/self-review",
        due=one.cycle.self_due_at,
        counted=True,
        act=_("Write"),
    )


def _result(one: Participant) -> offers.Todo:
    return offers.Todo(
        kind="appraisal.result",
        title=_("Result for %(cycle)s") % {"cycle": one.cycle},
        url=one.get_absolute_url(),
        due=one.result.appeal_until,
        counted=True,
        act=_("Confirm"),
    )


def _as_superior(person: Any) -> Iterator[offers.Todo]:
    waiting = Participant.objects.complete().filter(superior=person, stage=Stage.EVALUATION)
    for one in waiting:
        yield offers.Todo(
            kind="appraisal.evaluation",
            title=_("Evaluate %(person)s") % {"person": one.owner},
            url=f"{one.get_absolute_url()}/evaluation",
            due=one.cycle.evaluation_due_at,
            counted=True,
            detail=str(one.cycle),
            act=_("Evaluate"),
        )


def _appeals(person: Any) -> Iterator[offers.Todo]:
    handled = Appeal.objects.with_turn().filter(turn_of(person))
    for appeal in handled.select_related("owner"):
        yield offers.Todo(
            kind="appraisal.appeal",
            title=_("Appeal %(number)s of %(person)s")
            % {"number": appeal.number, "person": appeal.owner},
            url=appeal.get_absolute_url(),
            due=appeal.turn_until,
            counted=True,
            act=_("Gather the facts") if appeal.in_preparation else _("Decide the appeal"),
        )


def _cases(person: Any) -> Iterator[offers.Todo]:
    open_ones = ConsequenceCase.objects.filter(
        proposed_by(person), status=ConsequenceCase.Status.OPEN
    ).exclude(owner=person)
    cases = list(open_ones.select_related("owner", "participant__cycle__rulebook"))
    resting = suspended(cases)
    for case in cases:
        if case.pk in resting or plans_missing(case):
            continue
        yield offers.Todo(
            kind="appraisal.case",
            title=_("Propose a measure for %(person)s") % {"person": case.owner},
            url=case.get_absolute_url(),
            act=_("Propose"),
        )


def _cycles(person: Any) -> Iterator[offers.Todo]:
    if not person.holds(Role.MANAGER, Role.HR):
        return
    words = {
        Stage.REVIEW: (_("Fix the scores of %(cycle)s"), "deliver"),
        Stage.FEEDBACK: (_("Close %(cycle)s"), "close"),
    }
    for cycle in _ripe().filter(stage__in=words):
        sentence, action = words[cycle.at]
        if access.can(person, action, cycle):
            yield offers.Todo(
                kind=f"appraisal.{action}",
                title=sentence % {"cycle": cycle},
                url=cycle.get_absolute_url(),
                act=_("Go there"),
            )


def _ripe() -> QuerySet[Cycle]:
    """A cycle in feedback waits for its windows to end before anybody is asked to close it."""
    people = Participant.objects.filter(cycle=OuterRef("pk"))
    running = Exists(people.filter(result__appeal_until__gte=worktime.now()))
    return Cycle.objects.exclude(running, stage=Stage.FEEDBACK)


offers.add(
    offers.Card("appraisal.running", 30, "appraisal/_running.html", running_score, place="side"),
    offers.Card("appraisal.cycle", 35, "appraisal/_cycle_card.html", running_cycle, place="side"),
    offers.TodoSource("appraisal", gettext_lazy("Appraisal"), 60, todos),
    private=True,
)
