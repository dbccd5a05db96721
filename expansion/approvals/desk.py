"""What the approval desk shows: the queue, the document with its notes, the chain, the bar."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from expansion import access, clock, offers
from expansion.approvals.approvers import holders_of
from expansion.approvals.comparison import Part, compared
from expansion.approvals.models import Decision, Note, Request, Step
from expansion.approvals.selectors import (
    may_decide,
    notes_of,
    rounds_until,
    settleable,
    subject,
)
from expansion.approvals.wording import TONES, role_label
from expansion.people.models import Mandate, User
from expansion.ui import formats
from expansion.ui.forms import new_key
from expansion.ui.templatetags.ui import stamp

MARKS: dict[str, str] = {
    Decision.Kind.APPROVE: "done",
    Decision.Kind.RETURN: "back",
    Decision.Kind.REJECT: "back",
}


def queue(person: User, chosen: Request | None, steps: list[Step]) -> dict[str, Any]:
    """The steps that wait for the person, and where the chosen request stands among them."""
    labels = {one.kind: one.label for one in offers.of(offers.Subject)}
    ids = [step.request_id for step in steps]
    at = ids.index(chosen.pk) if chosen and chosen.pk in ids else None
    return {
        "items": [
            {
                "step": step,
                "request": step.request,
                "kind": labels.get(step.request.kind, step.request.kind),
                "amount": amount(step.request),
                "chosen": chosen is not None and step.request_id == chosen.pk,
            }
            for step in steps
        ],
        "position": at + 1 if at is not None else None,
        "next": ids[(at + 1) % len(ids)] if at is not None and len(ids) > 1 else None,
        "absence": absence(person),
    }


def amount(request: Request) -> str:
    """The sum that the document is about, where it has one."""
    return str(request.snapshot.get("amount", ""))


def absence(person: User) -> Mandate | None:
    """The running or next mandate that the person has given."""
    given = Mandate.objects.filter(principal=person, revoked_at=None, ends_at__gt=clock.now())
    return given.select_related("delegate").order_by("starts_at").first()


def document(person: User, request: Request, *, comparing: bool) -> dict[str, Any]:
    """Everything about one request for its page."""
    way = rounds_until(request)
    steps = list(way[-1].steps.all())
    step = next((one for one in steps if one.status == Step.Status.OPEN), None)
    seat = may_decide(person, step, seats=person.seats) if step else None
    before = way[-2] if len(way) > 1 else None
    changed = compared(before.snapshot, request.snapshot) if before else {}
    notes = list(notes_of(request))
    return {
        "request_": request,
        "subject": subject(request),
        "tone": TONES[request.status],
        "step": step,
        "seat": seat,
        "principal": User.objects.get(pk=seat.acting_for) if seat and seat.acting_for else None,
        "mandate": _mandate(person, seat),
        "chain": list(chain(way, step if seat else None)),
        "place": place(step, steps),
        "sections": list(_sections(request, changed if comparing else {}, notes)),
        "comparing": comparing and before is not None,
        "earlier": before,
        "unsettled": sum(note.settled_at is None for note in notes),
        "may_answer": person.pk in request.parties,
        "settleable": settleable(person, notes, seats=person.seats),
        "may_withdraw": access.can(person, "withdraw", request),
        "may_open": request.about is not None and access.can(person, "view", request.about),
        "request_id": new_key(),
    }


def _mandate(person: User, seat: access.Seat | None) -> Mandate | None:
    if seat is None or seat.acting_for is None:
        return None
    running = Mandate.objects.active(clock.now())
    return running.filter(delegate=person, principal=seat.acting_for).first()


def _sections(
    request: Request, changed: Mapping[str, list[Part]], notes: list[Note]
) -> Iterator[dict[str, Any]]:
    by_section = defaultdict(list)
    for note in notes:
        by_section[note.section].append(note)
    for section in request.snapshot["sections"]:
        yield section | {
            "parts": changed.get(section["key"]),
            "notes": by_section[section["key"]],
        }


def place(step: Step | None, steps: list[Step]) -> dict[str, int] | None:
    """Which step of how many it is, the skipped ones not counted."""
    if step is None:
        return None
    counted = [one for one in steps if one.status != Step.Status.SKIPPED]
    return {"at": counted.index(step) + 1, "total": len(counted)}


def chain(way: list[Request], theirs: Step | None) -> Iterator[dict[str, Any]]:
    """The whole way of a record through its rounds: submissions, decisions, what still comes.

    `theirs` is the step that the person may decide now.
    """
    for request in way:
        yield from _round(request, theirs)


def _round(request: Request, theirs: Step | None) -> Iterator[dict[str, Any]]:
    """One round on the record's way."""
    again = request.round > 1
    yield {
        "label": (_("%(name)s submitted it again") if again else _("%(name)s submitted it"))
        % {"name": request.submitted_by.name},
        "state": "done",
        "note": formats.moment(request.submitted_at),
    }
    for step in request.steps.all():
        yield from _links(request, step, theirs)


def _links(request: Request, step: Step, theirs: Step | None) -> Iterator[dict[str, Any]]:
    for made in step.decisions.all():
        yield {
            "label": f"{role_label(step.role)} · {made.get_decision_display()}",
            "state": MARKS[made.decision],
            "note": f"{made.by.name} {formats.moment(made.at)}",
            "comment": made.comment,
            "stamp": stamp(made.by.name, made.for_person.name) if made.for_person else "",
        }
    if request.status == Request.Status.PENDING and step.status in ("open", "waiting"):
        yield _coming(step, step == theirs)


def _coming(step: Step, theirs: bool) -> dict[str, Any]:
    """A step that still has to be decided: whose it is and until when."""
    if theirs:
        label = _("You, %(role)s") % {"role": role_label(step.role)}
    else:
        names = _(", ").join(one.name for one in _holders(step))
        label = " · ".join(filter(None, [role_label(step.role), names]))
    due = _("until %(when)s") % {"when": formats.moment(step.due_at)} if step.due_at else ""
    return {
        "label": label,
        "state": "now" if step.status == Step.Status.OPEN else "next",
        "note": due,
    }


def _holders(step: Step) -> list[User]:
    found = [step.person] if step.person else holders_of(step.role, step.request.team)
    return [person for person in found if person.pk not in step.request.parties]
