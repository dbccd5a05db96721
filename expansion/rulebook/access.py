"""Who may read and change the rulebook: everyone reads, administrator and manager draft, and where
the rulebook names nobody who approves it the administrator alone publishes."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from expansion import access, clock
from expansion.access import NOTHING, Scope, Seat
from expansion.people.models import Membership, Role
from expansion.people.selectors import holders, superior_of, unit_by_key
from expansion.rulebook.models import Interpretation, Version
from expansion.rulebook.selectors import rules_on

PUBLISHING = {Role.ADMINISTRATOR: Scope.DEPARTMENT}
DRAFTING = {**PUBLISHING, Role.MANAGER: Scope.DEPARTMENT}


@access.register(Version)
class VersionAccess(access.Rule):
    """A regulation binds those who can read it (A-1.2); drafts are seen by those who draft."""

    owner = team = None
    adjustable, fixed = True, ("view", "publish", "withdraw")
    grants = {
        "view": dict.fromkeys(Role.values, Scope.DEPARTMENT),
        "create": DRAFTING,
        "edit": DRAFTING,
        "submit": DRAFTING,
        "publish": PUBLISHING,
        "withdraw": dict.fromkeys(Role.values, Scope.DEPARTMENT),
    }

    def granted(self, person: Any) -> Q:
        """Who drafts sees all of them, and by this their approvals with what was said there."""
        return super().granted(person) if self.may(person, "edit") else NOTHING

    def also_visible(self, person: Any) -> Q:
        """What is published is read by everybody; how it was decided is not."""
        reads = super().granted(person) != NOTHING
        return Q(status=Version.Status.PUBLISHED) if reads else NOTHING

    def covers(self, person: Any, seat: Seat, action: str, record: Version) -> bool:
        if action == "view" and record.status != Version.Status.PUBLISHED:
            action = "edit"
        return super().covers(person, seat, action, record)

    def decided_now(self, record: Version) -> bool:
        return record.status == Version.Status.SUBMITTED

    def allows(self, person: Any, action: str, record: Version) -> bool:
        """A draft is submitted where the rulebook in force names who approves it. What is published
        and has not begun is taken back by whoever gave it the last word."""
        if action == "submit":
            drafted = record.status == Version.Status.DRAFT
            return drafted and bool(rules_on().amendment.chain.value)
        if action == "withdraw":
            if record.status != Version.Status.PUBLISHED or not record.effective_on > clock.today():
                return False
            alone = record.unapproved and access.can(person, "publish", Version)
            return alone or record.published_by_id == person.pk
        return True


@access.register(Interpretation)
class InterpretationAccess(access.Rule):
    """Everybody reads how a clause is understood; whom the regulation names publishes it."""

    owner = team = None
    grants = {"view": dict.fromkeys(Role.values, Scope.DEPARTMENT)}


def interprets(person: Any) -> bool:
    """Whether the rulebook in force names this person to interpret its clauses (E1-3).

    A clause is nobody's own matter: its `superior` is who stands above the head of the department.
    """
    kind, _colon, key = rules_on().policy.interpretation_by.value.partition(":")
    if kind in Role.values:
        return person.holds(kind)
    return NAMED[kind](person, key)


def interprets_for(person: Any) -> int | None:
    """By whose mandate this person interprets a clause; None in the own right."""
    role = rules_on().policy.interpretation_by.value
    held = [seat.acting_for for seat in person.seats if seat.role == role]
    return None if None in held else next(iter(held), None)


def _sits(person: Any, **where: str) -> bool:
    return Membership.objects.on(clock.today()).filter(user=person, **where).exists()


def _leads(person: Any, key: str) -> bool:
    """Until a team has its head, the manager leads it (A-2.1b)."""
    unit = unit_by_key(key)
    if unit is None:
        return False
    heads = holders(Role.LEADER, unit=unit.pk) or holders(Role.MANAGER, unit=unit.pk)
    return person in heads


def _stands_above(person: Any, key: str) -> bool:
    return any(superior_of(head) == person for head in holders(Role.MANAGER))


# What stands before the colon of a word that is no role.
NAMED: dict[str, Callable[[Any, str], bool]] = {
    "post": lambda person, key: _sits(person, post__key=key),
    "department": lambda person, key: _sits(person, unit__key=key),
    "person": lambda person, key: person.username.lower() == key.lower(),
    "team": _leads,
    "superior": _stands_above,
}
