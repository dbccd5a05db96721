"""Who decides: a chain of the rulebook turned into people, never the parties themselves (law 6)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from expansion import clock
from expansion.approvals.wording import role_label
from expansion.errors import NotNow
from expansion.people.models import Membership, Role, Unit, User
from expansion.people.selectors import holders, superior_of

SUPERIOR = "superior"
# Posts of the one line upwards. Their holders do not stand in for each other: the next level does.
LINE = (Role.LEADER, Role.DEPUTY, Role.MANAGER)


@dataclass(frozen=True)
class Link:
    """One planned step; `person` where it comes down to one, `skipped` where a later one covers."""

    role: str
    deciders: frozenset[int]
    person: User | None = None
    skipped: bool = False


@dataclass(frozen=True)
class Matter:
    """Whose matter is decided, and in which team."""

    submitter: User
    parties: frozenset[int]
    team: Unit


def planned(chain: Iterable[str], matter: Matter) -> list[Link]:
    """The steps of a chain for this matter.

    A step whose only holder is a party goes to that person's superior; an unfilled post of the line
    goes to the manager. A step that came down to one person who decides later in the chain anyway
    is skipped, so that nobody is asked twice.

    Raises:
        NotNow: nobody is left who could decide a step.
    """
    links = [_link(role, matter) for role in chain]
    return [
        replace(link, skipped=link.person is not None and _decides(link.person, links[at + 1 :]))
        for at, link in enumerate(links)
    ]


def holders_of(role: str, team: Unit) -> list[User]:
    """Who holds a role of a chain today, in person, for records of this team."""
    kind, _colon, key = role.partition(":")
    if kind == "post":
        return _seated(post__key=key)
    if kind == "department":
        return _seated(unit__key=key)
    if kind == "team":
        return holders(Role.LEADER, unit=Unit.objects.get(key=key).pk)
    return holders(role, unit=team.pk if role in LINE else None)


def _seated(**where: str) -> list[User]:
    held = Membership.objects.on(clock.today()).filter(**where)
    return list(User.objects.active().filter(pk__in=held.values("user_id")))


def _link(role: str, matter: Matter) -> Link:
    if role == SUPERIOR:
        return _pinned(role, above(matter.submitter, matter.parties))
    found = holders_of(role, matter.team)
    free = [person for person in found if person.pk not in matter.parties]
    if free and (free == found or role not in LINE):
        return Link(role, frozenset(person.pk for person in free))
    held = [person for person in found if person.pk in matter.parties]
    return _pinned(role, above(held[0], matter.parties) if held else _manager(role, matter))


def _pinned(role: str, person: User | None) -> Link:
    if person is None:
        raise NotNow(
            _("Nobody else can decide the step “%(role)s”. Ask the administrator to fill the post.")
            % {"role": role_label(role)}
        )
    return Link(role, frozenset({person.pk}), person)


def _manager(role: str, matter: Matter) -> User | None:
    """Until a team has its head, the manager leads it (A-2.1b)."""
    if role not in LINE and not role.startswith("team:"):
        return None
    found = holders(Role.MANAGER, unit=matter.team.pk)
    free = [person for person in found if person.pk not in matter.parties]
    if free or not found:
        return next(iter(free), None)
    return above(found[0], matter.parties)


def above(person: User | None, parties: frozenset[int]) -> User | None:
    """The nearest superior who is no party."""
    asked: set[int] = set()
    while person is not None and person.pk not in asked:
        asked.add(person.pk)
        person = superior_of(person)
        if person is not None and person.pk not in parties:
            return person
    return None


def _decides(person: User, links: list[Link]) -> bool:
    return any(person.pk in link.deciders for link in links)
