"""In whose right a round was approved: by whom a step of a chain names, or by somebody else."""

from datetime import date

from expansion import clock
from expansion.approvals.approvers import NAMED, answers
from expansion.approvals.models import HOLDER, Decision, Request, Step
from expansion.people.models import Membership, Role, User
from expansion.people.selectors import seats_on, unit_by_key
from expansion.rulebook.values import parts


def has_approved(request: Request, step: str) -> bool:
    """Whether those whom this step of a chain names have approved in the round, all of them or any
    one as it says.

    What counts is who decided, and what they were on that day: a step that was handed on carries
    its role's name to whoever took it. Who stood in for the role by rule, as a party's superior
    does, counts as the role; so does what a later round took over.
    """
    joint, roles = parts(step)
    found = (_approved(request, role) for role in roles)
    return any(found) if joint == "any" else all(found)


def _approved(request: Request, role: str) -> bool:
    given = Decision.objects.filter(step__request=request, decision=Decision.Kind.APPROVE)
    made = list(given.select_related("step").annotate(holder=HOLDER))
    if any(_by_rule(one.step, role) for one in made):
        return True
    return _taken_over(request, role, {one.holder for one in made}) or any(
        was(one.holder, role, request.team_id, clock.local_date(one.at)) for one in made
    )


def _by_rule(step: Step, role: str) -> bool:
    """Whether it was the role's own step, decided by whom the rulebook lets decide it."""
    return step.role == role and step.added_by_id is None and step.status == Step.Status.APPROVED


def _taken_over(request: Request, role: str, approved_by: set[int]) -> bool:
    """Whether another step or an earlier round stands for the role's own."""
    found = request.steps.filter(role=role)
    if found.filter(status=Step.Status.SKIPPED, person__in=approved_by).exists():
        return True
    before = _before(request) if found.filter(status=Step.Status.CARRIED).exists() else None
    return before is not None and _approved(before, role)


def _before(request: Request) -> Request | None:
    same = Request.objects.filter(about_type=request.about_type_id, about_id=request.about_id)
    return same.filter(round=request.round - 1).first()


def was(person: int, role: str, team: int, day: date) -> bool:
    """Whether the person was this role of a chain on that day, for records of this team."""
    kind, _colon, key = role.partition(":")
    held = Membership.objects.on(day).filter(user=person)
    if kind == NAMED:
        return User.objects.filter(pk=person, username__iexact=key).exists()
    if kind == "post":
        return held.filter(post__key=key).exists()
    if kind == "department":
        return held.filter(unit__key=key).exists()
    if kind == "team":
        unit = unit_by_key(key)
        if unit is None:
            return False
        role, team = Role.LEADER, unit.pk
    return any(answers(seat, role, team) for seat in seats_on(day, [person])[person])
