"""Reminders before a step is due, notices once it is overdue, and what follows when nobody has
decided: each exactly once (R-exp-05)."""

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from expansion.approvals import notifying, vacancies
from expansion.approvals.approvers import above
from expansion.approvals.models import HOLDER, Request, Step
from expansion.approvals.selectors import deciders, still_asked
from expansion.approvals.services import conclude_complete, go_on, send_back
from expansion.approvals.timing import open_now
from expansion.audit.services import write
from expansion.errors import Refusal
from expansion.notices import ladders
from expansion.notices.services import together
from expansion.people.models import Status, User
from expansion.people.selectors import seats_read_once
from expansion.records import lock
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import LONG, rules_of

logger = logging.getLogger(__name__)
LONGEST_REFUSAL = 500  # characters


def remind(now: datetime) -> dict[str, int]:
    """Sends what is due at `now`; run twice, late or after a pause it ends the same.

    A notice has a key per step and person, so that a second run sends nothing again. Steps that
    nobody can decide and what follows lateness come first: who hears of that is not told of the
    delay besides. Returns how many steps were looked at, how many have a decider again, and how
    many were escalated or sent back.
    """
    with together():
        seated = sum(_unless_refused(attend, pk, now, pk) for pk in _unattended(now))
        late = sum(_unless_refused(follow_up, pk, now, request) for pk, request in _late(now))
    due, overdue = _due(now), _overdue(now)
    # Not round what comes before: what is approved there may change who holds a post.
    with seats_read_once():
        notifying.steps_due(due)
        notifying.steps_overdue(overdue)
        _tell_above(now)
    return {"due": len(due), "overdue": len(overdue), "seated": seated, "followed_up": late}


def _unless_refused(
    act: Callable[[int, datetime], int], pk: int, now: datetime, request_id: int
) -> int:
    """What the act returns; where the record's own app lets its round not end, that round stays as
    it was and says why, and the others are looked at all the same."""
    try:
        return act(pk, now)
    except Refusal as refusal:
        logger.warning(
            "An approval stays open, its app refused (%s %s): %s", act.__name__, pk, refusal.message
        )
        _note_stuck(request_id, str(refusal.message), now)
        return 0


@transaction.atomic
def _note_stuck(request_id: int, because: str, now: datetime) -> None:
    """Keeps why a round cannot end, for its page; of each time people hear once."""
    request = lock(Request.objects.all(), request_id)
    because, first = because[:LONGEST_REFUSAL], request.stuck_since is None
    if request.status != Request.Status.PENDING or not (first or because != request.stuck_because):
        return
    request.stuck_since, request.stuck_because = request.stuck_since or now, because
    request.save(update_fields=["stuck_since", "stuck_because"])
    if first:
        changes = {"reason": [None, because]}
        write(actor=None, verb="approvals.request.held_up", about=request, changes=changes)
        notifying.stuck(request)


def _tell_above(now: datetime) -> None:
    """Superiors and the manager hear of steps that stay undecided, as the ladder of the rules says
    under which each was submitted."""
    by_version: dict[Version, list[Step]] = defaultdict(list)
    versions = Prefetch("request__rules_version", Version.objects.defer(*LONG))
    for step in _open().filter(due_at__lt=now).prefetch_related(versions):
        by_version[step.request.rules_version].append(step)
    for version, steps in by_version.items():
        rules = rules_of(version)
        ladders.tell_late(
            [_owed(step, rules) for step in steps],
            now=now,
            kind="approvals.step",
            ladder="approvals",
            rules=rules,
            only_above=True,
        )


def _owed(step: Step, rules: Rules) -> ladders.Owed:
    """What the ladder is told of a late step; whom `deciding.late` asks hears of it by that."""
    late = still_asked(step)
    told = {step.escalated_to, *late, *notifying.hear_of_lateness(step, late)}
    if rules.deciding.late.value == "escalated":
        told.add(_superior(late, step.request.parties))
    return ladders.Owed(
        people=tuple(late),
        due_at=step.due_at,
        what=step.request.title,
        key=f"{step.pk}.{step.due_at:%Y%m%d%H%M}",
        url=step.request.get_absolute_url(),
        about=step.request,
        told=frozenset(person.pk for person in told if person is not None),
        unit=step.request.team_id,
    )


