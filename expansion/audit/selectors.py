"""What a reader of the trail reads of an entry: that it happened always, of which record and with
which values only where the record itself is theirs to see.

Whoever configures the house or looks after its people reads by that no record of its business.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.query import ModelIterable

from expansion import access
from expansion.access import EVERYTHING, NOTHING, either
from expansion.audit.models import Entry


def open_to(person: Any) -> Q:
    """The condition for entries whose record the person may see; those of no record are of none.

    A kind of record without an access rule is open to nobody (it fails closed, as the gate does).
    """
    rules = _ruled()
    kinds = ContentType.objects.get_for_models(*rules)
    whole, parts = [], [Q(about_type=None)]
    for model in rules:
        condition = access.condition(person, model)
        if condition == EVERYTHING:
            whole.append(kinds[model].pk)
        elif condition != NOTHING:
            seen = model._default_manager.filter(condition).order_by().values("pk")
            parts.append(Q(about_type=kinds[model], about_id__in=seen))
    return either(Q(about_type__in=sorted(whole)), *parts)


def for_reader(person: Any, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """The entries, each with `is_open`: whether this person may read of its record.

    Asked for the entries that are read, all together or by the chunks of `iterator()`, and not of
    the database for each: the conditions of every kind of record are long, and a page shows a few
    kinds. Rows that are no whole entries, as of `values()`, have no mark and count as closed.
    """

    class Marked(ModelIterable):
        def __iter__(self) -> Iterator[Entry]:
            entries = super().__iter__()
            together = self.chunk_size if self.chunked_fetch else None
            while found := list(islice(entries, together)):
                mark(person, found)
                yield from found

    read = entries.all()
    read._iterable_class = Marked
    return read


def mark(person: Any, entries: list[Entry]) -> None:
    """Says of each of these entries whether this person may read of its record."""
    by_kind: dict[int, set[Any]] = defaultdict(set)
    for entry in entries:
        by_kind[entry.about_type_id].add(entry.about_id)
    rules = _ruled()
    kinds = ContentType.objects.get_for_models(*rules)
    shown = [model for model, kind in kinds.items() if kind.pk in by_kind]
    # Whoever sees all of a kind reads of those that have been deleted too.
    whole = {model for model in shown if access.condition(person, model) == EVERYTHING}
    asked = [(person, model, by_kind[kinds[model].pk]) for model in shown if model not in whole]
    seen = {(kinds[model].pk, pk) for _reader, model, pk in access.seen(asked)}
    open_kinds = {None, *(kinds[model].pk for model in whole)}
    people: dict[int, str] = {}  # Names that the words of these entries look up, once for all.
    for entry in entries:
        entry.people = people
        where = (entry.about_type_id, entry.about_id)
        entry.is_open = entry.about_type_id in open_kinds or where in seen


def searchable(person: Any, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """The entries with `open_to_reader` to narrow them by, for a search among their names."""
    shown = When(open_to(person), then=Value(True))
    return entries.alias(
        open_to_reader=Case(shown, default=Value(False), output_field=models.BooleanField())
    )


def _ruled() -> Mapping[type[models.Model], access.Rule]:
    """The kinds that may be open to somebody; one without a rule is open to nobody."""
    return {model: rule for model, rule in access.rules().items() if model is not Entry}


def label_of(entry: Entry) -> str:
    """The name of the record, for those who may see it; without `for_reader` for nobody."""
    return entry.about_label if getattr(entry, "is_open", False) else ""
