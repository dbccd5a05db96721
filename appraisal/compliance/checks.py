"""What the steps of an appraisal answer for: opened, written, fixed, told, followed (A-5)."""

from collections.abc import Iterable, Iterator
from datetime import time
from functools import partial

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from appraisal.metrics import TEAM_MEAN
from appraisal.models import Appeal, ConsequenceCase, Cycle, Line, Participant, Review, Stage
from appraisal.scoring import indicators
from appraisal.selectors import opens_on
from expansion import clock, compliance, worktime
from expansion.approvals.approvers import SUPERIOR
from expansion.compliance import Check, Instance, Listed, Query, Reach, Reminder, Span, state_of
from expansion.people.models import Membership, Role
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import Indicator
from expansion.worktime.compliance import Interval


def cycles_opened(rules: Rules, clause: str) -> Listed:
    """Cycles by the day they open: kept where opened on it (A-5.3b, reading 15)."""
    return Listed(_openings)


def self_reviews(rules: Rules, clause: str) -> Query:
    """Everybody's self-review, by its limit (A-5.4.1)."""
    return _reviews(Review.Party.SELF, "owner_id", "cycle__self_due_at")


def superiors_reviews(rules: Rules, clause: str) -> Query:
    """The evaluation of everybody by the superior, by its limit (A-5.4.2)."""
    return _reviews(Review.Party.SUPERIOR, "superior_id", "cycle__evaluation_due_at")


def finals(rules: Rules, clause: str) -> Query:
    """Final scores, by the moment the evaluation is due: kept where fixed (A-5.4.3).

    No day is set for it: it runs as long as feedback may take after that (`feedback_due`).
    """
    limit, calendar = rules.appraisal.feedback_due.value, rules.working_time.as_calendar()
    oldest = worktime.before(clock.now(), limit, calendar)
    return Query(
        _participants().annotate(fixer=_done_by("result__finalized_by_id", OuterRef("final_by"))),
        person="fixer",
        due="cycle__evaluation_due_at",
        done="result__finalized_at",
        kept=Q(result__finalized_at__isnull=False),
        open=Q(cycle__evaluation_due_at__gte=oldest),
    )


def finals_owed(rules: Rules, clause: str) -> Listed:
    """Cycles with final scores to be fixed, until the time is over in which `finals` still calls
    them running; where no clause asks for them there are none."""
    return Listed(partial(_finals_owed, rules) if clause else lambda reach, span: ())


def told_and_heard(rules: Rules, clause: str) -> Listed:
    """Fixed results, told within `feedback_due`, and appeals, decided by their day (A-5.4.4)."""
    return Listed(partial(_told_and_heard, rules))


def results_told(rules: Rules, clause: str) -> Listed:
    """Cycles with fixed results to be told; who decides an appeal is reminded by another way."""
    return Listed(lambda reach, span: _by_cycle(_told(rules, reach, span)))


def appeals(rules: Rules, clause: str) -> Query:
    """Appeals by the moment their decision is due (C-6.3.3)."""
    return Query(
        Appeal.objects.all(),
        person="handler_id",
        due="decide_until",
        done="decided_at",
        kept=Q(decided_at__lte=F("decide_until")),
        open=Q(decided_at=None, decide_until__gte=clock.now()),
    )


def measures(rules: Rules, clause: str) -> Query:
    """Cases that a result opened under this clause: kept where a measure is proposed (A-5.5.3).

    No day is set for it; it is broken once the person's next cycle of that kind has closed without
    one. A case of the person is no matter of the team: it counts for who has to propose.
    """
    kinds = [rule.key for rule in rules.consequences if rule.clause == clause]
    states = ConsequenceCase.Status
    standing = ConsequenceCase.objects.exclude(status=states.LIFTED)
    later = Participant.objects.filter(
        owner=OuterRef("owner"),
        stage=Stage.CLOSED,
        cycle__kind=OuterRef("participant__cycle__kind"),
        cycle__start__gt=OuterRef("participant__cycle__start"),
    )
    return Query(
        standing.filter(rule__in=kinds)
        .select_related("participant__owner", "participant__cycle")
        .annotate(proposes=_who_proposes()),
        person="proposes",
        due="created_at",
        done="proposed_at",
        kept=Q(status__in=(states.PROPOSED, states.DECIDED, states.WAIVED)),
        open=~Q(Exists(later)),
        team="",
    )


