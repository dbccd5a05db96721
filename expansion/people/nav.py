"""What this room offers the house: menu entries, and people to the search."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from expansion import access, offers
from expansion.people.models import Role, User
from expansion.people.tables import matching, posts, units, with_seats

KIND = pgettext_lazy("search", "Person")


def find_people(person: Any, text: str, most: int) -> Iterator[offers.Hit]:
    """Colleagues by name, pinyin, initials or user name; who works here stands first."""
    found = matching(access.visible_to(person, User.objects.all()), text)
    for one in with_seats(found.order_by("status", "name", "pk"))[:most]:
        stands = [] if one.is_active else [str(one.get_status_display())]
        detail = " · ".join(filter(None, [posts(one), units(one), *stands]))
        yield offers.Hit(one.name, one.get_absolute_url(), KIND, "user", detail)


offers.add(
    offers.SearchSource("people", 15, find_people),
    offers.NavItem(
        "people",
        "administration",
        _("People and access"),
        "people:person-list",
        "users",
        30,
        lambda person: person.holds(Role.ADMINISTRATOR, Role.MANAGER, Role.HR),
    ),
    offers.NavItem(
        "mandates",
        "administration",
        _("Mandates"),
        "people:mandate-list",
        "user-share",
        35,
        lambda person: person.holds(Role.ADMINISTRATOR, Role.MANAGER),
    ),
)
