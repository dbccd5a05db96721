"""Whether a place is there for somebody: posts of the department, and how many may hold them."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from expansion.errors import Invalid
from expansion.office.models import PersonnelChange
from expansion.office.selectors.personnel import OF_THE_DEPARTMENT, vacancies
from expansion.people.models import Membership, Unit


def refuse_place(change: PersonnelChange, seats: Collection[Membership]) -> None:
    """
    Raises:
        Invalid: the place is none of the department, held by the person already, or full.
    """
    unit, post = change.to_unit, change.to_post
    wrong: dict[str, list[str]] = {}
    if unit is None or unit.kind == Unit.Kind.OUTSIDE:
        wrong["to_unit"] = [_("Choose a unit of the department.")]
    if post is None or post.role not in OF_THE_DEPARTMENT:
        wrong["to_post"] = [_("Choose a post of the department.")]
    if wrong or unit is None or post is None:
        raise Invalid(fields=wrong)
    if _holds(change, seats):
        sentence = _("%(name)s holds this post in this unit already.")
        raise Invalid(fields={"to_post": [sentence % {"name": change.whom}]})
    free = vacancies(post, change.effective_on, change=change)
    freed = sum(seat.post_id == post.pk for seat in seats)
    if free is not None and free + freed < 1:
        raise Invalid(fields={"to_post": [full(change)]})


def _holds(change: PersonnelChange, seats: Collection[Membership]) -> bool:
    """In the very place, whether it is given up for this or not."""
    if change.person is None:
        return False
    held = change.person.memberships.on(change.effective_on)
    return held.filter(unit=change.to_unit, post=change.to_post).exists()


def full(change: PersonnelChange) -> str:
    post = change.to_post
    words = {"post": post, "limit": post.headcount if post else 0}
    return _("%(post)s: all %(limit)d places are taken from that day on.") % words
