"""The records of an export, in chunks from one query, in constant memory.

Django takes longer to make a record than to fetch it, and makes what it points at anew for every
row. Here a record is made the way unpickling makes one, and what many records of a chunk point at
is read once and shared.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import ForeignKey, Model, QuerySet, prefetch_related_objects
from django.db.models.base import ModelState


def streamed(
    records: QuerySet, *, chunk: int, mark: Callable[[list[Any]], None] = lambda found: None
) -> Iterator[Any]:
    """The records in their order, with their annotations, deferred columns left out.

    Each chunk passes `mark` before it is given out.

    One query for the records, and per chunk one for each thing that they are selected with. What
    they point at comes whole: `defer("rules_version__content")` is not honoured there, because it
    is read once per chunk and not with every row.
    """
    model, database = records.model, records.db
    names = [*_columns(records), *records.query.annotation_select]
    rows = records.prefetch_related(None).values_list(*names).iterator(chunk_size=chunk)
    chosen = records.query.select_related or {}
    near = [name for name in chosen if model._meta.get_field(name).many_to_one]
    related = [*records._prefetch_related_lookups, *_paths(chosen)]
    far = [one for one in related if one not in near]
    while found := [_made(model, database, names, row) for row in islice(rows, chunk)]:
        for name in near:
            _share(found, model._meta.get_field(name))
        prefetch_related_objects(found, *far)
        mark(found)
        yield from found


def _share(records: list[Any], field: ForeignKey) -> None:
    """Reads what the records' foreign keys point at; those with one key share it."""
    keys = [getattr(one, field.attname) for one in records]
    target = field.remote_field.model._base_manager.using(records[0]._state.db)
    known = target.in_bulk(set(keys) - {None}, field_name=field.target_field.attname)
    for one, key in zip(records, keys, strict=True):
        one._state.fields_cache[field.name] = known.get(key)


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
