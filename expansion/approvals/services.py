"""Writes over approvals: submitting, deciding, withdrawing (law 6, R-exp-05)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from expansion import clock, offers, worktime
from expansion.approvals import notifying
from expansion.approvals.access import withdrawable
from expansion.approvals.approvers import Link, Matter, planned
from expansion.approvals.models import Decision, Note, Request, Step
from expansion.approvals.selectors import (
    could_decide,
    deciders,
    latest,
    may_decide,
    open_step,
    subject,
)
from expansion.audit.services import write
from expansion.errors import Forbidden, Invalid, NotNow, Stale
from expansion.people.models import User
from expansion.records import about, lock
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of, version_on

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
    parties = frozenset({actor.pk, record.owner_id}) | offered.kept_out(record)
    matter = Matter(actor, parties, record.team)
    links = planned(rules.chain(offered.kind), matter)
    request = Request.objects.create(
        kind=offered.kind,
        title=snapshot["title"][:200],
        round=last.round + 1 if last else 1,
        owner_id=record.owner_id,
        team_id=record.team_id,
        submitted_by=actor,
        submitted_at=clock.now(),
        comment=comment,
        snapshot=snapshot,
        digest=digest_of(snapshot),
        rules_version=version_on(),
        **about(record),
    )
    _make_steps(request, links, rules)
    changes = {"round": [None, request.round], "digest": [None, request.digest]}
    write(actor=actor, verb="approvals.request.submitted", about=record, changes=changes)
    _open_next(request, actor)
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


def _make_steps(request: Request, links: Iterable[Link], rules: Rules) -> None:
    rule = rules.approval(request.kind)
    Step.objects.bulk_create(
        Step(
            request=request,
            order=order,
            role=link.role,
            person=link.person,
            everyone=rule.decisions.value == "all",
            status=Step.Status.SKIPPED if link.skipped else Step.Status.WAITING,
            limit=str(rule.step_limit.value),
            remind_before=str(rule.remind_before.value),
        )
        for order, link in enumerate(links, start=1)
    )


def _open_next(request: Request, actor: User) -> None:
    """Opens the next step, or closes the request as approved where none is left."""
    step = request.steps.filter(status=Step.Status.WAITING).order_by("order").first()
    if step is None:
        _close(request, Request.Status.APPROVED, actor)
        return
    calendar = rules_of(request.rules_version).working_time.as_calendar()
    step.status, step.opened_at = Step.Status.OPEN, clock.now()
    step.due_at = worktime.deadline(step.opened_at, worktime.Limit.parse(step.limit), calendar)
    step.remind_at = _reminder(step, calendar)
    step.save()
    notifying.step_opened(step, actor)


def _reminder(step: Step, calendar: worktime.Calendar) -> datetime | None:
    """When the reminder leaves; none where that would be at once or there is no limit."""
    if step.due_at is None or step.opened_at is None:
        return None
    moment = worktime.before(step.due_at, worktime.Limit.parse(step.remind_before), calendar)
    return moment if moment > step.opened_at else None


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
    step, holder = _decidable(actor, request, version)
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
    request.version += 1
    request.save(update_fields=["version", "updated_at"])
    _record(made, request)
    _move_on(step, made)
    notifying.decided(made)
    return request


def _decidable(actor: User, request: Request, version: int | None) -> tuple[Step, User | None]:
    """The open step and the principal; refuses with the sentence that says why not."""
    step = open_step(request)
    seat = may_decide(actor, step) if step else None
    if step is None or seat is None:
        raise _refusal(actor, request, step)
    if version is not None and version != request.version:
        raise Stale(_last_words(request) or _("This has changed meanwhile. Read it again."))
    return step, User.objects.get(pk=seat.acting_for) if seat.acting_for else None


def _refusal(actor: User, request: Request, step: Step | None) -> Exception:
    """Who has decided, for somebody whose step it was; else who may decide."""
    theirs = request.steps.exclude(closed_at=None).order_by("-order")
    if step is None or any(could_decide(actor, one) for one in theirs):
        return NotNow(_last_words(request) or _("This has been withdrawn."))
    if actor.pk in request.parties:
        return Forbidden(_("Nobody decides a matter of their own."))
    names = _(", ").join(str(person) for person in deciders(step))
    return Forbidden(
        _("Only %(names)s may decide this step.") % {"names": names}
        if names
        else _("Nobody may do this in the record's present state.")
    )


def _last_words(request: Request) -> str:
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
    """What follows: the next decider of this step, the next step, or the end of the round."""
    request = step.request
    if made.decision == Decision.Kind.APPROVE and step.everyone and deciders(step):
        return
    step.status, step.closed_at = OUTCOMES[made.decision], made.at
    step.save(update_fields=["status", "closed_at"])
    if made.decision == Decision.Kind.APPROVE:
        _open_next(request, made.by)
    else:
        _close(request, Request.Status(step.status), made.by)


def _close(request: Request, status: Request.Status, actor: User) -> None:
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


def pass_on(*, actor: Any, record: User, superior: User | None) -> None:
    """Reaction to `people.shut_out`: what waits for this very person goes to the superior.

    Steps of a role have other holders, or wait for the next one; nobody decides the own matter.
    """
    steps = Step.objects.filter(
        person=record, status__in=[Step.Status.OPEN, Step.Status.WAITING]
    ).filter(request__status=Request.Status.PENDING)
    for step in steps.select_for_update(of=("self",)).select_related("request"):
        if superior is None or superior.pk in step.request.parties:
            continue
        step.person = superior
        step.save(update_fields=["person"])
        changes = {"person": [record.pk, superior.pk]}
        write(actor=actor, verb="approvals.step.passed_on", about=step.request, changes=changes)
        if step.status == Step.Status.OPEN:
            notifying.step_opened(step, actor)


@transaction.atomic
def withdraw(*, actor: User, request: Request) -> Request:
    """Takes a submission back before the first decision (R-exp-05).

    Raises:
        Forbidden: somebody else has submitted it.
        NotNow: a decision has been made already.
    """
    request = lock(Request.objects.all(), request.pk)
    if request.submitted_by_id != actor.pk:
        names = request.submitted_by.name
        raise Forbidden(_("Only %(name)s, who submitted it, may withdraw it.") % {"name": names})
    if not withdrawable(request):
        raise NotNow(_last_words(request) or _("This has been withdrawn."))
    request.version += 1
    request.save(update_fields=["version", "updated_at"])
    request.steps.filter(status=Step.Status.OPEN).update(
        status=Step.Status.SKIPPED, closed_at=clock.now()
    )
    write(actor=actor, verb="approvals.request.withdrawn", about=request.about)
    _close(request, Request.Status.WITHDRAWN, actor)
    return request
