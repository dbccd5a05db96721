"""The quarter-end roll-up: computed indicators of everybody at once, frozen with their records.

Reading goes metric by metric for all people together, so the number of queries does not grow with
them (quality.md); only the writing of evidence goes in batches.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from appraisal.figures import Targets, target_of, targets_of, value_of
from appraisal.models import Cycle, Evidence, Line, Participant, Review, Stage
from appraisal.scoring import SIX_PLACES, indicators
from appraisal.services.results import compute_results
from appraisal.services.steps import expect, follow, locked_cycle
from expansion import metrics, worktime
from expansion.audit.services import write
from expansion.metrics import Reading
from expansion.notices.services import tell
from expansion.people.models import User
from expansion.rulebook.scoring import Indicator, Part

BATCH = 5000
Readings = Mapping[str, Mapping[int, Reading]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Slot:
    """One line to be filled: whose, which part of which indicator."""

    participant: Participant
    indicator: Indicator
    part: Part

    @property
    def key(self) -> tuple[int, str, str]:
        return self.participant.pk, self.indicator.key, self.part.key

    def reading(self, readings: "Readings") -> Reading | None:
        return readings[self.part.metric].get(self.participant.owner_id)

    def target(self, targets: Targets) -> Decimal | None:
        one = self.participant
        return target_of(
            self.indicator,
            self.part,
            one.cycle.kind,
            targets,
            person=one.owner_id,
            team=one.team_id,
        )


def roll_up(
    *, actor: User | None, record: Cycle, progress: Progress = lambda done, total: None
) -> Cycle:
    """Computes all computed indicators of a cycle and freezes them with their evidence (law 5).

    Repeating it after the freeze changes nothing; a reopened cycle is computed anew, except for
    figures that an appeal has corrected.
    """
    people = list(record.participants.complete())
    readings = read_metrics(record, people, progress)
    return freeze_figures(actor=actor, record=record, readings=readings)


def slots(people: Iterable[Participant]) -> Iterator[Slot]:
    """Every line of these people, as their sets foresee it."""
    for one in people:
        for indicator in indicators(one.cycle.rules, one.indicators):
            for part in indicator.how:
                yield Slot(one, indicator, part)


def read_metrics(
    cycle: Cycle, people: list[Participant], progress: Progress = lambda done, total: None
) -> Readings:
    """What each metric says of the people whose set uses it: one call per metric."""
    users: dict[str, dict[int, User]] = {}
    for slot in slots(people):
        if slot.part.metric:
            users.setdefault(slot.part.metric, {})[slot.participant.owner_id] = (
                slot.participant.owner
            )
    readings = {}
    period = cycle.period
    for done, (key, concerned) in enumerate(sorted(users.items())):
        progress(done, len(users))
        readings[key] = metrics.get(key).read(
            list(concerned.values()), period.begins_at, period.ends_at, cycle.rules
        )
    progress(len(users), len(users))
    return readings


@transaction.atomic
def freeze_figures(*, actor: User | None, record: Cycle, readings: Readings) -> Cycle:
    """Writes the figures and their evidence, and hands the cycle over to the self-review."""
    cycle = locked_cycle(record)
    if cycle.frozen_at is not None:
        return cycle
    expect(cycle, Stage.COLLECTING)
    people = list(cycle.participants.complete())
    lines = _write_lines(cycle, people, readings)
    _write_evidence(lines, readings)
    cycle.frozen_at = worktime.now()
    cycle.version += 1
    cycle.save()
    write(
        actor=actor,
        verb="appraisal.figures.frozen",
        about=cycle,
        changes={"figures": [None, len(lines)]},
    )
    _hand_over(cycle, people)
    return cycle


def _write_lines(
    cycle: Cycle, people: list[Participant], readings: Readings
) -> list[tuple[Line, Slot]]:
    """The lines with the readings' values; a corrected or rated one keeps its own."""
    known = {
        (line.participant_id, line.indicator, line.part): line
        for line in Line.objects.filter(participant__cycle=cycle)
    }
    targets = targets_of(cycle)
    new, changed, filled = [], [], []
    for slot in slots(people):
        line = known.get(slot.key) or _new_line(slot)
        if line.corrected_by_id is None and not line.rated:
            line.value = value_of(slot.part, slot.reading(readings))
            line.target = slot.target(targets)
            filled.append((line, slot))
        (changed if line.pk else new).append(line)
    Line.objects.bulk_create(new, batch_size=BATCH)
    Line.objects.bulk_update(changed, ["value", "target"], batch_size=500)
    return filled


def _new_line(slot: Slot) -> Line:
    return Line(
        participant=slot.participant,
        indicator=slot.indicator.key,
        part=slot.part.key,
        rated=slot.part.kind == "rated",
        metric=slot.part.metric,
    )


def _write_evidence(lines: list[tuple[Line, Slot]], readings: Readings) -> None:
    ids = [line.pk for line, slot in lines]
    Evidence.objects.filter(line__in=ids).delete()
    rows = (row for line, slot in lines for row in _evidence(line, slot.reading(readings)))
    Evidence.objects.bulk_create(rows, batch_size=BATCH)


def _evidence(line: Line, reading: Reading | None) -> Iterator[Evidence]:
    for one in reading.evidence if reading else ():
        kind = ContentType.objects.get_for_model(type(one.record)) if one.record else None
        yield Evidence(
            line=line,
            about_type=kind,
            about_id=one.record.pk if one.record else None,
            about_label=one.label[:200],
            label=one.label[:200],
            on=one.on,
            value=Decimal(one.value).quantize(SIX_PLACES),
            counted=one.counted,
            note=one.note[:300],
        )


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
