"""The appraisals of a small department: every cycle of two closed periods brought to its end.

Whatever kinds of cycles the rules know, the shorter ones are delivered before the longer one is
evaluated. Parties that give no answers leave their share to the others.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from appraisal import preset_words as words
from appraisal.access import fixing
from appraisal.models import Cycle, Participant, Result, Stage
from appraisal.scoring import indicators
from appraisal.selectors import opens_on
from appraisal.services.cycles import close_cycle, open_due_cycles, set_target
from appraisal.services.results import acknowledge_result, deliver_results, fix_results
from appraisal.services.reviews import save_evaluation, save_self_review
from expansion import worktime
from expansion.jobs.models import Job
from expansion.jobs.services import run
from expansion.people.models import Role, User
from expansion.worktime import Period

PAUSE = 4  # working days for which a quarter waits for its last month
SMALLER = 12  # by how much the targets of a small department are below those of the rules


def sow(demo: Any) -> None:
    """Opens what falls due since the story began, and carries it on."""
    diary = demo.diary()
    for day in _opening_days(demo):
        diary.enter(demo.moment(day, 8, 30), partial(_open, demo, diary))
    diary.play()


def _opening_days(demo: Any) -> Iterable[Any]:
    days = set()
    for kind in demo.rules.appraisal.cycles:
        period = Period.containing(kind, demo.begins)
        while period.end < demo.today:
            days.add(opens_on(demo.rules, period))
            period = period.next()
    return sorted(days)


def _open(demo: Any, diary: Any) -> None:
    """All that fall due together: what is asked stands before the figures are collected."""
    opened = open_due_cycles(worktime.today(), demo.rules)
    for cycle in opened:
        _agree_on_targets(demo, cycle)
    for job in Job.objects.filter(name="appraisal.roll_up", state=Job.State.WAITING):
        run(job)
    for cycle in opened:
        demo.keep("cycles", cycle)
        if cycle.kind != Cycle.Kind.YEAR:
            diary.tell(worktime.now(), _story(demo, cycle))


def _agree_on_targets(demo: Any, cycle: Cycle) -> None:
    """What grows with the size of a department is asked of everybody in measure."""
    for participant in _people(cycle):
        for indicator in indicators(cycle.rules, participant.indicators):
            for part in indicator.how:
                stated = part.target_for(cycle.kind) if part.grows else None
                if stated:
                    set_target(
                        actor=demo.head(),
                        record=cycle,
                        indicator=indicator.key,
                        part=part.key,
                        value=max(Decimal(1), stated // SMALLER),
                        person=participant.owner,
                    )


def _story(demo: Any, cycle: Cycle) -> Iterator[int]:
    if cycle.kind == Cycle.Kind.QUARTER:
        yield PAUSE
    yield 1
    for participant in _people(cycle):
        actor = demo.fresh(participant.owner)
        save_self_review(
            actor=actor, record=participant, submit=True, **_form(demo, participant, 84)
        )
    yield 1
    for participant in _people(cycle):
        if participant.superior is not None:
            save_evaluation(
                actor=demo.fresh(participant.superior),
                record=participant,
                submit=True,
                **_form(demo, participant, 80),
            )
    yield 1
    _fix_and_deliver(demo, cycle)
    yield 1
    for participant in _people(cycle):
        if participant.at == Stage.FEEDBACK:
            acknowledge_result(actor=demo.fresh(participant.owner), record=participant)
    yield from _close(demo, cycle)


def _people(cycle: Cycle) -> list[Participant]:
    return list(cycle.participants.complete())


def _form(demo: Any, participant: Participant, low: int) -> dict[str, Any]:
    """A score for whatever is rated, a remark for the rest."""
    known = indicators(participant.cycle.rules, participant.indicators)
    scores = {
        one.key: Decimal(demo.chance.randrange(low, low + 11)) if one.is_rated else None
        for one in known
    }
    return {
        "ratings": {
            key: {"score": score, "comment": demo.one(words.COMMENTS)}
            for key, score in scores.items()
        },
        "achievements": demo.one(words.ACHIEVEMENTS),
        "problems": demo.one(words.PROBLEMS),
        "plan": demo.one(words.PLANS),
    }


def _fix_and_deliver(demo: Any, cycle: Cycle) -> None:
    """By whoever the rules let fix: first for the people, then for those above them."""
    for person in _finalisers(demo, cycle):
        fix_results(actor=person, record=cycle)
        deliver_results(actor=person, record=cycle)


def _finalisers(demo: Any, cycle: Cycle) -> list[User]:
    """Each who fixes somebody's score in person, each manager on the own side."""
    rows = list(cycle.participants.complete())
    people = [demo.fresh(one) for one in demo.people.values()]
    fixing_any = [one for one in people if any(_fixes(one, row) for row in rows)]
    return sorted(fixing_any, key=lambda one: not one.holds(Role.MANAGER))


def _fixes(person: User, row: Participant) -> bool:
    seats = fixing(person, row) if row.owner_id != person.pk else []
    return any(seat.acting_for is None for seat in seats)


def _close(demo: Any, cycle: Cycle) -> Iterator[int]:
    """On the first day on which nobody may appeal any more."""
    results = Result.objects.filter(participant__cycle=cycle)
    while any(one.may_be_appealed(worktime.now()) for one in results):
        yield 1
    if Cycle.objects.get(pk=cycle.pk).at == Stage.FEEDBACK:
        close_cycle(actor=demo.head(), record=cycle)
