"""Rounds of approval whose people change meanwhile: who is asked leaves, the record gets another
owner (law 6, R-exp-05, R-exp-19)."""

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from expansion import offers
from expansion.approvals import notifying, vacancies
from expansion.approvals.approvers import above
from expansion.approvals.models import Request, RequestQuerySet, Step
from expansion.approvals.services import go_on, stamp_version
from expansion.approvals.timing import open_now
from expansion.people.models import User

OVER = (Request.Status.APPROVED, Request.Status.REJECTED)
COMING = (Step.Status.OPEN, Step.Status.WAITING)


def pass_on(*, actor: Any, record: User, superior: User | None) -> None:
    """Reaction to `people.shut_out`: what waits for this very person goes to the nearest superior
    whose matter it is not; where there is none, to whom the rulebook lets stand in.

    Steps of a role have other holders, or wait for the next one; nobody decides the own matter.
    """
    asked = Step.objects.filter(person=record, status__in=COMING)
    requests = Request.objects.pending().filter(pk__in=asked.values("request_id"))
    for request in requests.select_for_update(of=("self",)).order_by("pk"):
        free = superior is not None and superior.pk not in request.parties
        _relieve(request, record, superior if free else above(record, request.parties), actor)


def hold_rounds(model: type[models.Model], ids: Collection[int]) -> None:
    """Locks the rounds in which these records are being decided, before the records are locked: a
    decision takes them in that order too. The caller is inside the transaction that moves them."""
    if _is_subject(model):
        held = _rounds(model, ids).pending().select_for_update(of=("self",))
        list(held.order_by("pk").values_list("pk", flat=True))


def receive(*, actor: Any, model: type[models.Model], owners: Mapping[int, int]) -> None:
    """Tells the rounds of these records whose they are now, as {record: person}; called by who
    moves the records, in the same transaction, which writes the trail.

    Who has received a record decides nothing of it from now on, is told of what is decided, may
    answer and withdraw. What had been asked of that person goes up. Rounds that are over for good
    stay as they are.
    """
    if not (owners and _is_subject(model)):
        return
    rounds = _rounds(model, owners).exclude(status__in=OVER)
    for request in rounds.select_for_update(of=("self",)).order_by("pk"):
        owner = User.objects.get(pk=owners[request.about_id])
        request.received_by = owner if owner.pk != request.owner_id else None
        request.save(update_fields=["received_by"])
        if request.status == Request.Status.PENDING:
            _relieve(request, owner, above(owner, request.parties), actor)
            stamp_version(request)


def _relieve(request: Request, person: User, superior: User | None, actor: Any) -> None:
    """Asks this person no more: the superior is asked instead, or whoever the rulebook lets stand
    in; who would decide a late step as a superior is replaced by the next run."""
    found = request.steps.filter(status__in=COMING).select_related("person", "escalated_to")
    steps, asked = list(found), list[Step]()
    for step in steps:
        step.request = request
        if step.escalated_to_id == person.pk:
            step.escalated_to = None
            step.save(update_fields=["escalated_to"])
        if step.person_id == person.pk and superior is not None:
            vacancies.name(step, superior, actor)
            # One that nobody could decide begins anew below.
            if step.status == Step.Status.OPEN and step.unseated_at is None:
                asked.append(step)
    for step in vacancies.seat(one for one in steps if one.status == Step.Status.OPEN):
        open_now(step)
        asked.append(step)
    # The end of a round may be refused and must not stop whoever leaves: nobody is spared it here.
    ends = not any(step.status == Step.Status.WAITING for step in steps)
    if ends or not vacancies.spare(asked) or not go_on(request, actor):
        notifying.each_opened(asked, actor)
    notifying.asked_no_more(request)


def _is_subject(model: type[models.Model]) -> bool:
    return any(one.model is model for one in offers.of(offers.Subject))


def _rounds(model: type[models.Model], ids: Collection[int]) -> RequestQuerySet:
    kind = ContentType.objects.get_for_model(model)
    return Request.objects.filter(about_type=kind, about_id__in=list(ids))
