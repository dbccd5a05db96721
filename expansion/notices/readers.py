"""Who may know of what, asked for many people and many records at once (R-exp-11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet, Value

from expansion import access
from expansion.people.models import User
from expansion.people.selectors import standings

TOGETHER = 100  # people asked about in one statement; SQLite takes 500 at most
Known = set[tuple[int, type[Model], Any]]  # person, model, id


def known_to(pairs: Iterable[tuple[User, Model]]) -> Known:
    """Of these pairs of a person and a record, those in which the person may see the record.

    The number of queries grows with the kinds of records only, up to a hundred people at a time.
    """
    wanted: dict[type[Model], dict[User, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for person, record in pairs:
        wanted[type(record)][person].add(record.pk)
    _read_seats({person for asked in wanted.values() for person in asked})
    return {
        (reader, model, pk) for model, asked in wanted.items() for reader, pk in _seen(model, asked)
    }


def _read_seats(people: Iterable[User]) -> None:
    unread = [person for person in people if "standing" not in vars(person)]
    found = standings(unread) if unread else {}
    for person in unread:
        person.standing = found[person.pk]


def _seen(model: type[Model], asked: dict[User, set[Any]]) -> Iterator[tuple[int, Any]]:
    questions = (_question(model, person, ids) for person, ids in asked.items())
    while together := list(islice(questions, TOGETHER)):
        first, *others = together
        yield from first.union(*others, all=True) if others else first


def _question(model: type[Model], person: User, ids: set[Any]) -> QuerySet:
    seen = access.visible_to(person, model._default_manager.filter(pk__in=ids))
    return seen.order_by().annotate(reader=Value(person.pk)).values_list("reader", "pk")
