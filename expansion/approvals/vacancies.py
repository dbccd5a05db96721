"""Steps that nobody can decide any more: who stands in, and who is told where nobody does.

A chain is planned over people who may leave, lose their post or come to own the record before it is
their turn. What the rulebook says of an empty post at submission holds then too (R-exp-05).
"""

from collections.abc import Iterable
from typing import Any

from expansion import clock
from expansion.approvals import notifying
from expansion.approvals.approvers import Matter, above, replacing
from expansion.approvals.models import HOLDER, Decision, Request, Step
from expansion.approvals.selectors import deciders
from expansion.audit.services import write
from expansion.people.models import User
from expansion.rulebook.selectors import rules_of


def seat(steps: Iterable[Step]) -> list[Step]:
    """Lets somebody stand in at those of these steps, open at once, that nobody can decide; returns
    the ones that somebody can decide now and before could not.

    Called under the lock of their request. Of steps of which any one is enough, one with deciders
    is enough too. Where nobody stands in, the administrators are told which post is empty, and the
    submitter may withdraw.
    """
    together = list(steps)
    empty = [step for step in together if not deciders(step)]
    if len(empty) < len(together) and any(step.joint == Step.Joint.ANY for step in together):
        empty = []
    for step in empty:
        _stand_in(step)
    still = [step for step in empty if not deciders(step)]
    for step in still:
        _note_empty(step)
    return [step for step in together if step not in still and _is_seated_anew(step, empty)]


def _is_seated_anew(step: Step, empty: list[Step]) -> bool:
    """Whether somebody stands in now, or its post has been filled meanwhile."""
    if step not in empty and step.unseated_at is None:
        return False
    step.unseated_at = None
    step.save(update_fields=["unseated_at"])
    return True


def spare(steps: Iterable[Step]) -> bool:
    """Skips those of these open steps whose one person decides later in the chain, or has approved
    before: who has come to stand in several steps is asked once, unless the rulebook asks at each
    (R-exp-05). Returns whether there was one.

    Called under the lock of their request, after `seat`.
    """
    spared = [step for step in steps if _is_asked_twice(step)]
    for step in spared:
        step.status, step.closed_at = Step.Status.SKIPPED, clock.now()
        step.save(update_fields=["status", "closed_at"])
        changes = {"step": [None, step.role], "person": [None, step.person.name]}
        verb = "approvals.step.skipped"
        write(actor=None, verb=verb, about=step.request, changes=changes)
    return bool(spared)


def _is_asked_twice(step: Step) -> bool:
    """A signer whom a decider has asked is asked, whatever else."""
    request, person = step.request, step.person
    named = person is not None and step.added_by_id is None
    if not named or rules_of(request.rules_version).deciding.repeated.value == "each_step":
        return False
    made = Decision.objects.alias(holder=HOLDER).filter(holder=step.person_id)
    approved = made.filter(decision=Decision.Kind.APPROVE, step__request=request)
    others = request.steps.filter(status=Step.Status.WAITING, order__gt=step.order)
    return (
        approved.exclude(step=step).exists()
        or any(person in deciders(_of(request, one)) for one in others.select_related("person"))
    )  # fmt: skip


def _of(request: Request, step: Step) -> Step:
    step.request = request
    return step


def _stand_in(step: Step) -> None:
    """Names who stands in, where somebody does; the trail says in whose place."""
    request, gone = step.request, step.person
    matter = Matter(request.submitted_by, request.parties, request.team)
    link = replacing(step.role, matter, rules_of(request.rules_version).deciding)
    found = link.person if link else above(gone, request.parties)
    if (link or found) and found != gone:
        name(step, found, None)


def name(step: Step, person: User | None, actor: Any) -> None:
    """Names another person, or nobody where the post has other holders; a superior to whom it was
    escalated belongs to whom it had been asked of."""
    changes = {"person": [step.person_id, person and person.pk], "step": [None, step.role]}
    step.person, step.escalated_to = person, None
    step.save(update_fields=["person", "escalated_to"])
    verb = "approvals.step.passed_on"
    write(actor=actor, verb=verb, about=step.request, changes=changes)


def _note_empty(step: Step) -> None:
    """Once for each time; of several that wait for one post the first one tells."""
    if step.unseated_at is not None:
        return
    alike = Step.objects.open().filter(role=step.role, request__team=step.request.team_id)
    first = not alike.exclude(unseated_at=None).exists()
    step.unseated_at = clock.now()
    step.save(update_fields=["unseated_at"])
    changes = {"step": [None, step.role]}
    write(actor=None, verb="approvals.step.unseated", about=step.request, changes=changes)
    if first:
        notifying.post_empty(step)
