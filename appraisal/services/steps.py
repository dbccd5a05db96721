"""What every service of this app needs: the row locked, the stage checked, the cycle moved on."""

from typing import Any

from django.utils.translation import gettext as _

from appraisal.models import Cycle, Participant, Stage
from expansion import access
from expansion.errors import NotNow
from expansion.people.models import User
from expansion.records import lock


def locked(participant: Participant, *, version: int | None = None) -> Participant:
    """The participant's row, held until the transaction ends."""
    return lock(Participant.objects.complete(), participant.pk, version=version)


def locked_cycle(cycle: Cycle) -> Cycle:
    return lock(Cycle.objects.select_related("rulebook"), cycle.pk)


def allow(actor: Any, action: str, record: Any) -> None:
    """Lets the scheduler (no actor) pass, and asks the gate for everybody else."""
    if actor is not None:
        access.require(actor, action, record)


def expect(record: Cycle | Participant, *stages: Stage) -> None:
    """Refuses an act that does not belong to the present stage."""
    if record.at not in stages:
        raise NotNow(
            _("This step is not open: the appraisal stands at “%(stage)s”.")
            % {"stage": record.get_stage_display()}
        )


def move(participant: Participant, stage: Stage) -> None:
    """The person's own step; the cycle follows its slowest person."""
    participant.stage = stage
    participant.version += 1
    participant.save(update_fields=["stage", "version", "updated_at"])
    follow(participant.cycle)


def follow(cycle: Cycle) -> None:
    """Sets the cycle to the step of its slowest person."""
    stages = cycle.participants.order_by().values_list("stage", flat=True).distinct()
    stage = Stage.earliest(stages) if stages else cycle.at
    if stage != cycle.at:
        cycle.stage = stage
        Cycle.objects.filter(pk=cycle.pk).update(stage=stage)


def principal(pk: int | None) -> User | None:
    """The person for whom a deputy acts."""
    return User.objects.get(pk=pk) if pk else None