def _open() -> QuerySet[Step]:
    return Step.objects.open().select_related(
        "person",
        "escalated_to",
        "request__submitted_by",
        "request__received_by",
        "request__owner",
        "request__team",
    )


def _due(now: datetime) -> list[Step]:
    return list(_open().filter(remind_at__lte=now, due_at__gt=now))


def _overdue(now: datetime) -> list[Step]:
    return list(_open().filter(due_at__lte=now))


def _unattended(now: datetime) -> list[int]:
    """The rounds with a step that has run out of time, never does, or had nobody to decide it."""
    looked_at = Q(due_at__lte=now) | Q(due_at=None) | Q(unseated_at__isnull=False)
    found = Step.objects.open().filter(looked_at).order_by("request_id")
    return list(found.values_list("request_id", flat=True).distinct())


@transaction.atomic
def attend(request_id: int, now: datetime) -> int:
    """Finds somebody for the steps of a round that nobody can decide, whose time begins anew then;
    returns how many have a decider again."""
    steps = _open().filter(request=request_id)
    if all(step.unseated_at is None and deciders(step) for step in steps):
        return 0
    request = lock(Request.objects.all(), request_id)
    found = list(steps.all())
    for step in found:
        step.request = request
    if complete := next((step for step in found if _is_complete(step)), None):
        conclude_complete(complete)
        return 0
    seated = vacancies.seat(found)
    if seated and request.stuck_since is not None:
        request.stuck_since, request.stuck_because = None, ""
        request.save(update_fields=["stuck_since", "stuck_because"])
    for step in seated:
        open_now(step)
    if not vacancies.spare(seated) or not go_on(request, None):
        notifying.each_opened(seated, None)
    notifying.asked_no_more(request)
    return len(seated)


def _is_complete(step: Step) -> bool:
    """Whether all who are left have decided a step that all have to decide; what somebody approved
    whose matter it has become does not count."""
    if not step.everyone or deciders(step):
        return False
    own = Q(by__in=step.request.parties) | Q(holder__in=step.request.parties)
    return step.decisions.alias(holder=HOLDER).exclude(own).exists()


def _unescalated() -> Q:
    """What no superior may decide, or one who is not there any more."""
    return Q(escalated_to=None) | ~Q(escalated_to__status=Status.ACTIVE)


def _late(now: datetime) -> list[tuple[int, int]]:
    """The steps of which something follows, each with its round."""
    late = Step.objects.open().filter(_unescalated(), late_at__lte=now)
    return list(late.order_by("pk").values_list("pk", "request_id"))


@transaction.atomic
def follow_up(pk: int, now: datetime) -> bool:
    """Does with one late step what the rulebook says; False where nothing is left to do."""
    still_late = _open().filter(_unescalated(), pk=pk, late_at__lte=now)
    found = still_late.first()
    way = rules_of(found.request.rules_version).deciding.late.value if found else "reminded"
    if found is None or way == "reminded":
        return False
    request = lock(Request.objects.all(), found.request_id)
    step = still_late.first()
    if step is None:
        return False
    step.request = request
    if way == "escalated":
        return _escalate(step)
    send_back(step)
    return True


def _escalate(step: Step) -> bool:
    """Lets the superior of who is late decide the step too; at the top nobody is left to ask."""
    late = still_asked(step)
    superior = _superior(late, step.request.parties)
    if superior is None:
        return False
    step.escalated_to = superior
    step.save(update_fields=["escalated_to"])
    names = ", ".join(person.name for person in late)
    changes = {"person": [names, superior.name], "due": [None, step.due_at]}
    write(actor=None, verb="approvals.step.escalated", about=step.request, changes=changes)
    notifying.step_escalated(step, late)
    return True


def _superior(late: list[User], parties: frozenset[int]) -> User | None:
    asked = frozenset(person.pk for person in late)
    found = (above(person, parties | asked) for person in late)
    return next((person for person in found if person is not None), None)
