"""Writes over approvals: submitting, deciding, withdrawing (law 6, R-exp-05)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from expansion import clock, offers
from expansion.approvals import notifying, vacancies
from expansion.approvals.access import withdrawable, withdrawers
from expansion.approvals.approvers import Link, Matter, planned
from expansion.approvals.chains import asked, size_of
from expansion.approvals.models import HOLDER, Decision, Note, Request, Step
from expansion.approvals.selectors import (
    could_decide,
    deciders,
    latest,
    open_steps,
    own_step,
    still_asked,
    subject,
)
from expansion.approvals.timing import open_now
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.people.models import User
from expansion.records import about, lock
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import version_on

OUTCOMES: dict[str, Step.Status] = {
    Decision.Kind.APPROVE: Step.Status.APPROVED,
    Decision.Kind.RETURN: Step.Status.RETURNED,
    Decision.Kind.REJECT: Step.Status.REJECTED,
}
LONGEST = 2000  # characters of a comment or a note
PAST: dict[str, str] = {
    Decision.Kind.APPROVE: gettext_noop("%(name)s approved this at %(at)s."),
    Decision.Kind.RETURN: gettext_noop("%(name)s returned this at %(at)s."),
    Decision.Kind.REJECT: gettext_noop("%(name)s rejected this at %(at)s."),
}


@transaction.atomic
def submit(*, actor: User, record: Any, rules: Rules, comment: str = "") -> Request:
    """Opens a round of approval over a frozen copy of the record.

    Called by the record's own service, which has locked the record and checked its state; the
    chain, the time of each step and what counts as one step's decision come from `rules`.

    Raises:
        NotNow: a round is running already, or nobody could decide a step.
    """
    _check_length(comment)
    offered = offers.subject_of(record)
    last = latest(record)
    if last is not None and last.status == Request.Status.PENDING:
        raise NotNow(_("This is being decided already. Withdraw it before you submit it again."))
    snapshot = frozen(offered, record)
    owner = offered.owner_of(record)
    parties = frozenset({actor.pk, owner}) | offered.kept_out(record)
    matter = Matter(actor, parties, record.team)
    size = size_of(record)
    links = planned(asked(rules, offered.kind, size), matter, rules.deciding)
    request = Request.objects.create(
        kind=offered.kind,
        title=snapshot["title"][:200],
        round=last.round + 1 if last else 1,
        owner_id=owner,
        team_id=record.team_id,
        submitted_by=actor,
        submitted_at=clock.now(),
        comment=comment,
        amount=size.amount,
        currency=size.currency if size.amount is not None else "",
        level=size.level,
        snapshot=snapshot,
        digest=digest_of(snapshot),
        rules_version=version_on(),
        **about(record),
    )
    resumes = rules.deciding.resubmitted.value == "resume"
    carried = carried_over(last, links, parties) if resumes else 0
    _make_steps(request, links, rules, carried)
    changes = {"round": [None, request.round], "digest": [None, request.digest]}
    write(actor=actor, verb="approvals.request.submitted", about=record, changes=changes)
    open_next(request, actor)
    return request


def frozen(offered: offers.Subject, record: Any) -> dict[str, Any]:
    """The record's document as plain data in the department's language, whoever submits it."""
    with translation.override(settings.LANGUAGE_CODE):
        document = json.dumps(offered.document(record), cls=DjangoJSONEncoder)
    plain: dict[str, Any] = json.loads(document)
    return plain


def digest_of(snapshot: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: equal documents have equal digests, changed ones never."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def carried_over(last: Request | None, links: Iterable[Link], parties: frozenset[int]) -> int:
    """Up to which order a returned round had been approved; 0 where the chain is another one now.

    A round that is taken up asks nobody again who had approved before the step that returned it;
    what somebody approved whose matter it has become is asked again.
    """
    if last is None or last.status != Request.Status.RETURNED:
        return 0
    chain = list(links)
    before = last.steps.filter(added_by=None).values_list("role", flat=True)
    if list(before) != [link.role for link in chain]:
        return 0
    returned = last.steps.filter(status=Step.Status.RETURNED).values_list("role", flat=True)
    orders = {link.role: link.order for link in reversed(chain)}
    own = Decision.objects.alias(holder=HOLDER).filter(Q(by__in=parties) | Q(holder__in=parties))
    again = own.filter(step__request=last).values_list("step__role", flat=True)
    return min((orders[role] - 1 for role in {*returned, *again} if role in orders), default=0)


def _make_steps(request: Request, links: Iterable[Link], rules: Rules, carried: int) -> None:
    rule = rules.approval(request.kind)
    Step.objects.bulk_create(
        Step(
            request=request,
            order=link.order,
            role=link.role,
            person=link.person,
            joint=link.joint,
            because=link.because,
            everyone=rule.decisions.value == "all",
            status=_first_status(link, carried),
            limit=str(rule.step_limit.value),
            remind_before=str(rule.remind_before.value),
        )
        for link in links
    )


def _first_status(link: Link, carried: int) -> Step.Status:
    if link.skipped:
        return Step.Status.SKIPPED
    return Step.Status.CARRIED if link.order <= carried else Step.Status.WAITING


def open_next(request: Request, actor: User | None) -> None:
    """Opens the next steps, those that are decided together at once; none left, it is approved."""
    waiting = list(request.steps.filter(status=Step.Status.WAITING).select_related("person"))
    if not waiting:
        _close(request, Request.Status.APPROVED, actor)
        return
    steps = [step for step in waiting if step.order == waiting[0].order]
    for step in steps:
        step.request = request
        open_now(step)
    vacancies.seat(steps)
    if not vacancies.spare(steps) or not go_on(request, actor):
        notifying.each_opened(steps, actor)


def go_on(request: Request, actor: User | None) -> bool:
    """The next steps, where none is open any more as whoever stood in them is asked elsewhere."""
    if request.steps.filter(status=Step.Status.OPEN).exists():
        return False
    stamp_version(request)
    open_next(request, actor)
    return True


@transaction.atomic
def decide(
    *,
    actor: User,
    request: Request,
    decision: str,
    comment: str = "",
    version: int | None = None,
    notes: Iterable[Mapping[str, str]] = (),
) -> Request:
    """Decides the open step: `approve`, `return` or `reject`, the latter two with a comment.

    `notes` are [{"section", "text"}]: remarks on sections of the document. The request stays locked
    meanwhile, so that of two who decide at once one wins; a mandate is resolved here and now and
    stamped on decision and trail. `version` is the one the decider has read.

    Raises:
        NotNow: somebody has decided it already; the sentence says who and when.
        Stale: it has moved on since `version`.
        Forbidden: the step is not this person's, or the matter is their own.
        Invalid: a return or a rejection without its reason.
    """
    request = lock(Request.objects.all(), request.pk)
    step, holder = decidable(actor, request, version)
    kind = _checked(decision, comment)
    made = Decision.objects.create(
        step=step,
        decision=kind,
        by=actor,
        for_person=holder,
        at=clock.now(),
        comment=comment.strip(),
    )
    _keep_notes(made, notes)
    _record(made, request)
    _move_on(step, made)
    notifying.asked_no_more(request)
    notifying.decided(made)
    return request


def decidable(actor: User, request: Request, version: int | None) -> tuple[Step, User | None]:
    """The person's open step and the principal; refuses with the sentence that says why not.

    The request is locked and was read under that lock.
    """
    step, seat = own_step(actor, request)
    if step is None or seat is None:
        raise _refusal(actor, request, step)
    if version is not None and version != request.version:
        raise Stale(_last_words(request) or _("This has changed meanwhile. Read it again."))
    return step, User.objects.get(pk=seat.acting_for) if seat.acting_for else None


def _refusal(actor: User, request: Request, step: Step | None) -> Exception:
    """Who has decided, for somebody whose step it was; else who may decide."""
    theirs = request.steps.exclude(closed_at=None).exclude(status=Step.Status.PASSED)
    if step is None or any(could_decide(actor, one) for one in theirs):
        return NotNow(_last_words(request) or _("This has been withdrawn."))
    if actor.pk in request.parties:
        return Forbidden(_("Nobody decides a matter of their own."))
    waiting = (person for one in open_steps(request) for person in deciders(one))
    names = _(", ").join(str(person) for person in dict.fromkeys(waiting))
    return Forbidden(
        _("Only %(names)s may decide this step.") % {"names": names}
        if names
        else _("Nobody may do this in the record's present state.")
    )


def _last_words(request: Request) -> str:
    if any(step.timed_out for step in request.steps.prefetch_related("decisions")):
        return _("Nobody decided this in time; it has been returned by itself.")
    last = Decision.objects.filter(step__request=request).select_related("by").last()
    if last is None or request.status == Request.Status.WITHDRAWN:
        return ""
    at = last.at.astimezone(clock.zone())
    return _(PAST[last.decision]) % {"name": last.by.name, "at": f"{at:%Y-%m-%d %H:%M}"}


def _checked(decision: str, comment: str) -> Decision.Kind:
    if decision not in Decision.Kind.values:
        raise Invalid(fields={"decision": [_("Choose: approve, return or reject.")]})
    _check_length(comment)
    if decision != Decision.Kind.APPROVE and not comment.strip():
        raise Invalid(fields={"comment": [_("Say why, so that it can be put right.")]})
    return Decision.Kind(decision)


def _check_length(comment: str) -> None:
    if len(comment) > LONGEST:
        raise Invalid(fields={"comment": [_("At most 2,000 characters, please.")]})


def _keep_notes(decision: Decision, notes: Iterable[Mapping[str, str]]) -> None:
    sections = {part["key"] for part in decision.step.request.snapshot["sections"]}
    kept = [note for note in notes if note["text"].strip()]
    for note in kept:
        if note["section"] not in sections or len(note["text"]) > LONGEST:
            raise Invalid(_("A note belongs to a section and has at most 2,000 characters."))
    Note.objects.bulk_create(
        Note(decision=decision, section=note["section"], text=note["text"].strip()) for note in kept
    )


def _record(made: Decision, request: Request) -> None:
    write(
        actor=made.by,
        verb=f"approvals.step.{OUTCOMES[made.decision]}",
        about=request.about,
        changes={"step": [None, made.step.role], "comment": [None, made.comment]},
        for_person=made.for_person,
    )


def _move_on(step: Step, made: Decision) -> None:
    """What follows: another decider of this step or of those beside it, the next step, the end."""
    approved = made.decision == Decision.Kind.APPROVE
    if approved and step.everyone and not made.by_superior and still_asked(step):
        return
    _conclude(step, OUTCOMES[made.decision], made.at, made.by)


def _conclude(step: Step, outcome: Step.Status, at: datetime, actor: User | None) -> None:
    """The step is over: those beside it, the next one, or the end of the round."""
    request, approved = step.request, outcome == Step.Status.APPROVED
    step.status, step.closed_at = outcome, at
    step.save(update_fields=["status", "closed_at"])
    beside = request.steps.filter(status=Step.Status.OPEN)
    if approved and step.joint != Step.Joint.ANY and beside.exists():
        return
    beside.update(status=Step.Status.SKIPPED, closed_at=at)
    stamp_version(request)
    if approved:
        open_next(request, actor)
    else:
        _close(request, Request.Status(step.status), actor)


def conclude_complete(step: Step) -> None:
    """Approves a step that all who are left have approved, as whoever was missing holds it no more.

    Called under the lock of the request. The trail names nobody.
    """
    changes = {"step": [None, step.role]}
    write(actor=None, verb="approvals.step.approved", about=step.request.about, changes=changes)
    _conclude(step, Step.Status.APPROVED, clock.now(), None)
    notifying.asked_no_more(step.request)


def send_back(step: Step) -> None:
    """Returns a round whose step ran out of time, as the rulebook says (R-exp-05).

    Called under the lock of the request. Nobody has decided it: the trail names the clock.
    """
    request, now = step.request, clock.now()
    request.steps.filter(status=Step.Status.OPEN).update(status=Step.Status.RETURNED, closed_at=now)
    stamp_version(request)
    changes = {"step": [None, step.role], "due": [None, step.due_at]}
    write(actor=None, verb="approvals.step.timed_out", about=request.about, changes=changes)
    _close(request, Request.Status.RETURNED, None)
    notifying.asked_no_more(request)
    notifying.step_timed_out(step)


def stamp_version(request: Request) -> None:
    """Another state from now on: whoever has read the one before is told so, and what had kept the
    round from ending is tried anew."""
    request.version += 1
    request.stuck_since, request.stuck_because = None, ""
    request.save(update_fields=["version", "stuck_since", "stuck_because", "updated_at"])


def _close(request: Request, status: Request.Status, actor: User | None) -> None:
    """Ends the round and lets the record's own app act on it, in this transaction."""
    request.status, request.closed_at = status, clock.now()
    request.save(update_fields=["status", "closed_at", "updated_at"])
    offered = subject(request)
    hooks = {
        Request.Status.APPROVED: offered.approved,
        Request.Status.RETURNED: offered.returned,
        Request.Status.REJECTED: offered.rejected,
        Request.Status.WITHDRAWN: offered.withdrawn,
    }
    hooks[status](request.about, actor, request)


