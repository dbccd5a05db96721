"""What this app puts on the first page and into the to-do centre."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal import scoring
from appraisal.access import roles_held
from appraisal.arithmetic import two_places
from appraisal.models import Appeal, ConsequenceCase, Cycle, Participant, Stage
from appraisal.roster import set_of
from expansion import access, metrics, offers, worktime
from expansion.people.models import Role
from expansion.rulebook.scoring import Indicator
from expansion.rulebook.selectors import rules_on
from expansion.worktime import Period

TEAM_MEAN = "appraisal.team_mean"


def running_score(person: Any) -> dict[str, Any] | None:
    """The computed indicators of the running period, as of now, against the pace of time."""
    rules = rules_on()
    kpi_set = set_of(person, rules, worktime.today())
    if kpi_set is None:
        return None
    period = Period.containing(rules.appraisal.cycles[0])
    figures = [
        _figure(person, one, part, period, rules)
        for one in kpi_set.indicators
        for part in one.how
        if part.metric and part.metric != TEAM_MEAN and part.metric in metrics.known()
    ]
    rows = [_row(one, figures) for one in kpi_set.indicators]
    shown = [row for row in rows if row is not None]
    return {"rows": shown, "period": period, "pace": pace(period, rules)} if shown else None


class _Figure:
    """A live value in the shape of a line, so that the cycle's own arithmetic reads it."""

    def __init__(self, indicator: str, part: str, value: Any, target: Any):
        self.indicator, self.part, self.value, self.target = indicator, part, value, target


def _figure(person: Any, one: Indicator, part: Any, period: Period, rules: Any) -> _Figure:
    metric = metrics.get(part.metric)
    reading = metric.read([person], period.begins_at, period.ends_at, rules).get(person.pk)
    target = part.target_for(period.kind.value)
    return _Figure(one.key, part.key, reading.value if reading else None, target)


def _row(one: Indicator, figures: list[_Figure]) -> dict[str, Any] | None:
    mine = [figure for figure in figures if figure.indicator == one.key]
    score = scoring.indicator_score(one, scoring.by_part(mine))
    if score is None:
        return None
    return {"label": one.label(), "score": two_places(score)}


def pace(period: Period, rules: Any) -> int:
    """How much of the period's working days has passed, in percent."""
    calendar = rules.working_time.as_calendar()
    gone = worktime.workdays_between(period.start, worktime.today(), calendar)
    whole = worktime.workdays_between(period.start, period.end, calendar)
    return min(100, round(100 * gone / whole)) if whole else 0


def todos(person: Any) -> Iterator[offers.Todo]:
    """Forms to fill, results to confirm, scores to fix, appeals to decide, cycles to close."""
    yield from _own(person)
    yield from _as_superior(person)
    yield from _appeals(person)
    yield from _cases(person)
    yield from _cycles(person)


def _own(person: Any) -> Iterator[offers.Todo]:
    mine = Participant.objects.complete().filter(owner=person)
    for one in mine.filter(stage=Stage.SELF_REVIEW):
        yield offers.Todo(
            kind="appraisal.self_review",
            title=_("Self-review for %(cycle)s") % {"cycle": one.cycle},
            url=f"{one.get_absolute_url()}/self-review",
            due=one.cycle.self_due_at,
            act=_("Write"),
        )
    for one in mine.filter(stage=Stage.FEEDBACK, result__acknowledged_at=None):
        yield offers.Todo(
            kind="appraisal.result",
            title=_("Result for %(cycle)s") % {"cycle": one.cycle},
            url=one.get_absolute_url(),
            due=one.result.appeal_until,
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
            detail=str(one.cycle),
            act=_("Evaluate"),
        )


def _appeals(person: Any) -> Iterator[offers.Todo]:
    handled = Appeal.objects.pending().filter(participant__final_by__in=roles_held(person))
    for appeal in handled.exclude(owner=person).select_related("owner"):
        yield offers.Todo(
            kind="appraisal.appeal",
            title=_("Appeal %(number)s of %(person)s")
            % {"number": appeal.number, "person": appeal.owner},
            url=appeal.get_absolute_url(),
            due=appeal.decide_until,
            act=_("Decide the appeal"),
        )


def _cases(person: Any) -> Iterator[offers.Todo]:
    open_ones = ConsequenceCase.objects.filter(
        status=ConsequenceCase.Status.OPEN, participant__final_by__in=roles_held(person)
    ).exclude(owner=person)
    for case in open_ones.select_related("owner"):
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
    for cycle in Cycle.objects.filter(stage__in=words):
        sentence, action = words[cycle.at]
        if access.can(person, action, cycle) and _is_ripe(cycle):
            yield offers.Todo(
                kind=f"appraisal.{action}",
                title=sentence % {"cycle": cycle},
                url=cycle.get_absolute_url(),
                act=_("Go there"),
            )


def _is_ripe(cycle: Cycle) -> bool:
    """A cycle in feedback waits for its windows to end before anybody is asked to close it."""
    running = cycle.participants.filter(result__appeal_until__gte=worktime.now())
    return cycle.at != Stage.FEEDBACK or not running.exists()


offers.add(
    offers.Card("appraisal.running", 30, "appraisal/_running.html", running_score, place="side"),
    offers.TodoSource("appraisal", gettext_lazy("Appraisal"), 60, todos),
)
