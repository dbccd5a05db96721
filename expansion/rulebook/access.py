"""Who may read and change the rulebook: everyone reads, administrator and manager draft."""

from typing import Any

from django.db.models import Q

from expansion import access, clock
from expansion.access import NOTHING, Scope, Seat
from expansion.people.models import Membership, Role
from expansion.rulebook.models import Interpretation, Version
from expansion.rulebook.selectors import rules_on

DRAFTING = {Role.ADMINISTRATOR: Scope.DEPARTMENT, Role.MANAGER: Scope.DEPARTMENT}


@access.register(Version)
class VersionAccess(access.Rule):
    """A regulation binds those who can read it (A-1.2); drafts are seen by those who draft."""

    owner = team = None
    adjustable, fixed = True, ("view",)
    grants = {
        "view": dict.fromkeys(Role.values, Scope.DEPARTMENT),
        "create": DRAFTING,
        "edit": DRAFTING,
        "submit": DRAFTING,
        "publish": DRAFTING,
    }

    def granted(self, person: Any) -> Q:
        """Also what the approvals of a draft are seen by."""
        condition = super().granted(person)
        if condition == NOTHING or self.may(person, "edit"):
            return condition
        return Q(status=Version.Status.PUBLISHED)

    def covers(self, person: Any, seat: Seat, action: str, record: Version) -> bool:
        if action == "view" and record.status != Version.Status.PUBLISHED:
            action = "edit"
        return super().covers(person, seat, action, record)

    def allows(self, person: Any, action: str, record: Version) -> bool:
        """A draft is submitted where the rulebook in force names who approves it."""
        if action == "submit":
            drafted = record.status == Version.Status.DRAFT
            return drafted and bool(rules_on().amendment.chain.value)
        return True


@access.register(Interpretation)
class InterpretationAccess(access.Rule):
    """Everybody reads how a clause is understood; whom the regulation names publishes it."""

    owner = team = None
    grants = {"view": dict.fromkeys(Role.values, Scope.DEPARTMENT)}


def interprets(person: Any) -> bool:
    """Whether the rulebook in force names this person to interpret its clauses (E1-3)."""
    named = rules_on().policy.interpretation_by.value
    kind, _colon, key = named.partition(":")
    if kind == "post":
        held = Membership.objects.on(clock.today()).filter(user=person, post__key=key)
        return held.exists()
    return kind in Role.values and person.holds(kind)
