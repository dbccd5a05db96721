"""What the approval desk shows: the queue, the document with its notes, the chain, the bar."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from expansion import access, clock, offers
from expansion.approvals.approvers import holders_of
from expansion.approvals.comparison import compared, compared_facts, gone
from expansion.approvals.models import Comment, Decision, Note, Request, Step
from expansion.approvals.notifying import way_out
from expansion.approvals.selectors import (
    notes_of,
    own_step,
    rounds_until,
    settleable,
    speaks_as,
    subject,
)
from expansion.approvals.signers import not_handed_on
from expansion.approvals.wording import TONES, role_label
from expansion.files.selectors import attachments
from expansion.people.models import Mandate, User
from expansion.rulebook.selectors import rules_of
from expansion.ui import deadlines, formats
from expansion.ui.forms import new_key
from expansion.ui.templatetags.ui import stamp

UNCOUNTED = (Step.Status.SKIPPED, Step.Status.PASSED)
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
    request = way[-1]  # the same, with all that is read of it here
    steps = list(request.steps.all())
    step, seat = own_step(person, request, seats=person.seats, steps=steps)
    before = way[-2] if len(way) > 1 else None
    frozen = request.status != Request.Status.PENDING
    links = list(chain(way, step if seat else None, person))
    notes = list(notes_of(request))
    principal = User.objects.get(pk=seat.acting_for) if seat and seat.acting_for else None
    asks = seat is not None and _passes_on(request)
    return {
        "request_": request,
        "subject": subject(request),
        "tone": TONES[request.status],
        "stuck": stuck(request),
        "step": step,
        "seat": seat,
        "principal": principal,
        "mandate": _mandate(person, seat),
        "chain": links,
        "said": [one for one in links if one.get("comment")],
        "talk": list(_talk(way)),
        "may_comment": not frozen and _may_comment(person, way, seat),
        "place": place(step, steps),
        "sections": list(_sections(request, before if comparing else None, notes)),
        "facts": compared_facts(
            before.snapshot if before and comparing else request.snapshot, request.snapshot
        ),
        "comparing": comparing and before is not None,
        "earlier": before,
        "unsettled": sum(note.settled_at is None for note in notes),
        "may_answer": person.pk in request.parties,
        "settleable": settleable(person, notes, seats=person.seats),
        "may_withdraw": access.can(person, "withdraw", request),
        "may_ask": asks,
        "may_hand_on": asks and step is not None and not_handed_on(step, principal) is None,
        "may_attach": not frozen and (person.pk in request.parties or seat is not None),
        "frozen": frozen,
        "files": list(attachments(request)),
        "graded": request.about if hasattr(request.about, "level") else None,
        "may_open": request.about is not None and access.can(person, "view", request.about),
        "request_id": new_key(),
    }


def stuck(request: Request) -> str:
    """Why a round cannot end, and what can be done; empty where nothing keeps it."""
    if request.stuck_since is None or request.status != Request.Status.PENDING:
        return ""
    words = {"since": formats.moment(request.stuck_since), "why": request.stuck_because}
    since = _("Cannot be finished since %(since)s: %(why)s") % words
    return " ".join((since, way_out()))


def _passes_on(request: Request) -> bool:
    return rules_of(request.rules_version).deciding.passing_on.value


def _may_comment(person: User, way: list[Request], seat: access.Seat | None) -> bool:
    """Asks the database only where nothing says so that has been read already."""
    if seat is not None:
        return True
    made = (one for request in way for step in request.steps.all() for one in step.decisions.all())
    decided = {one.for_person_id or one.by_id for one in made}
    return speaks_as(person, way[-1], seats=person.seats, decided=decided) is not None


def _talk(way: list[Request]) -> Iterator[dict[str, Any]]:
    """What was said in each round without deciding."""
    for request in way:
        for one in request.comments.all():
            yield {"comment": one, "round": request.round, "stamp": _stamp(one)}


def _stamp(one: Comment) -> str:
    return stamp(one.by.name, one.for_person.name) if one.for_person else ""


def _mandate(person: User, seat: access.Seat | None) -> Mandate | None:
    if seat is None or seat.acting_for is None:
        return None
    running = Mandate.objects.active(clock.now())
    return running.filter(delegate=person, principal=seat.acting_for).first()


def _sections(
    request: Request, before: Request | None, notes: list[Note]
) -> Iterator[dict[str, Any]]:
    """What is decided over, section by section, where asked for against the round `before`."""
    now, old = request.snapshot, (before or request).snapshot
    changed = compared(old, now)
    by_section = defaultdict(list)
    for note in notes:
        by_section[note.section].append(note)
    for section in (*now["sections"], *gone(old, now)):
        yield section | {
            "parts": changed.get(section["key"]),
            "notes": by_section[section["key"]],
        }


def place(step: Step | None, steps: list[Step]) -> dict[str, int] | None:
    """Which step of how many it is; those decided together count once, skipped ones not at all."""
    if step is None:
        return None
    counted = [one.order for one in steps if one.status not in UNCOUNTED]
    places = sorted(set(counted))
    return {"at": places.index(step.order) + 1, "total": len(places)}


def chain(
    way: list[Request], theirs: Step | None, reader: User | None = None
) -> Iterator[dict[str, Any]]:
    """The whole way of a record through its rounds: submissions, decisions, what still comes.

    `theirs` is the step that the reader may decide now.
    """
    for request in way:
        yield from _round(request, theirs, reader)


def _round(request: Request, theirs: Step | None, reader: User | None) -> Iterator[dict[str, Any]]:
    """One round on the record's way."""
    again = request.round > 1
    yield {
        "label": (_("%(name)s submitted it again") if again else _("%(name)s submitted it"))
        % {"name": request.submitted_by.name},
        "state": "done",
        "note": formats.moment(request.submitted_at),
    }
    if request.received_by:
        label = _("%(name)s took the record over") % {"name": request.received_by.name}
        yield {"label": label, "state": "done", "note": ""}
    for step in request.steps.all():
        yield from _links(request, step, theirs, reader)