def scored(rules: Rules, clause: str) -> Query:
    """The people whom the indicators of this clause score, by the moment the evaluation is due.

    Kept where every part has its figure, or the figure says that there is nothing to judge; a
    rating that is missing after that moment breaks it.
    """
    known = _indicators_of(rules, clause)
    lines = Line.objects.filter(
        participant=OuterRef("pk"), indicator__in={key for keys in known.values() for key in keys}
    )
    return Query(
        _participants().filter(kpi_set__in=known),
        person="owner_id",
        due="cycle__evaluation_due_at",
        kept=Q(Exists(lines)) & ~Q(Exists(lines.filter(rated=True, value=None))),
        open=Q(cycle__evaluation_due_at__gte=clock.now()),
    )


def _participants() -> QuerySet[Participant]:
    return Participant.objects.select_related("owner", "cycle")


def _reviews(party: str, person: str, due: str) -> Query:
    submitted = Review.objects.filter(
        participant=OuterRef("pk"), party=party, submitted_at__isnull=False
    )
    return Query(
        _participants().annotate(done_at=Subquery(submitted.values("submitted_at")[:1])),
        person=person,
        due=due,
        done="done_at",
        kept=Q(Exists(submitted.filter(late=False))),
        open=Q(done_at=None, **{f"{due}__gte": clock.now()}),
    )


def _who_proposes() -> Coalesce:
    """Who proposed it; before that, whom the case names."""
    superior = Case(When(proposer=SUPERIOR, then=F("participant__superior_id")))
    holder = _done_by("proposed_by_id", OuterRef("proposer"))
    return Coalesce("proposed_by_id", superior, holder, output_field=BigIntegerField())


def _done_by(person: str, role: OuterRef) -> Coalesce:
    """Who did it; before that, who holds the role today, the longest first."""
    seats = Membership.objects.on(clock.today()).filter(post__role=role).order_by("since", "pk")
    holder = Subquery(seats.values("user_id")[:1])
    return Coalesce(person, holder, output_field=BigIntegerField())


def _indicators_of(rules: Rules, clause: str) -> dict[str, set[str]]:
    """The indicators whose weight rests on a clause, by the sets that score with them.

    The mean of the teams of a head is no such indicator: it repeats what its people have.
    """
    found = {
        one.key: {
            indicator.key
            for indicator in indicators(rules, one)
            if indicator.weight.clause == clause and not _is_mean(indicator)
        }
        for one in rules.kpi_sets
        if one.kind != "common"
    }
    return {kpi_set: keys for kpi_set, keys in found.items() if keys}


def _is_mean(indicator: Indicator) -> bool:
    return any(part.metric == TEAM_MEAN for part in indicator.how)


def _openings(reach: Reach, span: Span) -> Iterator[Instance]:
    """The department's cycles; they are the manager's to open, whatever team is asked for."""
    manager = Membership.objects.on(clock.today()).filter(post__role=Role.MANAGER)
    person = manager.order_by("since", "pk").values_list("user_id", flat=True).first()
    if reach.person not in (None, person):
        return
    for cycle in Cycle.objects.filter(start__lte=span.last).select_related("rulebook"):
        day, opened = opens_on(cycle.rules, cycle.period), cycle.opened_at
        if span.has(day):
            opened_on = clock.local_date(opened) if opened else None
            yield Instance(cycle, person, day, opened, state_of(day, opened_on))


def _finals_owed(rules: Rules, reach: Reach, span: Span) -> Iterator[Instance]:
    limit, calendar = rules.appraisal.feedback_due.value, rules.working_time.as_calendar()
    begins = Interval(limit, calendar).begins(span)
    for one in _by_cycle(finals(rules, "").every(reach, Span(begins, span.last))):
        due = worktime.deadline(one.due, limit, calendar)
        if due and span.has(due):
            yield one._replace(due=due)


def _by_cycle(found: Iterable[Instance]) -> set[Instance]:
    """What is still to be done, once in a cycle: whoever stands above reads no single result."""
    return {one._replace(record=one.record.cycle) for one in found if one.done is None}


def _told_and_heard(rules: Rules, reach: Reach, span: Span) -> Iterator[Instance]:
    yield from _told(rules, reach, span)
    for one in appeals(rules, "").within(reach, span):
        yield Instance(one, one.handler_id, one.decide_until, one.decided_at, one.state)


def _told(rules: Rules, reach: Reach, span: Span) -> Iterator[Instance]:
    limit, calendar = rules.appraisal.feedback_due.value, rules.working_time.as_calendar()
    begins = clock.moment_on(Interval(limit, calendar).begins(span), time())
    fixed = _participants().select_related("result").filter(result__finalized_at__gte=begins)
    for one in fixed.filter(reach.of("result__finalized_by", "team")):
        fixed_at, told_at = one.result.finalized_at, one.result.delivered_at
        due = worktime.deadline(fixed_at, limit, calendar)
        if due and span.has(due):
            state = state_of(due, told_at)
            yield Instance(one, one.result.finalized_by_id, due, told_at, state)


