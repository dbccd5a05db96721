"""The quarter-end roll-up: computed indicators of everybody at once, frozen with their records.

Reading goes metric by metric for all people together, so the number of queries does not grow with
them (quality.md); writing takes one statement for all lines and one for all evidence.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from appraisal.models import Cycle, Participant, Review, Stage
from appraisal.services.freezing import Readings, slots, write_figures
from appraisal.services.results import compute_results
from appraisal.services.steps import expect, follow, locked_cycle
from expansion import metrics, worktime
from expansion.audit.services import write
from expansion.jobs.progress import Progress, unheard
from expansion.notices.services import tell
from expansion.people.models import User


def roll_up(*, actor: User | None, record: Cycle, progress: Progress = unheard) -> Cycle:
    """Computes all computed indicators of a cycle and freezes them with their evidence (law 5).

    Repeating it after the freeze changes nothing; a reopened cycle is computed anew, except for
    figures that an appeal has corrected.
    """
    with _all_alive():
        people = _people(record)
        readings = read_metrics(record, people, progress)
        read = frozenset(one.pk for one in people)
        return freeze_figures(actor=actor, record=record, readings=readings, read=read)


@contextmanager
def _all_alive() -> Iterator[None]:
    """Inside the block everything read is kept to its end: Python would search it for garbage over
    and over, find none, and take as long as the work itself."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _people(cycle: Cycle) -> list[Participant]:
    """Everybody appraised in the cycle, with the cycle in hand: its long rules are read once."""
    return list(cycle.participants.select_related("owner"))


def read_metrics(cycle: Cycle, people: list[Participant], progress: Progress = unheard) -> Readings:
    """What each metric says of the people whose set uses it: one call per metric."""
    users: dict[str, dict[int, User]] = {}
    known = {one.owner_id: one.owner for one in people}
    for slot in slots(cycle, people):
        if slot.part.metric:
            concerned = users.setdefault(slot.part.metric, {})
            for person in slot.circle:
                concerned[person] = known[person]
    readings = {}
    period, rules = cycle.period, cycle.rules
    with metrics.read_together():
        for done, (key, asked) in enumerate(sorted(users.items())):
            progress(done, len(users))
            readings[key] = metrics.get(key).read(
                list(asked.values()), period.begins_at, period.ends_at, rules
            )
    progress(len(users), len(users))
    return readings


@transaction.atomic
def freeze_figures(
    *,
    actor: User | None,
    record: Cycle,
    readings: Readings,
    read: frozenset[int] | None = None,
) -> Cycle:
    """Writes the figures and their evidence, and hands the cycle over to the self-review.

    `read` are the participants that `readings` speak of: they are read again where somebody was
    taken in or out since.
    """
    cycle = locked_cycle(record)
    if cycle.frozen_at is not None:
        return cycle
    expect(cycle, Stage.COLLECTING)
    people = _people(cycle)
    if read is not None and read != {one.pk for one in people}:
        readings = read_metrics(cycle, people)
    count = write_figures(cycle, people, readings)
    cycle.frozen_at = worktime.now()
    cycle.version += 1
    cycle.save()
    write(
        actor=actor,
        verb="appraisal.figures.frozen",
        about=cycle,
        changes={"figures": [None, count]},
    )
    _hand_over(cycle, people)
    return cycle


def _hand_over(cycle: Cycle, people: list[Participant]) -> None:
    """Each person goes to the step that the forms already submitted allow."""
    submitted = set(
        Review.objects.filter(participant__cycle=cycle, submitted_at__isnull=False).values_list(
            "participant_id", "party"
        )
    )
    evaluated = [one for one in people if (one.pk, Review.Party.SUPERIOR) in submitted]
    reviewed = [one for one in people if (one.pk, Review.Party.SELF) in submitted]
    cycle.participants.update(stage=Stage.SELF_REVIEW)
    _set_stage(reviewed, Stage.EVALUATION)
    _set_stage(evaluated, Stage.REVIEW)
    compute_results(evaluated)
    follow(cycle)
    ask_for_self_reviews(cycle, [one for one in people if one not in reviewed])


def _set_stage(people: list[Participant], stage: Stage) -> None:
    Participant.objects.filter(pk__in=[one.pk for one in people]).update(stage=stage)


def ask_for_self_reviews(cycle: Cycle, people: list[Participant]) -> None:
    """Tells everybody that the figures stand and the self-review waits (A-5.4.1)."""
    tell(
        people=[one.owner for one in people],
        kind="appraisal.self_review",
        title=format_lazy(_("Your self-review for {cycle} is open"), cycle=cycle),
        url=reverse("appraisal:mine"),
        key=f"appraisal.self_review:{cycle.pk}:{cycle.frozen_at:%Y%m%dT%H%M%S}",
    )
