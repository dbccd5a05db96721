"""Who sees an approval: the parties, whoever sees the record, and its deciders (rivals: the
approver always can open what is to be approved, and nothing more than that)."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from expansion import access, offers
from expansion.approvals.models import Comment, Decision, Note, Request, Step
from expansion.approvals.selectors import involving, own_step, settleable


def visible_requests(person: Any) -> Q:
    """Own ones, those over records the person works or leads, those with a step of theirs.

    Who sees a record for another reason, a reader of a distributed report for one, has no business
    with the comments of those who decided over it.
    """
    condition = Q(submitted_by=person.pk) | Q(owner=person.pk) | Q(received_by=person.pk)
    condition |= Q(pk__in=involving(person, seats=person.seats).values("pk"))
    for model in dict.fromkeys(subject.model for subject in offers.of(offers.Subject)):
        granted = access.rule_of(model).granted(person)
        records = model._default_manager.filter(granted)
        kind = ContentType.objects.get_for_model(model)
        condition |= Q(about_type=kind, about_id__in=records.order_by().values("pk"))
    return condition


@access.register(Request)
class RequestAccess(access.Rule):
    """Visibility and acts come from the request's own rows, not from a role's grant."""

    owner = team = None

    def also_visible(self, person: Any) -> Q:
        return visible_requests(person)

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        if record is None:
            return True
        if action == "decide":
            return own_step(person, record)[1] is not None
        if action == "withdraw":
            return person.pk in withdrawers(record) and withdrawable(record)
        if action == "answer":
            return person.pk in record.parties
        if action == "edit":  # adding a file to what is being decided
            return not self.freezes(record) and (
                person.pk in record.parties or own_step(person, record)[1] is not None
            )
        if action == "download":
            about = record.about
            return about is None or access.rule_of(type(about)).may(person, action, about)
        return False

    def kept(self, record: Any) -> str:
        """Its files are kept as those of the record are (R-exp-18)."""
        about = record.about
        return "" if about is None else access.rule_of(type(about)).kept(about)

    def may_take(self, person: Any, record: Any) -> bool:
        about = record.about
        return about is None or access.rule_of(type(about)).may_take(person, about)

    def freezes(self, record: Any) -> bool:
        """What was decided keeps the files that were read with it."""
        return record.status != Request.Status.PENDING

    def keeps(self, record: Any, file: Any) -> bool:
        """What one of several deciders has read stays for the others."""
        decided = Decision.objects.filter(step__request=record, at__gte=file.at)
        return self.freezes(record) or decided.exists()


def withdrawers(request: Request) -> set[int]:
    """Who submitted it, and who has received the record since."""
    received = set() if request.received_by_id is None else {request.received_by_id}
    return {request.submitted_by_id} | received


def withdrawable(request: Request) -> bool:
    """It may be taken back before the first decision, while nobody can decide it, and while its
    record lets it not end (R-exp-05)."""
    if request.status != Request.Status.PENDING:
        return False
    if request.stuck_since is not None:
        return True
    decided = Decision.objects.filter(step__request=request).exists()
    return not decided or request.steps.open().exclude(unseated_at=None).exists()


class PartOfRequest(access.Rule):
    """Steps, decisions, comments and notes are seen with their request."""

    owner = team = None
    path = "request"

    def also_visible(self, person: Any) -> Q:
        visible = access.visible_to(person, Request.objects.all())
        return Q(**{f"{self.path}__in": visible.order_by().values("pk")})


@access.register(Step)
class StepAccess(PartOfRequest):
    pass


@access.register(Comment)
class CommentAccess(PartOfRequest):
    pass


@access.register(Decision)
class DecisionAccess(PartOfRequest):
    path = "step__request"


@access.register(Note)
class NoteAccess(PartOfRequest):
    """Answered by whose matter it is, settled by who wrote it or decides there, now or then."""

    path = "decision__step__request"

    def may(self, person: Any, action: str, record: Any = None) -> bool:
        if record is None or action not in {"answer", "settle"}:
            return False
        if action == "answer":
            return person.pk in record.decision.step.request.parties
        return record.pk in settleable(person, [record])
