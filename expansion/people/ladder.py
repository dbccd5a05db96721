"""Who appraises and approves for whom: the next level up (reading 2)."""

from collections.abc import Collection, Iterable

from expansion.people.models import Role, User

LEADING = {Role.LEADER, Role.DEPUTY}


class Ladder:
    """Everybody's next level up, found without asking the database again for each of them.

    Who acts for somebody is thereby nobody's superior.
    """

    def __init__(self, everyone: Iterable[User]):
        self._heads: dict[tuple[str, int], list[User]] = {}
        self._leadership: list[User] = []
        for person in everyone:
            for seat in person.seats:
                if seat.acting_for is not None:
                    continue
                if seat.role == Role.LEADERSHIP:
                    self._leadership.append(person)
                elif seat.role in (Role.LEADER, Role.MANAGER):
                    for unit in seat.units:
                        self._heads.setdefault((seat.role, unit), []).append(person)

    def above(self, person: User, roles: Collection[str], unit: int) -> User | None:
        """The superior of somebody who holds these roles and works in this unit.

        A member's is the team's leader, else the manager; a leader's and the deputy's is the
        manager; the manager's is the leadership. None while that post is vacant.
        """
        others = (one for one in self._candidates(set(roles), unit) if one.pk != person.pk)
        return next(others, None)

    def _candidates(self, roles: set[str], unit: int) -> list[User]:
        if Role.MANAGER in roles:
            return self._leadership
        managers = self._heads.get((Role.MANAGER, unit), [])
        return managers if roles & LEADING else self._heads.get((Role.LEADER, unit), []) + managers
