"""What the address book holds of the firms and numbers that a batch of rows names.

Each batch costs a fixed number of queries. Of clients that this person may not see only the team
is read, never the record.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from crm.models import Client, Contact, ContactPoint
from expansion import access
from expansion.people.models import Unit, User


@dataclass
class Held:
    """A client that is there already, with its people and numbers."""

    client: Client
    contacts: list[Contact] = field(default_factory=list)
    points: list[ContactPoint] = field(default_factory=list)

    @property
    def numbers(self) -> set[str]:
        return {point.value for point in self.points}

    def contact_named(self, name: str) -> Contact | None:
        """The contact of this name; without a name the main one."""
        if name:
            return next((one for one in self.contacts if one.name == name), None)
        return next(iter(self.contacts), None)


@dataclass(frozen=True)
class Hidden:
    """A client that is there and not this person's to see: only who works it."""

    team: str


class Book:
    """Looks up firms by credit code and name, and clients by number.

    `writing` holds the found clients' rows until the transaction ends.
    """

    def __init__(
        self,
        actor: User,
        *,
        identities: Iterable[str],
        codes: Iterable[str],
        numbers: Iterable[str],
        writing: bool = False,
    ):
        self.actor = actor
        firms = Client.objects.live().filter(
            Q(identity__in=set(identities), kind=Client.Kind.FIRM)
            | Q(credit_code__in=set(codes) - {""})
        )
        points = ContactPoint.objects.filter(
            kind=ContactPoint.Kind.PHONE,
            value__in=set(numbers),
            client__deleted_at=None,
            contact__deleted_at=None,
        )
        self._read_numbers(points)
        self._read_seen(firms, writing)
        self._read_hidden(firms)

    def firm(self, identity: str, code: str) -> Held | Hidden | None:
        """The same firm by credit code, else by name."""
        return self._by_code.get(code) if code in self._by_code else self._by_name.get(identity)

    def by_number(self, numbers: Iterable[str]) -> Held | Hidden | None:
        """A client that one of these numbers belongs to."""
        return next((self._by_number[one] for one in numbers if one in self._by_number), None)

    def _read_numbers(self, points) -> None:
        self._clients_of = dict(
            access.visible_to(self.actor, points).values_list("value", "client_id")
        )
        hidden = points.exclude(client__in=access.visible_to(self.actor, Client.objects.live()))
        self._by_number: dict[str, Held | Hidden] = {
            value: Hidden(str(unit))
            for value, unit in _with_units(hidden.values_list("value", "client__team_id"))
        }

    def _read_seen(self, firms, writing: bool) -> None:
        wanted = Client.objects.live().filter(
            Q(pk__in=firms.values("pk")) | Q(pk__in=set(self._clients_of.values()))
        )
        seen = access.visible_to(self.actor, wanted).select_related("owner")
        if writing:
            seen = seen.select_for_update(of=("self",))
        self.held = {client.pk: Held(client) for client in seen}
        self._read_people()
        firms_held = [one for one in self.held.values() if one.client.kind == Client.Kind.FIRM]
        self._by_name: dict[str, Held | Hidden] = {one.client.identity: one for one in firms_held}
        self._by_code: dict[str, Held | Hidden] = {
            one.client.credit_code: one for one in self.held.values() if one.client.credit_code
        }
        self._by_number |= {
            value: self.held[pk] for value, pk in self._clients_of.items() if pk in self.held
        }

    def _read_people(self) -> None:
        contacts: Mapping[int, list[Contact]] = defaultdict(list)
        for contact in Contact.objects.filter(client__in=self.held, deleted_at=None):
            contacts[contact.client_id].append(contact)
        points: Mapping[int, list[ContactPoint]] = defaultdict(list)
        for point in ContactPoint.objects.filter(client__in=self.held, contact__deleted_at=None):
            points[point.client_id].append(point)
        for pk, one in self.held.items():
            one.contacts, one.points = contacts[pk], points[pk]

    def _read_hidden(self, firms) -> None:
        hidden = firms.exclude(pk__in=self.held)
        found = list(hidden.values_list("identity", "credit_code", "team_id"))
        units = _units(team for _identity, _code, team in found)
        for identity, code, team in found:
            self._by_name.setdefault(identity, Hidden(str(units[team])))
            if code:
                self._by_code.setdefault(code, Hidden(str(units[team])))


def _with_units(pairs) -> list[tuple[str, Unit]]:
    pairs = list(pairs)
    units = _units(unit for _value, unit in pairs)
    return [(value, units[unit]) for value, unit in pairs]


def _units(ids: Iterable[int]) -> dict[int, Unit]:
    return Unit.objects.in_bulk(set(ids))