@transaction.atomic
def withdraw(*, actor: User, request: Request) -> Request:
    """Takes a submission back before the first decision, or while nobody can decide it (R-exp-05).

    Raises:
        Forbidden: somebody else has submitted it, and has not handed the record over.
        NotNow: a decision has been made already.
    """
    request = lock(Request.objects.all(), request.pk)
    if actor.pk not in withdrawers(request):
        names = request.submitted_by.name
        raise Forbidden(_("Only %(name)s, who submitted it, may withdraw it.") % {"name": names})
    if not withdrawable(request):
        raise NotNow(_last_words(request) or _("This has been withdrawn."))
    _take_back(request, actor)
    return request


def call_off(*, actor: User | None, record: Any) -> None:
    """Ends the running round of a record whose matter has fallen away, whatever was decided in it;
    nothing where none runs, or it has ended meanwhile.

    Inside the caller's transaction, which locks the record afterwards, as a decision does, and
    reads it anew: the round's end has changed it.
    """
    last = latest(record)
    if last is None or last.status != Request.Status.PENDING:
        return
    request = lock(Request.objects.all(), last.pk)
    if request.status == Request.Status.PENDING:
        _take_back(request, actor)


def _take_back(request: Request, actor: User | None) -> None:
    stamp_version(request)
    request.steps.filter(status=Step.Status.OPEN).update(
        status=Step.Status.SKIPPED, closed_at=clock.now()
    )
    write(actor=actor, verb="approvals.request.withdrawn", about=request.about)
    _close(request, Request.Status.WITHDRAWN, actor)
    notifying.asked_no_more(request)