SCORED = (
    *("A-5.2.1a", "A-5.2.1b", "A-5.2.1c", "A-5.2.2a", "A-5.2.2b", "A-5.2.2c"),
    *("A-5.2.3a", "A-5.2.3b", "A-5.2.3c", "A-5.2.4a", "A-5.2.4b"),
    *("B-6.1.1", "B-6.1.2", "B-6.1.3", "B-6.1.4"),
    "C-6.1.2",
    *("D-2.3.1a", "D-2.3.1b", "D-2.3.1c", "D-2.3.1d"),
    *("D-3.3.1a", "D-3.3.1b", "D-3.3.1c", "D-3.3.1d"),
    *("E4-13.1", "E4-13.2", "E4-13.3", "E7-5.1", "E8-4.2", "E10-2b"),
)
CYCLES = ("A-5.3b", "B-6.2b", "D-2.3.2", "D-3.3.2", "E1-15")
SELF_REVIEWS = ("A-5.4.1", "B-6.3.1", "D-2.3.3a", "D-3.3.3a")
EVALUATIONS = ("A-5.4.2", "B-6.3.2", "D-2.3.3b", "D-3.3.3b")
CONSEQUENCES = ("A-5.5.3a", "A-5.5.3b", "C-6.4.2b", "D-2.3.4b", "D-3.3.4b")

compliance.add(
    Check(
        "appraisal.cycles_opened",
        lazy("Appraisals opened on their day"),
        cycles_opened,
        clauses=CYCLES,
        due=lazy("opens"),
        done=lazy("opened"),
        settings=("appraisal.opens",),
    ),
    Check(
        "appraisal.self_reviews",
        lazy("Self-reviews in time"),
        self_reviews,
        clauses=SELF_REVIEWS,
        due=lazy("self-review due"),
        done=lazy("submitted"),
        settings=("appraisal.self_due",),
    ),
    Check(
        "appraisal.evaluations",
        lazy("Evaluations in time"),
        superiors_reviews,
        clauses=EVALUATIONS,
        due=lazy("evaluation due"),
        done=lazy("submitted"),
        settings=("appraisal.evaluation_due",),
    ),
    Check(
        "appraisal.finals",
        lazy("Final scores set"),
        finals,
        clauses=("A-5.4.3",),
        due=lazy("evaluation due"),
        done=lazy("fixed"),
        settings=("appraisal.final_by", "appraisal.feedback_due"),
        reads=("appraisal.feedback_due", "working_time"),
        reminder=Reminder(
            "results",
            "appraisal.final",
            lazy("final scores of {record}"),
            lambda count: ngettext(
                "final scores of %(count)s cycle", "final scores of %(count)s cycles", count
            ),
            cases=finals_owed,
        ),
    ),
    Check(
        "appraisal.told_and_heard",
        lazy("Results told and appeals decided in time"),
        told_and_heard,
        clauses=("A-5.4.4",),
        due=lazy("due"),
        done=lazy("done"),
        settings=("appraisal.feedback_due", "appraisal.appeal_window", "appraisal.appeal_decision"),
        reads=("appraisal.feedback_due", "working_time"),
        reminder=Reminder(
            "results",
            "appraisal.result",
            lazy("results of {record} to be told"),
            lambda count: ngettext(
                "results of %(count)s cycle to be told",
                "results of %(count)s cycles to be told",
                count,
            ),
            cases=results_told,
        ),
    ),
    Check(
        "appraisal.appeals",
        lazy("Appeals decided in time"),
        appeals,
        clauses=("C-6.3.3",),
        due=lazy("decision due"),
        done=lazy("decided"),
        settings=("appraisal.appeal_window", "appraisal.appeal_decision"),
    ),
    Check(
        "appraisal.measures",
        lazy("Measures proposed"),
        measures,
        clauses=CONSEQUENCES,
        due=lazy("case opened"),
        done=lazy("proposed"),
        by_clause=True,
    ),
    Check(
        "appraisal.scored",
        lazy("Scored by these indicators"),
        scored,
        clauses=SCORED,
        due=lazy("evaluation due"),
        settings=("appraisal.evaluation_due",),
        by_clause=True,
        reads=("appraisal.combine.mode", "appraisal.combine.overall_share"),
    ),
)
