"""Reads over approvals: what waits for whom, who may decide, what was decided."""

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import F, Prefetch, Q, QuerySet

from expansion import clock, offers
from expansion.access import Seat
from expansion.approvals.approvers import holders_of
from expansion.approvals.models import HOLDER, Comment, Decision, Note, Request, Step
from expansion.approvals.reach import Chair, chairs, reached
from expansion.people.models import Mandate, User
from expansion.records import about_key
from expansion.rulebook.selectors import unread


def waiting_for(person: User, *, seats: tuple[Seat, ...] | None = None) -> QuerySet[Step]:
    """The open steps that this person may decide now, the most urgent first.

    `seats` spares a look-up where this request has read them already.
    """
    conditions = [chair.undecided for chair in chairs(person, seats=seats)]
    return (
        Step.objects.open()
        .filter(reached(person, conditions))
        .select_related("request__submitted_by")
        .order_by(F("due_at").asc(nulls_last=True), "pk")
    )


def may_decide(person: User, step: Step, *, seats: tuple[Seat, ...] | None = None) -> Seat | None:
    """The seat from which the person may decide this step now; `acting_for` says for whom.

    None where it is not open, not theirs, their own matter, or decided by them already. `seats`
    spares a look-up where this request has read them already.
    """
    if step.status != Step.Status.OPEN or step.request.status != Request.Status.PENDING:
        return None
    offered = [(chair.seat, chair.undecided) for chair in chairs(person, seats=seats)]
    return _first(person, step, offered)


def could_decide(person: User, step: Step) -> Seat | None:
    """The seat that reaches the step, whatever has become of the step."""
    return _first(person, step, [(chair.seat, chair.steps) for chair in chairs(person)])


def _first(person: User, step: Step, offered: list[tuple[Seat, Q]]) -> Seat | None:
    if not person.is_active or person.pk in step.request.parties:
        return None
    this = Step.objects.filter(pk=step.pk)
    return next((seat for seat, condition in offered if this.filter(condition).exists()), None)


def involving(person: User, *, seats: tuple[Seat, ...] | None = None) -> QuerySet[Request]:
    """The requests of which a step is or was this person's, or that they decided.

    Read access of approvers derives from this and from nothing else; a delegate's ends with the
    mandate except for what was decided under it. `seats` spares a look-up where this request has
    read them already.
    """
    conditions = [chair.steps for chair in chairs(person, seats=seats)]
    opened = Step.objects.filter(reached(person, conditions), opened_at__isnull=False)
    decided = Decision.objects.filter(Q(by=person.pk) | Q(for_person=person.pk))
    return Request.objects.filter(
        Q(pk__in=opened.values("request_id")) | Q(pk__in=decided.values("step__request_id"))
    )


def round_before(request: Request) -> Request | None:
    """The last round before it that nobody withdrew: how it ended says where a withdrawn record
    goes back to."""
    earlier = Request.objects.filter(
        about_type=request.about_type, about_id=request.about_id, round__lt=request.round
    ).exclude(status=Request.Status.WITHDRAWN)
    return earlier.order_by("-round").first()


def was_returned(request: Request) -> bool:
    """Whether the round before it had been returned."""
    earlier = round_before(request)
    return earlier is not None and earlier.status == Request.Status.RETURNED


def decided_records(person: User, **requests: Any) -> QuerySet:
    """The ids of the records over which the person decides or has decided, by those requests that
    `requests` (look-ups of `Request`) narrow to one kind of record."""
    seen = involving(person, seats=person.seats).filter(**requests)
    return seen.order_by().values("about_id")


def open_steps(request: Request) -> QuerySet[Step]:
    """The steps whose turn it is: one, or those that are decided together."""
    return request.steps.filter(status=Step.Status.OPEN).select_related("person")


def open_step(request: Request) -> Step | None:
    """The first of them; None once the request is closed."""
    return open_steps(request).first()


def own_step(
    person: User,
    request: Request,
    *,
    seats: tuple[Seat, ...] | None = None,
    steps: Iterable[Step] | None = None,
) -> tuple[Step | None, Seat | None]:
    """The open step that this person may decide now, and from which seat; else the first open one
    and no seat. `steps` spares a look-up where those of the request have been read."""
    if request.status != Request.Status.PENDING:
        return None, None
    found = open_steps(request) if steps is None else steps
    now = [step for step in found if step.status == Step.Status.OPEN]
    for step in now:
        step.request = request
        if seat := may_decide(person, step, seats=seats):
            return step, seat
    return (now[0] if now else None), None


def deciders(step: Step) -> list[User]:
    """Who may decide the step in person and has not yet, a superior it was escalated to at last."""
    asked = still_asked(step)
    above = step.escalated_to
    if above is None or not above.is_active or above in asked:
        return asked
    return asked if above.pk in step.request.parties else [*asked, above]


def still_asked(step: Step) -> list[User]:
    """Whose decision the step itself asks for and does not have yet."""
    parties = step.request.parties
    found = [step.person] if step.person else holders_of(step.role, step.request.team)
    decided = set(step.decisions.values_list(HOLDER, flat=True))
    return [
        person
        for person in found
        if person.is_active and person.pk not in parties and person.pk not in decided
    ]


def delegates(step: Step, principals: list[User]) -> list[User]:
    """Who may decide the step for one of these principals while a mandate runs."""
    running = Mandate.objects.active(clock.now()).filter(principal__in=principals)
    return [
        mandate.delegate
        for mandate in running.select_related("delegate")
        if (not mandate.kinds or step.request.kind in mandate.kinds)
        and mandate.delegate.is_active
        and mandate.delegate_id not in step.request.parties
    ]


