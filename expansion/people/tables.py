"""The lists of this room."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from expansion import access, clock
from expansion.people.models import Mandate, Membership, Role, Status, Unit, User
from expansion.people.selectors import Tree, unseated
from expansion.ui.listing import Column, Filter, Listing, SavedView
from expansion.ui.templatetags.ui import badge

TONES = {
    Status.INVITED: "info",
    Status.ACTIVE: "done",
    Status.LOCKED: "late",
    Status.LEFT: "neutral",
}
MANDATE_WORDS = {
    "planned": ("info", _("planned")),
    "active": ("done", _("running")),
    "ended": ("neutral", _("ended")),
    "revoked": ("neutral", _("revoked")),
}


def by_unit(people: QuerySet[User]) -> QuerySet[User]:
    """Staff in the order of the tree; those without a post come last."""
    seats = Membership.objects.on(clock.today()).filter(user=OuterRef("pk"))
    first = seats.order_by("unit__order", "unit_id", "post_id")
    return people.annotate(
        unit_order=Subquery(first.values("unit__order")[:1]),
        unit_id=Subquery(first.values("unit_id")[:1]),
        post_id=Subquery(first.values("post_id")[:1]),
    )


def with_seats(people: QuerySet[User]) -> QuerySet[User]:
    """The people with the posts of today as `held`, for every cell that names unit or post."""
    held = Membership.objects.on(clock.today()).select_related("unit", "post")
    return people.prefetch_related(Prefetch("memberships", held, to_attr="held"))


def units(user: User) -> str:
    return " · ".join(dict.fromkeys(str(seat.unit) for seat in user.held))


def posts(user: User) -> str:
    return " · ".join(dict.fromkeys(str(seat.post) for seat in user.held))


def status_badge(user: User) -> SafeString:
    return badge(TONES[Status(user.status)], user.get_status_display())


def unit_choices(person: User) -> list[tuple[str, str]]:
    return [(unit.key, str(unit)) for unit in Unit.objects.all()]


def in_unit(people: QuerySet[User], key: str) -> QuerySet[User]:
    """The unit's people and those of all units below it."""
    unit = Unit.objects.get(key=key)
    return _seated(people, unit__in=Tree().below(unit.pk))


def _seated(people: QuerySet[User], **where: Any) -> QuerySet[User]:
    held = Membership.objects.on(clock.today()).filter(**where)
    return people.filter(pk__in=held.values("user_id"))


def matching(people: QuerySet[User], text: str) -> QuerySet[User]:
    """The people in whose name, pinyin, initials or user name every word of the text is found."""
    for word in text.lower().split():
        people = people.filter(search__contains=word)
    return people


PEOPLE = Listing(
    key="people.people",
    model=User,
    label=_("People and access"),
    name=_("Full name"),
    title=lambda user: user.name,
    url=lambda user: user.get_absolute_url(),
    columns=[
        Column("unit", _("Unit"), units),
        Column("post", _("Post"), posts),
        Column("username", _("User name"), lambda user: user.username, sort="username"),
        Column(
            "status",
            _("Status"),
            lambda user: user.get_status_display(),
            sort="status",
            cell=status_badge,
        ),
        Column(
            "last_login",
            _("Last login"),
            lambda user: user.last_login,
            "moment",
            shown=False,
            allowed=lambda person: access.can(person, "edit", User),
        ),
    ],
    filters=[
        Filter("unit", _("Unit"), unit_choices, in_unit),
        Filter(
            "role",
            _("Role"),
            lambda person: Role.choices,
            lambda people, key: _seated(people, post__role=key),
        ),
        Filter(
            "status",
            _("Status"),
            lambda person: Status.choices,
            lambda people, key: people.filter(status=key),
        ),
    ],
    views=[
        SavedView("active", _("Active"), lambda people, person: people.active()),
        SavedView(
            "unseated",
            _("Without a post"),
            lambda people, person: people.filter(pk__in=unseated(clock.today()).values("pk")),
        ),
        SavedView("left", _("Left"), lambda people, person: people.filter(status=Status.LEFT)),
    ],
    search=matching,
    search_hint=_("Name, pinyin, initials"),
    order=("unit_order", "unit_id", "post_id", "username"),
    prepare=with_seats,
)


def mandate_badge(mandate: Mandate) -> SafeString:
    return badge(*MANDATE_WORDS[mandate.status(clock.now())])


def states(person: User) -> Iterable[tuple[str, Any]]:
    return [(key, label) for key, (_tone, label) in MANDATE_WORDS.items()]


def in_state(mandates: QuerySet[Mandate], key: str) -> QuerySet[Mandate]:
    now = clock.now()
    conditions = {
        "planned": Q(revoked_at=None, starts_at__gt=now),
        "active": Q(revoked_at=None, starts_at__lte=now, ends_at__gt=now),
        "ended": Q(revoked_at=None, ends_at__lte=now),
        "revoked": Q(revoked_at__isnull=False),
    }
    return mandates.filter(conditions[key])


MANDATES = Listing(
    key="people.mandates",
    model=Mandate,
    label=_("Mandates"),
    name=_("Delegate"),
    title=lambda mandate: mandate.delegate.name,
    url=lambda mandate: mandate.get_absolute_url(),
    columns=[
        Column("principal", _("Acts for"), lambda mandate: mandate.principal.name),
        Column(
            "status",
            _("Status"),
            lambda mandate: str(MANDATE_WORDS[mandate.status(clock.now())][1]),
            cell=mandate_badge,
        ),
        Column(
            "starts", _("Starts"), lambda mandate: mandate.starts_at, "moment", sort="starts_at"
        ),
        Column("ends", _("Ends"), lambda mandate: mandate.ended_at, "moment", sort="ends_at"),
        Column("reason", _("Reason"), lambda mandate: mandate.get_reason_display()),
    ],
    filters=[Filter("status", _("Status"), states, in_state)],
    order=("-starts_at", "-pk"),
    prepare=lambda mandates: mandates.select_related("principal", "delegate"),
)
