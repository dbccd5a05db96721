"""Candidates of an opening: noted, rated by the regulation's criteria, decided (E3-4.1)."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access, clock
from expansion.audit.services import write
from expansion.errors import Invalid, NotNow
from expansion.office.models import Candidate, Opening, PersonnelChange
from expansion.people.models import User
from expansion.records import differences, lock, snapshot
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import version_on
from expansion.rulebook.values import offered

Decision = Candidate.Decision
DECISIONS = {
    Decision.PENDING: (Decision.INVITED, Decision.CHOSEN, Decision.DECLINED),
    Decision.INVITED: (Decision.CHOSEN, Decision.DECLINED),
    Decision.CHOSEN: (Decision.DECLINED,),
    Decision.DECLINED: (Decision.INVITED,),
}
VERBS = {
    Decision.INVITED: "office.candidate.invited",
    Decision.CHOSEN: "office.candidate.chosen",
    Decision.DECLINED: "office.candidate.turned_down",
}
WITH_REASON = (Decision.CHOSEN, Decision.DECLINED)
FIELDS = ("name", "phone", "email", "source", "note")
LOWEST, HIGHEST = 1, 5  # the scale of R-exp-24, the same for every criterion


@transaction.atomic
def add_candidate(
    *,
    actor: User,
    opening: Opening,
    name: str,
    phone: str = "",
    email: str = "",
    source: str = "",
    note: str = "",
) -> Candidate:
    """Somebody applies for an open opening.

    Raises:
        Forbidden: recruiting is not part of the actor's role.
        NotNow: the opening is not open.
        Invalid: the same number or address is noted for this opening already.
    """
    access.require(actor, "create", Candidate)
    opening = lock(Opening.objects.all(), opening.pk)
    if opening.status != Opening.Status.OPEN:
        raise NotNow(_("This opening is: %(status)s.") % {"status": opening.get_status_display()})
    candidate = Candidate(
        opening=opening, name=name, phone=phone, email=email, source=source, note=note
    )
    _refuse_twice(candidate)
    candidate.save()
    changes = {name: ["", getattr(candidate, name)] for name in FIELDS if getattr(candidate, name)}
    write(actor=actor, verb="office.candidate.created", about=candidate, changes=changes)
    return candidate


@transaction.atomic
def update_candidate(
    *, actor: User, record: Candidate, version: int | None = None, **values: Any
) -> Candidate:
    """Corrects what is noted of a candidate.

    Raises:
        Stale: somebody has changed it since `version`.
        Invalid: the same number or address is noted for this opening already.
    """
    access.require(actor, "edit", record)
    candidate = _locked(record, version)
    before = snapshot(candidate, FIELDS)
    for name, value in values.items():
        setattr(candidate, name, value)
    _refuse_twice(candidate)
    _save(candidate)
    changes = differences(before, snapshot(candidate, FIELDS))
    write(actor=actor, verb="office.candidate.changed", about=candidate, changes=changes)
    return candidate


def _refuse_twice(candidate: Candidate) -> None:
    others = Candidate.objects.filter(opening=candidate.opening_id).exclude(pk=candidate.pk)
    for name in ("phone", "email"):
        value = getattr(candidate, name)
        if value and others.filter(**{f"{name}__iexact": value}).exists():
            raise Invalid(fields={name: [_("Somebody with it is noted for this opening already.")]})


@transaction.atomic
def rate_candidate(
    *, actor: User, record: Candidate, ratings: Mapping[str, int], rules: Rules
) -> Candidate:
    """Ratings from 1 to 5 by the criteria of `rules`; what is not given stays as it was.

    Raises:
        Forbidden: recruiting is not part of the actor's role.
        Invalid: nothing is rated, by no criterion of the regulation, or beyond the scale.
    """
    access.require(actor, "edit", record)
    candidate = _locked(record)
    if not ratings:
        raise Invalid(_("Rate by one criterion at least."))
    known = {one.key for one in offered(rules.recruitment.criteria)} | set(candidate.ratings)
    for key, rating in ratings.items():
        if key not in known:
            raise Invalid(fields={key: [_("The regulation has no such criterion.")]})
        if not LOWEST <= rating <= HIGHEST:
            raise Invalid(fields={key: [_("A rating lies between 1 and 5.")]})
    before = dict(candidate.ratings)
    candidate.ratings = before | dict(ratings)
    candidate.rules_version = version_on()
    _save(candidate)
    changes = {"ratings": [_in_words(before, rules), _in_words(candidate.ratings, rules)]}
    write(actor=actor, verb="office.candidate.rated", about=candidate, changes=changes)
    return candidate


def _in_words(ratings: Mapping[str, int], rules: Rules) -> dict[str, int]:
    """What the trail keeps: the criteria by name, in the department's language."""
    named = {one.key: one.label(settings.LANGUAGE_CODE) for one in rules.recruitment.criteria}
    return {named.get(key, key): rating for key, rating in ratings.items()}


@transaction.atomic
def decide_candidate(
    *, actor: User, record: Candidate, decision: str, reason: str = ""
) -> Candidate:
    """Invites, chooses or turns down; the latter two with a reason.

    Raises:
        Forbidden: recruiting is not part of the actor's role.
        NotNow: nothing leads from the present decision to this one, or the hire is under way.
        Invalid: the reason is missing.
    """
    access.require(actor, "edit", record)
    candidate = _locked(record)
    if decision not in DECISIONS[Decision(candidate.decision)]:
        words = {"name": candidate.name, "decision": candidate.get_decision_display()}
        raise NotNow(_("%(name)s is: %(decision)s.") % words)
    if decision in WITH_REASON and not reason.strip():
        raise Invalid(fields={"reason": [_("Say why: it is what the next step goes by.")]})
    if being_hired(candidate):
        sentence = _("%(name)s is being hired or has been. Withdraw that first.")
        raise NotNow(sentence % {"name": candidate.name})
    before = snapshot(candidate, ("decision", "decision_reason"))
    candidate.decision, candidate.decision_reason = decision, reason.strip()
    changes = differences(before, snapshot(candidate, tuple(before)))
    candidate.decided_by, candidate.decided_at = actor, clock.now()
    _save(candidate)
    write(actor=actor, verb=VERBS[Decision(decision)], about=candidate, changes=changes)
    return candidate


def being_hired(candidate: Candidate) -> bool:
    return candidate.hires.filter(status__in=PersonnelChange.LIVE).exists()


@transaction.atomic
def reveal_candidate(*, actor: User, record: Candidate) -> Candidate:
    """Shows number and address in full; each time is written down.

    Raises:
        Forbidden: the numbers are not the actor's to see.
    """
    access.require(actor, "reveal", record)
    write(actor=actor, verb="office.candidate.revealed", about=record)
    return record


def _locked(record: Candidate, version: int | None = None) -> Candidate:
    """The candidate, held; the caller has asked the gate, which lets nobody touch a forgotten one
    and is asked of the row as it is now."""
    candidate = lock(Candidate.objects.select_related("opening"), record.pk, version=version)
    if candidate.forgotten_at:
        raise NotNow(_("Nothing personal is left of this candidate."))
    return candidate


def _save(candidate: Candidate) -> None:
    candidate.version += 1
    candidate.save()