def rounds(record: Any) -> QuerySet[Request]:
    return Request.objects.filter(**about_key(record))


def latest(record: Any) -> Request | None:
    """The last round of approval of a record."""
    return rounds(record).order_by("-round").first()


WITH_DECISIONS = (
    Prefetch(
        "steps", Step.objects.select_related("person", "added_by", "added_for", "escalated_to")
    ),
    Prefetch("steps__decisions", Decision.objects.select_related("by", "for_person")),
    "steps__decisions__notes",
    Prefetch("comments", Comment.objects.select_related("by", "for_person")),
)


def history(record: Any) -> list[Request]:
    """Every round of a record, first to last, each with its steps and decisions."""
    return _with_steps(rounds(record))


def rounds_until(request: Request) -> list[Request]:
    """The rounds of the request's record, first to last, up to this one."""
    return _with_steps(_same_record(request).filter(round__lte=request.round))


def _with_steps(requests: QuerySet[Request]) -> list[Request]:
    found = requests.select_related("submitted_by", "received_by", "team", "rules_version")
    found = found.defer(*unread("rules_version")).order_by("round")
    return list(found.prefetch_related(*WITH_DECISIONS))


def _same_record(request: Request) -> QuerySet[Request]:
    return Request.objects.filter(about_type=request.about_type_id, about_id=request.about_id)


def speaks_as(
    person: User,
    request: Request,
    *,
    seats: tuple[Seat, ...] | None = None,
    decided: set[int] | None = None,
) -> int | None:
    """In whose right the person comments on a request: the own id, or that of who is absent.

    Whose matter it is, in whose right the record was decided on in any round, and whose step has
    been opened here and is not closed; the latter two by who acts for them today as well. None for
    everybody else who reads it. `decided` are those in whose right the record was decided on, by
    id, where its decisions have been read already.
    """
    if decided is None:
        decided = _have_decided(request)
    if person.pk in request.hands or person.pk in decided:
        return person.pk
    sitting = chairs(person, seats=seats)
    sat = [(chair.seat, chair.steps) for chair in sitting]
    begun = request.steps.filter(status__in=[Step.Status.OPEN, Step.Status.WAITING])
    for step in begun.exclude(opened_at=None):
        step.request = request
        if seat := _first(person, step, sat):
            return seat.acting_for or person.pk
    return _speaks_for(person, request, sitting, decided)


def _speaks_for(
    person: User, request: Request, sitting: Iterable[Chair], decided: set[int]
) -> int | None:
    """For whom of those who have decided the person acts today; nobody on a matter of their own."""
    held = (one.holder for one in sitting if not one.kinds or request.kind in one.kinds)
    found = next((holder for holder in held if holder in decided), None)
    return None if found is None or {found, person.pk} & request.parties else found


def concerned(request: Request) -> frozenset[int]:
    """Whose matter it is, and who has decided or commented on the record in any round, by id."""
    same = _same_record(request)
    made = Decision.objects.filter(step__request__in=same)
    said = Comment.objects.filter(request__in=same)
    return request.hands.union(
        made.values_list("by", flat=True),
        made.exclude(for_person=None).values_list("for_person", flat=True),
        said.values_list("by", flat=True),
    )


def _have_decided(request: Request) -> set[int]:
    """In whose right the record was decided on, in any round."""
    made = Decision.objects.filter(step__request__in=_same_record(request))
    return set(made.order_by().values_list(HOLDER, flat=True))


def notes_of(request: Request) -> QuerySet[Note]:
    """The notes on a record up to this round; earlier ones stay readable (R-exp-05)."""
    return (
        Note.objects.filter(
            decision__step__request__about_type=request.about_type_id,
            decision__step__request__about_id=request.about_id,
            decision__step__request__round__lte=request.round,
        )
        .select_related(
            "decision__by", "decision__for_person", "decision__step__request", "answered_by"
        )
        .order_by("pk")
    )


def acts_under_mandate() -> QuerySet[Decision]:
    """Every decision taken for an absent principal (R-exp-04: the list of acts)."""
    return Decision.objects.exclude(for_person=None)


def subject(request: Request) -> offers.Subject:
    """How the request's record is approved.

    Raises:
        LookupError: no app offers its kind any more.
    """
    for one in offers.of(offers.Subject):
        if one.kind == request.kind:
            return cast(offers.Subject, one)
    raise LookupError(f"No app offers {request.kind!r} for approval.")


def chairs_in(person: User, request: Request) -> bool:
    """Whether a step of the record's approval, in any round, is or was this person's."""
    return person.pk not in request.parties and _sits_in(person, request)


def _sits_in(person: User, request: Request, seats: tuple[Seat, ...] | None = None) -> bool:
    return involving(person, seats=seats).filter(pk__in=_same_record(request)).exists()


def settleable(
    person: User, notes: Iterable[Note], *, seats: tuple[Seat, ...] | None = None
) -> set[int]:
    """Which of these notes the person may settle, by their ids: those of the own hand, and on a
    record where the person decides now or then, all but those on the own matter. One look-up for
    each record that they are on."""
    asked = {note.pk: note.decision for note in notes}
    own = {pk for pk, decision in asked.items() if decision.by_id == person.pk}
    others = {pk: decision.step.request for pk, decision in asked.items() if pk not in own}
    free = {pk: request for pk, request in others.items() if person.pk not in request.parties}
    records = {_record_key(request): request for request in free.values()}
    sits = {key for key, request in records.items() if _sits_in(person, request, seats)}
    return own | {pk for pk, request in free.items() if _record_key(request) in sits}


def _record_key(request: Request) -> tuple[Any, Any]:
    return request.about_type_id, request.about_id
