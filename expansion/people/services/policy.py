"""What the house asks of a login."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from expansion import access
from expansion.audit.services import write
from expansion.errors import Invalid
from expansion.people.models import LoginPolicy, Role, User
from expansion.records import lock

ONLY = 1


@transaction.atomic
def change_login_policy(
    *, actor: User, factor_roles: Iterable[str], version: int | None = None
) -> LoginPolicy:
    """From the next request on, whoever holds one of these roles needs a second factor.

    Raises:
        Forbidden: the actor is no administrator.
        Stale: somebody has changed it since `version`; 0 stands for the house without such a row.
        Invalid: there is no such role.
    """
    access.require(actor, "edit", LoginPolicy)
    wanted = set(factor_roles)
    if not wanted <= set(Role.values):
        raise Invalid(fields={"factor_roles": [_("There is no such role.")]})
    row, _new = LoginPolicy.objects.get_or_create(pk=ONLY, defaults={"version": 0})
    policy = lock(LoginPolicy.objects.all(), row.pk, version=version)
    before = policy.factor_roles
    policy.factor_roles = [role for role in Role.values if role in wanted]
    policy.version += 1
    policy.save()
    changes = {"factor_roles": [before, policy.factor_roles]}
    write(actor=actor, verb="people.policy.changed", about=policy, changes=changes)
    return policy