def _links(
    request: Request, step: Step, theirs: Step | None, reader: User | None
) -> Iterator[dict[str, Any]]:
    if step.status == Step.Status.CARRIED:
        label = f"{step_words(step)} · {step.get_status_display()}"
        yield {"label": label, "state": "done", "note": ""}
    coming = request.status == Request.Status.PENDING and step.status in ("open", "waiting")
    if step.added_by and not coming:
        yield {"label": asked_by(step), "state": "done", "note": ""} | _added(step)
    for made in step.decisions.all():
        yield {
            "label": f"{decided_as(made)} · {made.get_decision_display()}",
            "state": MARKS[made.decision],
            "note": f"{made.by.name} {formats.moment(made.at)}",
            "comment": made.comment,
            "stamp": stamp(made.by.name, made.for_person.name) if made.for_person else "",
        }
    if step.timed_out:
        note = formats.moment(step.closed_at)
        yield {"label": state_words(step), "state": MARKS[Decision.Kind.RETURN], "note": note}
    if coming:
        stands_in = reader is not None and step.escalated_to_id == reader.pk
        yield _coming(step, step == theirs, stands_in) | _added(step)


def _added(step: Step) -> dict[str, Any]:
    """Who has put the step into the chain, for whom and why."""
    if step.added_by is None:
        return {}
    acting = stamp(step.added_by.name, step.added_for.name) if step.added_for else ""
    words = _(": ").join((step.added_by.name, step.added_why))
    return {"comment": words, "stamp": acting}


def asked_by(step: Step) -> str:
    """Who has put the step into the chain, and whom they asked."""
    words = {"name": step.added_by.name, "other": step.person.name if step.person else ""}
    return _("%(name)s asked %(other)s") % words


def step_words(step: Step) -> str:
    """A step in words, and why it stands in the chain where it does besides."""
    because = step.get_because_display()
    return f"{role_label(step.role)} ({because})" if because else role_label(step.role)


def decided_as(made: Decision) -> str:
    """As what somebody decided: by the step's role, or above it, as nobody of it did in time."""
    words = step_words(made.step)
    if not made.by_superior:
        return words
    return _("in place of %(role)s, who were late") % {"role": words}


def state_words(step: Step) -> str:
    """How a step that nobody decided stands."""
    if not step.timed_out:
        return str(step.get_status_display())
    words = {"role": step_words(step)}
    return _("%(role)s: nobody decided in time, returned by itself") % words


def _coming(step: Step, theirs: bool, stands_in: bool) -> dict[str, Any]:
    """A step that still has to be decided: whose it is and until when."""
    if theirs and stands_in:
        label = _("You, in place of %(role)s, who are late") % {"role": step_words(step)}
    elif theirs:
        label = _("You, %(role)s") % {"role": step_words(step)}
    else:
        names = _(", ").join(one.name for one in _holders(step))
        label = " · ".join(filter(None, [step_words(step), names]))
    due = _("until %(when)s") % {"when": deadlines.moment(step.due_at)} if step.due_at else ""
    return {
        "label": label,
        "state": "now" if step.status == Step.Status.OPEN else "next",
        "late": step.due_at is not None and step.due_at < clock.now(),
        "note": _("nobody holds this post; the administrators know") if step.unseated_at else due,
    }


def _holders(step: Step) -> list[User]:
    found = [step.person] if step.person else holders_of(step.role, step.request.team)
    asked = [*found, step.escalated_to] if step.escalated_to else found
    return [person for person in asked if person.pk not in step.request.parties]
