"""To whom a person may give clients, found by the names people write in spreadsheets."""

import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from crm.models import Client
from crm.naming import syllables
from expansion import access, clock
from expansion.access import Scope
from expansion.people.models import Membership, Unit, User
from expansion.people.selectors import active_people


class Owners:
    """The colleagues whom `actor` may name as owners, with the team of each; a few queries in all.

    Where `actor` may not assign, there are none.
    """

    def __init__(self, actor: User):
        self.actor = actor
        units = _reach(actor)
        people = active_people() if units else []
        able = [one for one in people if access.can(one, "create", Client)]
        self._teams = _teams(able)
        within = [one for one in able if self._teams.get(one.pk) in units or one == actor]
        self.may_assign = bool(within)
        self._named: dict[str, list[User]] = defaultdict(list)
        for one in within:
            for name in {_plain(one.name), _plain(one.username)}:
                self._named[name].append(one)
        self._sounds = {tuple(syllables(one.name, is_person=True)): one.name for one in within}
        self._nearest: dict[str, str] = {}  # A workbook repeats its mistakes in many rows.

    def named(self, text: str) -> list[User]:
        """Everybody of this name or user name."""
        return self._named.get(_plain(text), [])

    def nearest(self, text: str) -> str:
        """The name that was perhaps meant: it sounds the same, or is written almost so."""
        if text not in self._nearest:
            sound = tuple(syllables(text, is_person=True))
            written = difflib.get_close_matches(text, list(self._sounds.values()), 1, 0.5)
            self._nearest[text] = self._sounds.get(sound) or next(iter(written), "")
        return self._nearest[text]

    def team_of(self, owner: User) -> int | None:
        return self._teams.get(owner.pk)


def _reach(actor: User) -> set[int]:
    """The units into which `actor` may hand clients."""
    rule, reach = access.rule_of(Client), set()
    for seat in actor.seats:
        scope = rule.scope(seat, "reassign")
        if scope is Scope.DEPARTMENT:
            return set(Unit.objects.values_list("pk", flat=True))
        if scope is Scope.TEAM:
            reach |= seat.units
    return reach


def _teams(people: Iterable[User]) -> dict[int, int]:
    """Each person's team, or the unit where they sit in none; as people.selectors.home_unit."""
    held = Membership.objects.on(clock.today()).filter(user__in=[one.pk for one in people])
    last_wins = sorted(
        held.select_related("unit"),
        key=lambda one: (one.unit.kind == Unit.Kind.TEAM, one.unit.parent_id or 0, -one.pk),
    )
    return {one.user_id: one.unit_id for one in last_wins}


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()
