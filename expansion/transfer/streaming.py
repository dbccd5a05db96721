"""The records of an export, in chunks from one query, in constant memory.

Django takes longer to make a record than to fetch it, and makes what it points at anew for every
row. Here a record is made the way unpickling makes one, and what many records of a chunk point at
is read once and shared.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet, prefetch_related_objects
from django.db.models.base import ModelState


def streamed(records: QuerySet, *, chunk: int) -> Iterator[Any]:
    """The records in their order, with their annotations, deferred columns left out.

    One query for the records, and per chunk one for each thing that they are selected with.
    """
    model, database = records.model, records.db
    names = [*_columns(records), *records.query.annotation_select]
    rows = records.prefetch_related(None).values_list(*names).iterator(chunk_size=chunk)
    related = [*records._prefetch_related_lookups, *_paths(records.query.select_related or {})]
    while found := [_made(model, database, names, row) for row in islice(rows, chunk)]:
        prefetch_related_objects(found, *related)
        yield from found


def _columns(records: QuerySet) -> list[str]:
    """The columns that `defer` and `only` leave; the key always."""
    named, deferred = records.query.deferred_loading
    return [
        field.attname
        for field in records.model._meta.concrete_fields
        if field.primary_key or bool({field.name, field.attname} & named) != deferred
    ]


def _paths(tree: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """`select_related` as the words that prefetching knows, the nearer one first."""
    for name, below in tree.items():
        yield before + name
        yield from _paths(below, f"{before}{name}__")


def _made(model: type[Model], database: str, names: list[str], row: tuple) -> Model:
    record = model.__new__(model)
    record.__dict__.update(zip(names, row, strict=True))
    record._state = ModelState()
    record._state.adding, record._state.db = False, database
    return record
