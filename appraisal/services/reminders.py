"""Reminders of steps that fall due, each exactly once, and nudges by hand (R-apr-03)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal.models import Appeal, Cycle, Participant, Review, Stage
from appraisal.services.appeals import acting_hearers, deciders, hearers
from appraisal.services.reviews import go_on_without_self_review
from appraisal.services.steps import allow
from expansion import worktime
from expansion.audit.services import write
from expansion.errors import NotNow
from expansion.notices import ladders
from expansion.notices.services import tell
from expansion.people.models import User

WORDS = {
    "self_review.ahead": gettext_lazy("Your self-review for {cycle} is due"),
    "self_review.late": gettext_lazy("Your self-review for {cycle} is late"),
    "evaluation.ahead": gettext_lazy("Your evaluations for {cycle} are due"),
    "evaluation.late": gettext_lazy("Evaluations for {cycle} are late"),
    "acknowledge.ahead": gettext_lazy("The appeal window for {cycle} is about to end"),
    "nudge.self_review": gettext_lazy("Please submit your self-review for {cycle}"),
    "nudge.evaluation": gettext_lazy("Please submit your evaluations for {cycle}"),
    "nudge.feedback": gettext_lazy("Please confirm your result for {cycle}"),
}


def remind() -> int:
    """Tells everybody once before and once after each limit; returns how many were told."""
    told = sum(_remind(cycle) for cycle in Cycle.objects.running().select_related("rulebook"))
    appealed = Appeal.objects.pending().order_by().values("participant__cycle")
    cycles = Cycle.objects.filter(pk__in=appealed).select_related("rulebook")
    return told + sum(_remind_of_appeals(cycle) for cycle in cycles)


@transaction.atomic
def _remind(cycle: Cycle) -> int:
    people = list(cycle.participants.complete())
    told = _around(cycle, "self_review", cycle.self_due_at, _owe_self_review(people))
    go_on_without_self_review(cycle.pk)
    people = list(cycle.participants.complete())
    told += _around(cycle, "evaluation", cycle.evaluation_due_at, _owe_evaluation(people))
    told += _tell_above_of_self_reviews(cycle, people)
    told += _tell_above(cycle, people)
    return told + _before_window_ends(cycle, people)


def _owe_self_review(people: Iterable[Participant]) -> list[User]:
    return [one.owner for one in people if one.at == Stage.SELF_REVIEW]


def _owe_evaluation(people: Iterable[Participant]) -> list[User]:
    return [one.superior for one in people if one.at == Stage.EVALUATION and one.superior]


def _lead(cycle: Cycle) -> worktime.Limit:
    """How long before a step falls due somebody is reminded of it."""
    return cycle.rules.ladder("appraisal").remind_before.value


def _tell_above(cycle: Cycle, people: list[Participant]) -> int:
    """Superiors of those who owe an evaluation, and the manager, hear of it as the ladder says."""
    waiting = [one for one in people if one.at == Stage.EVALUATION and one.superior]
    if cycle.evaluation_due_at is None:
        return 0
    owed = [
        ladders.Owed(
            people=(one.superior,),
            due_at=cycle.evaluation_due_at,
            what=str(one),
            key=f"{one.pk}:{cycle.opened_at:%Y%m%d}",
            url=one.get_absolute_url(),
            about=one,
        )
        for one in waiting
    ]
    return ladders.tell_late(
        owed,
        now=worktime.now(),
        kind="appraisal.evaluation",
        ladder="appraisal",
        rules=cycle.rules,
        only_above=True,
    )


def _tell_above_of_self_reviews(cycle: Cycle, people: list[Participant]) -> int:
    """The same of those who owe a self-review, as long as one is still taken."""
    if cycle.self_due_at is None:
        return 0
    written = Review.objects.filter(
        participant__cycle=cycle, party=Review.Party.SELF, submitted_at__isnull=False
    )
    done = set(written.values_list("participant_id", flat=True))
    owed = [
        ladders.Owed(
            people=(one.owner,),
            due_at=cycle.self_due_at,
            what=format_lazy(gettext_lazy("self-review for {cycle}"), cycle=cycle),
            key=f"{one.pk}:{cycle.opened_at:%Y%m%d}",
            url=one.get_absolute_url(),
            about=one,
        )
        for one in people
        if one.at == Stage.EVALUATION and one.pk not in done
    ]
    return ladders.tell_late(
        owed,
        now=worktime.now(),
        kind="appraisal.self_review",
        ladder="appraisal",
        rules=cycle.rules,
        only_above=True,
    )


@transaction.atomic
def _remind_of_appeals(cycle: Cycle) -> int:
    """Who is to decide an appeal hears of it before that is due and once it is late; above them,
    who may not read the appeal is told its number alone, and is led to the cycle."""
    pending = Appeal.objects.pending().filter(participant__cycle=cycle)
    found = list(pending.with_turn().select_related("team", "handler", "first").order_by("pk"))
    facts = [_owed(one, one.turn_until, hearers(one)) for one in found if one.in_preparation]
    decisions = [
        _owed(one, one.decide_until, deciders(one), held=not one.in_preparation) for one in found
    ]
    told = _remind_of_an_appeal(cycle, "appraisal.appeal_facts", facts)
    return told + _remind_of_an_appeal(cycle, "appraisal.appeal", decisions)


def _remind_of_an_appeal(cycle: Cycle, kind: str, found: list[ladders.Owed | None]) -> int:
    owed = [one for one in found if one is not None]
    outside = [replace(one, about=cycle, url=cycle.get_absolute_url()) for one in owed]
    ladder, rules, now = "appeals", cycle.rules, worktime.now()
    told = ladders.remind(owed, now=now, kind=kind, ladder=ladder, rules=rules)
    above = ladders.tell_late(
        outside, now=now, kind=kind, ladder=ladder, rules=rules, only_above=True
    )
    return sum(told.values()) + above


def _owed(
    appeal: Appeal, due: datetime | None, people: list[User], *, held: bool = True
) -> ladders.Owed | None:
    """The facts or the decision of an appeal, which whoever has taken it up may have to give; None
    where no day is set for it."""
    if due is None:
        return None
    has_it = [appeal.handler] if held and appeal.handler else []
    return ladders.Owed(
        people=tuple(people),
        due_at=due,
        what=format_lazy(gettext_lazy("appeal {number}"), number=appeal.number),
        key=f"{appeal.pk}.{worktime.local_date(due)}",
        url=appeal.get_absolute_url(),
        about=appeal,
        acting=(*has_it, *acting_hearers(appeal, people)),
        unit=appeal.team_id,
        counted=True,
    )


def _around(cycle: Cycle, step: str, due: datetime | None, people: list[User]) -> int:
    if due is None or not people:
        return 0
    calendar = cycle.rules.working_time.as_calendar()
    if worktime.now() > due:
        return _tell(cycle, f"{step}.late", people)
    if worktime.now() >= worktime.before(due, _lead(cycle), calendar):
        return _tell(cycle, f"{step}.ahead", people)
    return 0


def _before_window_ends(cycle: Cycle, people: list[Participant]) -> int:
    """Whoever has not confirmed hears once, before the appeal window ends."""
    open_ones = [one for one in people if one.at == Stage.FEEDBACK]
    waiting = [one for one in open_ones if one.result.acknowledged_at is None]
    ends = [one.result.appeal_until for one in waiting if one.result.appeal_until]
    if not ends or worktime.now() > max(ends):
        return 0
    calendar = cycle.rules.working_time.as_calendar()
    if worktime.now() < worktime.before(max(ends), _lead(cycle), calendar):
        return 0
    return _tell(cycle, "acknowledge.ahead", [one.owner for one in waiting])


def _tell(cycle: Cycle, what: str, people: list[User], *, key: str = "") -> int:
    opened = f"{cycle.opened_at:%Y%m%d}"
    told = tell(
        people=people,
        kind=f"appraisal.{what}",
        title=format_lazy(WORDS[what], cycle=cycle),
        url=reverse("appraisal:mine" if "evaluation" not in what else "appraisal:evaluations"),
        key=f"appraisal.{what}:{cycle.pk}:{opened}{key}",
    )
    return len(told)


@transaction.atomic
def nudge(*, actor: User, record: Cycle, participant: Participant | None = None) -> Cycle:
    """Reminds those whose step is open, or one of them; each at most once a day.

    Raises:
        NotNow: nobody is waited for.
    """
    allow(actor, "nudge", record)
    day = f":{worktime.today().isoformat()}"
    owed = waited_for(record, participant)
    told = {what: _tell(record, what, who, key=day) for what, who in owed.items()}
    write(actor=actor, verb="appraisal.nudged", about=record, changes=_counts(told))
    return record


def waited_for(cycle: Cycle, participant: Participant | None = None) -> dict[str, list[User]]:
    """Who owes what, of everybody or around one person; refuses where nobody owes anything."""
    people = list(cycle.participants.complete())
    chosen = [one for one in people if participant is None or one.pk == participant.pk]
    owed = {
        "nudge.self_review": _owe_self_review(chosen),
        "nudge.evaluation": _owe_evaluation(chosen),
        "nudge.feedback": [one.owner for one in chosen if awaits_confirmation(one)],
    }
    found = {what: people for what, people in owed.items() if people}
    if not found:
        raise NotNow(_("Nobody is waited for."))
    return found


def _counts(told: dict[str, int]) -> dict[str, Any]:
    return {what: [None, count] for what, count in told.items()}


def awaits_confirmation(participant: Participant) -> bool:
    """Whether the person is waited for to confirm what was delivered."""
    return participant.at == Stage.FEEDBACK and is_unconfirmed(participant)


def is_unconfirmed(participant: Participant) -> bool:
    """Delivered and never confirmed, whatever has come since."""
    if not participant.at.reached(Stage.FEEDBACK):
        return False
    return participant.result.acknowledged_at is None
