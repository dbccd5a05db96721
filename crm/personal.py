"""What a contact person is recognised by in copies of the own values, and where copies lie.

Texts that people have written about a visit or a deal are records of the business and are not
looked into, except where the trail repeats them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from crm.models import BottomLine, Client, Contact, ContactPoint
from expansion import access
from expansion.audit.models import Entry
from expansion.relations.models import Relation
from expansion.transfer.models import ImportRow

MARK = "×××"  # stands where a personal value stood inside a text
OWN = ("name", "post", "birthday", "note")
NUMBER = re.compile(r"\+?\d[\d\s()\-]{5,}\d")
SHORTEST_NAME = 2  # one sign alone stands in too many words to be taken out of texts
IMPORTER = "crm.clients"


@dataclass(frozen=True)
class Traces:
    """The values of one contact, those it had before too: names, digits of numbers, e-mails, and
    by field what the own columns hold. `firm` is the client's name, which stays where it stands,
    also where it holds the person's."""

    names: frozenset[str]
    numbers: frozenset[str]
    addresses: frozenset[str]
    fields: Mapping[str, frozenset[str]]
    firm: str = ""

    def out_of(self, value: Any) -> Any:
        """The value without the person: whole where it is one of theirs, else with marks."""
        if isinstance(value, str):
            return self._out_of_text(value)
        if isinstance(value, list):
            return [self.out_of(one) for one in value]
        if isinstance(value, dict):
            return {name: self.out_of(one) for name, one in value.items()}
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if is_number and self._has_number(f"{value:.0f}") else value

    def out_of_entry(self, entry: Entry, value: Any) -> Any:
        """The same for an entry: those of a contact's own acts hold post, birthday and note."""
        if isinstance(value, dict) and entry.verb.startswith("crm.contact."):
            value = {name: self._own(name, pair) for name, pair in value.items()}
        return self.out_of(value)

    def out_of_cells(self, cells: list[Any]) -> list[Any]:
        """A row of a sheet; a cell that holds one of the numbers goes whole, and so does a post in
        the row of the person."""
        left = ["" if self._has_number(_digits(str(cell))) else self.out_of(cell) for cell in cells]
        if left == cells:
            return left
        posts = self.fields["post"]
        return ["" if isinstance(cell, str) and cell.strip() in posts else cell for cell in left]

    def _own(self, name: str, pair: Any) -> Any:
        held = self.fields.get(name, frozenset())
        values = pair if isinstance(pair, list) else [pair]
        return ["" if str(one) in held else one for one in values]

    def _out_of_text(self, text: str) -> str:
        if text.strip() in self.names | self.addresses:
            return ""
        if self.firm and self.firm in text:
            return self.firm.join(self._out_of_part(part) for part in text.split(self.firm))
        return self._out_of_part(text)

    def _out_of_part(self, text: str) -> str:
        left = NUMBER.sub(lambda found: self._marked(found[0]), text)
        for address in self.addresses:
            left = re.sub(re.escape(address), MARK, left, flags=re.IGNORECASE)
        for name in sorted(self.names, key=len, reverse=True):
            if len(name) >= SHORTEST_NAME:
                left = left.replace(name, MARK)
        return left

    def _marked(self, text: str) -> str:
        return MARK if self._has_number(_digits(text)) else text

    def _has_number(self, digits: str) -> bool:
        return any(number in digits for number in self.numbers)


def traces_of(contact: Contact) -> Traces:
    """What the contact is recognised by now, and was by earlier entries of the trail."""
    held = {name: {str(getattr(contact, name) or "")} for name in OWN}
    for name, (before, after) in _earlier(contact.client):
        if str(after or "") in held[name]:
            held[name].add(str(before or ""))
    if _is_own(contact):
        held["name"].add(contact.client.name)
    points = contact.points.all()
    phones = [one.value for one in points if one.kind == ContactPoint.Kind.PHONE]
    fields = {name: frozenset(values - {""}) for name, values in held.items()}
    return Traces(
        names=fields["name"],
        numbers=frozenset(_national(phone) for phone in phones),
        addresses=frozenset(one.value for one in points if one.kind == ContactPoint.Kind.EMAIL),
        fields=fields | {"contact": fields["name"] | fields["post"]},
        firm="" if contact.client.kind == Client.Kind.PERSON else contact.client.name,
    )


def _earlier(client: Client) -> Iterator[tuple[str, list[Any]]]:
    """The changes of contacts of this client, the latest first."""
    changed = entries_about(client).filter(verb="crm.contact.changed").order_by("-at", "-pk")
    for entry in changed:
        for name, pair in entry.changes.items():
            if name in OWN and isinstance(pair, list) and len(pair) == 2:
                yield name, pair


def _is_own(contact: Contact) -> bool:
    """A private client is its own contact."""
    client = contact.client
    return client.kind == Client.Kind.PERSON and contact.name == client.name


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


def _national(phone: str) -> str:
    return _digits(phone.removeprefix("+86"))


def about_client(client: Client, end: str = "about") -> Q:
    """The condition for rows about the client or anything that hangs on it, deleted or not; `end`
    names the columns that point at it."""
    kinds = ContentType.objects.get_for_models(Client, *hanging())
    condition = Q(**{f"{end}_type": kinds[Client], f"{end}_id": client.pk})
    for model, path in hanging().items():
        records = model._base_manager.filter(**{path: client.pk}).order_by().values("pk")
        condition |= Q(**{f"{end}_type": kinds[model], f"{end}_id__in": records})
    return condition


def entries_about(client: Client) -> QuerySet[Entry]:
    """What the trail says of the client, also as the other end of a relation."""
    condition = about_client(client)
    for near, far in (("source", "target"), ("target", "source")):
        ties = Relation.objects.filter(about_client(client, near)).order_by()
        for kind, pk in ties.values_list(f"{far}_type", f"{far}_id"):
            condition |= Q(about_type=kind, about_id=pk, verb__startswith="relations.")
    return Entry.objects.filter(condition)


def hanging() -> dict[type[models.Model], str]:
    """By which column each kind of record hangs on a client, directly or by another record."""
    direct = {
        one.related_model: one.field.attname
        for one in Client._meta.related_objects
        if not one.field.many_to_many
    }
    for model, rule in access.rules().items():
        for path, above in rule.share_paths():
            if above is Client and model is not Client:
                direct.setdefault(model, path)
    direct[BottomLine] = "opportunity__client"  # hangs on it, and is seen with it by nobody
    return direct


def rows_about(contact: Contact, traces: Traces) -> QuerySet[ImportRow]:
    """Rows of imported sheets that mean the contact's client, or hold one of the numbers."""
    condition = Q(record=contact.client_id) | Q(match=contact.client_id)
    for word in traces.numbers | traces.addresses:
        condition |= Q(text__icontains=word)
    rows = ImportRow.objects.filter(batch__importer=IMPORTER)
    return rows.annotate(text=Cast("cells", TextField())).filter(condition)
