"""Who acts for an absent manager without being asked (A-2.2.2a, reading 29)."""

from datetime import datetime
from typing import Any

from expansion.people.models import Mandate, Membership, Role, User
from expansion.people.services.mandates import create_mandate, overlapping
from expansion.rulebook.selectors import rules_on
from expansion.worktime import local_date


def act_for_absent(
    *,
    actor: Any,
    record: Any,
    person: User,
    starts_at: datetime,
    ends_at: datetime,
    kind: str = Mandate.Reason.LEAVE,
) -> Mandate | None:
    """The mandate that begins by itself with an approved absence of the manager.

    Whoever approves an absence announces it (`leave.approved`, `outing.approved`). None where the
    rulebook of that day does not want it, the person is not the manager, nobody holds the post that
    acts, or somebody acts then already. It passes on the approvals that the rulebook lists, or
    every duty where the rulebook says all.
    """
    rules = rules_on(local_date(starts_at)).delegation
    wanted = {Mandate.Reason.LEAVE: "leave", Mandate.Reason.OUTING: "full_day_outing"}.get(kind)
    if not rules.auto_on_leave.value or wanted not in (rules.absent_when.value or ()):
        return None
    delegate = _holder(rules.delegate.value, local_date(starts_at))
    if not person.holds(Role.MANAGER) or delegate is None or delegate.pk == person.pk:
        return None
    if overlapping(person, starts_at, ends_at).exists():
        return None
    return create_mandate(
        actor=person,
        principal=person,
        delegate=delegate,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=kind,
        kinds=None if rules.kinds is None else list(rules.kinds),
    )


def _holder(post: str | None, day: Any) -> User | None:
    """Who holds the post that day and logs in; None where it is vacant or not named."""
    held = Membership.objects.on(day).filter(post__key=post).select_related("user").order_by("pk")
    return next((seat.user for seat in held if seat.user.is_active), None)
