"""One group per unit that holds whoever sits in it today, so that guardian's tables can name it."""

from django.contrib.auth.models import Group
from django.db import transaction

from expansion import clock
from expansion.people.models import Membership, Status, Unit, User


@transaction.atomic
def keep_groups() -> int:
    """Makes every unit's group equal to the unit's people of today; returns how many changed.

    The number of queries does not grow with people or units.
    """
    for unit in Unit.objects.filter(group=None):
        unit.group = Group.objects.create(name=f"unit:{unit.key}")
        unit.save(update_fields=["group"])
    seated = Membership.objects.on(clock.today()).filter(user__status=Status.ACTIVE)
    wanted = set(seated.values_list("user_id", "unit__group_id"))
    kept = User.groups.through
    held = dict(
        ((user, group), pk)
        for pk, user, group in kept.objects.filter(group__unit__isnull=False).values_list(
            "pk", "user_id", "group_id"
        )
    )
    gone = [pk for pair, pk in held.items() if pair not in wanted]
    new = [kept(user_id=user, group_id=group) for user, group in sorted(wanted - set(held))]
    kept.objects.filter(pk__in=gone).delete()
    kept.objects.bulk_create(new, ignore_conflicts=True)
    return len(gone) + len(new)
