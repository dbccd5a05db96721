"""Who may see and change people, units, posts and mandates."""

from typing import Any

from django.db.models import Q

from expansion import access
from expansion.access import Scope, Seat
from expansion.people.models import (
    LoginPolicy,
    Mandate,
    Membership,
    Post,
    Rights,
    Role,
    Token,
    Unit,
    User,
)

EVERYONE = {role: Scope.DEPARTMENT for role in Role.values}
OWN = {role: Scope.OWN for role in Role.values}
EDITORS = {Role.MANAGER: Scope.DEPARTMENT, Role.ADMINISTRATOR: Scope.DEPARTMENT}


@access.register(User)
class UserAccess(access.Rule):
    """The staff list is open to all colleagues (R-exp-02: all read); accounts are not."""

    owner = team = None
    grants = {
        "view": EVERYONE,
        "create": {Role.ADMINISTRATOR: Scope.DEPARTMENT},
        "edit": {Role.ADMINISTRATOR: Scope.DEPARTMENT},
        "rehearse": {Role.ADMINISTRATOR: Scope.DEPARTMENT},
        "export": EDITORS | {Role.LEADERSHIP: Scope.DEPARTMENT, Role.HR: Scope.DEPARTMENT},
    }


@access.register(Unit)
class UnitAccess(access.Rule):
    owner = team = None
    adjustable, fixed = True, ("view",)
    grants = {"view": EVERYONE, "create": EDITORS, "edit": EDITORS}


@access.register(Post)
class PostAccess(access.Rule):
    owner = team = None
    adjustable, fixed = True, ("view",)
    grants = {"view": EVERYONE, "create": EDITORS, "edit": EDITORS}


@access.register(Membership)
class MembershipAccess(access.Rule):
    owner, team = "user", "unit"
    adjustable, fixed = True, ("view",)
    grants = {"view": EVERYONE, "create": EDITORS, "edit": EDITORS}


@access.register(Mandate)
class MandateAccess(access.Rule):
    """Principal and delegate see theirs; the manager and the administrator see all. Who gives one
    is set by rights; one's own everybody ends (R-exp-04)."""

    owner, team = "principal", None
    adjustable = True
    grants = {
        "view": EDITORS | {Role.LEADERSHIP: Scope.DEPARTMENT},
        "create": {Role.MANAGER: Scope.OWN, Role.ADMINISTRATOR: Scope.DEPARTMENT},
        "revoke": OWN | {Role.ADMINISTRATOR: Scope.DEPARTMENT},
        "export": EDITORS | {Role.LEADERSHIP: Scope.DEPARTMENT},
    }

    def also_visible(self, person: Any) -> Q:
        return Q(principal_id=person.pk) | Q(delegate_id=person.pk)

    def scope(self, seat: Seat, action: str) -> Scope:
        """Never chained: who acts for somebody gives no mandate in that person's name."""
        acting = seat.acting_for is not None and action != "view"
        return Scope.NONE if acting else super().scope(seat, action)


@access.register(Rights)
class RightsAccess(access.Rule):
    """Everybody may read who may do what; administrators alone change it (R-exp-03)."""

    owner = team = None
    grants = {
        "view": EVERYONE,
        "edit": {Role.ADMINISTRATOR: Scope.DEPARTMENT},
        "export": EDITORS | {Role.LEADERSHIP: Scope.DEPARTMENT, Role.HR: Scope.DEPARTMENT},
    }


@access.register(LoginPolicy)
class LoginPolicyAccess(access.Rule):
    """The administrator's."""

    owner = team = None
    grants = {
        "view": {Role.ADMINISTRATOR: Scope.DEPARTMENT},
        "edit": {Role.ADMINISTRATOR: Scope.DEPARTMENT},
    }


@access.register(Token)
class TokenAccess(access.Rule):
    """Everybody's own only: a mandate passes on duties, not keys."""

    private = True
    owner, team = "user", None
    grants = {
        action: dict.fromkeys(Role.values, Scope.OWN) for action in ("view", "create", "revoke")
    }

    def scope(self, seat: Seat, action: str) -> Scope:
        return Scope.NONE if seat.acting_for is not None else super().scope(seat, action)
