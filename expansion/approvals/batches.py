"""Approving several at once, with the guards of the rulebook (R-exp-05)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from expansion.access_rules import KEPT
from expansion.approvals.models import Decision, Note, Request, Step
from expansion.approvals.selectors import waiting_for
from expansion.approvals.services import decide
from expansion.approvals.signers import is_kept
from expansion.errors import Invalid, Refusal
from expansion.notices.services import together
from expansion.people.models import User
from expansion.rulebook.deciding import exceeds
from expansion.rulebook.models import Version
from expansion.rulebook.selectors import LONG, rules_of

MOST = 50
Subject = tuple[int | None, int | None]  # the kind and the id of a record


@dataclass(frozen=True)
class Answer:
    """What became of one of several, and the sentence that refused it if one did."""

    request: Request
    refusal: str = ""


def approve_several(*, actor: User, versions: Mapping[int, int], comment: str = "") -> list[Answer]:
    """Approves each of these requests, {id: the version that was read}, one by one.

    What must be read by itself is left, as is what has changed or was decided meanwhile: each
    answer says so.

    Raises:
        Invalid: none was chosen, or more than 50.
    """
    if not versions:
        raise Invalid(_("Choose at least one."))
    if len(versions) > MOST:
        raise Invalid(_("At most %(most)d at once, please.") % {"most": MOST})
    chosen = Request.objects.visible_to(actor).filter(pk__in=versions).order_by("pk")
    waiting = waiting_for(actor).filter(request__in=list(versions))
    alone = {step.request_id: reason for step, reason in offered(waiting)}
    with together():
        return [
            Answer(one, alone[one.pk])
            if alone.get(one.pk)
            else _approved(actor, one, versions[one.pk], comment)
            for one in chosen
        ]


def _approved(actor: User, request: Request, version: int, comment: str) -> Answer:
    approve = Decision.Kind.APPROVE
    try:
        decide(actor=actor, request=request, decision=approve, comment=comment, version=version)
    except Refusal as refused:
        return Answer(request, refused.message)
    return Answer(request)


def offered(steps: QuerySet[Step]) -> list[tuple[Step, str]]:
    """Each waiting step with the reason why it is read by itself; empty where it need not be."""
    versions = Prefetch("request__rules_version", Version.objects.defer(*LONG))
    found = list(steps.prefetch_related(versions, "request__about")[:MOST])
    noted = _noted(one.request for one in found)
    return [(step, _why_alone(step, noted)) for step in found]


def read_alone(step: Step) -> str:
    """Why this step must be read by itself before it is decided; empty where it need not be."""
    return _why_alone(step, _noted([step.request]))


def _why_alone(step: Step, noted: set[Subject]) -> str:
    request = step.request
    ways = rules_of(request.rules_version).deciding
    if not ways.in_batches.value:
        return _("The rulebook lets nothing be approved in a batch.")
    if step.because == Step.Because.AUTHORITY:
        return _("It is beyond the authority of those before.")
    if exceeds(request.amount, request.currency, ways.batch_up_to.value):
        return _("Its amount is too large for a batch.")
    if request.level in KEPT or is_kept(request):  # it may be kept further than when submitted
        return _("It is confidential.")
    return _("Notes on it are not settled.") if _subject(request) in noted else ""


def _subject(request: Request) -> Subject:
    return request.about_type_id, request.about_id


def _noted(requests: Iterable[Request]) -> set[Subject]:
    """The records among these on which notes are not settled."""
    path = "decision__step__request__"
    ids = [one.about_id for one in requests]
    found = Note.objects.filter(settled_at=None, **{f"{path}about_id__in": ids})
    return set(found.values_list(f"{path}about_type_id", f"{path}about_id"))


def done_words(count: int) -> str:
    return ngettext("%(count)d approved", "%(count)d approved", count) % {"count": count}
