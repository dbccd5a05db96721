"""What the control list asks of approvals: who decided what should have been somebody else's."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from expansion import offers
from expansion.approvals.models import Decision
from expansion.audit.models import Entry
from expansion.offers import Finding

# Acts by which a document comes to say what it says.
DRAFTING = ("created", "changed", "drafted", "written", "submitted")
IN_ORDER = ("-at", "-pk")


def approvals() -> QuerySet[Decision]:
    given = Decision.objects.filter(decision=Decision.Kind.APPROVE)
    return given.select_related("step__request", "by", "for_person").order_by(*IN_ORDER)


def own(holder: str) -> Q:
    """The matter is that of `by` or `for_person`: who submitted it or owns its record."""
    submitter, owner = F("step__request__submitted_by"), F("step__request__owner")
    return Q(**{holder: submitter}) | Q(**{holder: owner})


def self_approvals(person: Any) -> Iterator[Finding]:
    for one in approvals().filter(own("by"), for_person=None):
        yield _finding(one, _("approved a matter of their own"))


def own_by_mandate(person: Any) -> Iterator[Finding]:
    """In somebody's name: the delegate's own matter, or that of who is stood in for."""
    for one in approvals().exclude(for_person=None).filter(own("by") | own("for_person")):
        yield _finding(one, _("approved a matter of their own in somebody's name"))


def drafted_and_approved(person: Any) -> Iterator[Finding]:
    """Who had a hand in the text of what they approved, beyond matters of their own."""
    words = Q()
    for word in DRAFTING:
        words |= Q(verb__endswith=f".{word}")
    wrote = Entry.objects.filter(
        words,
        actor=OuterRef("by"),
        about_type=OuterRef("step__request__about_type"),
        about_id=OuterRef("step__request__about_id"),
        at__lte=OuterRef("at"),
    ).exclude(verb__startswith="approvals.")
    for one in approvals().exclude(own("by")).filter(Exists(wrote)):
        yield _finding(one, _("approved what they had written themselves"))


def _finding(one: Decision, what: Any) -> Finding:
    people = (one.by, one.for_person) if one.for_person else (one.by,)
    return Finding(one.at, people, what, one.step.request)


offers.add(
    offers.ControlCheck("approvals.self", _("Self-approvals"), 10, self_approvals),
    offers.ControlCheck(
        "approvals.drafter", _("Drafter and approver are one person"), 40, drafted_and_approved
    ),
    offers.ControlCheck(
        "approvals.delegate", _("Approvals by a delegate on own matters"), 50, own_by_mandate
    ),
)
