"""Queries that are written once and only filled in afterwards.

Building a query set and making SQL of it takes Django longer than a database needs to answer. What
every page asks is therefore declared as a function of its values:

    @prepared
    def unread(person):
        return Notice.objects.unread().filter(person=person)

    unread(user.pk)  # a list of notices

The function runs once, with placeholders; its SQL is kept and each call fills in its own values.
The rows are read as Django reads them, `select_related`, `values_list` and `prefetch_related`
included.

Two things to know. What the function reads itself, a moment, a language, the id of a row, is kept
for good: hand it in as a value. And what changes the SQL (a scope, a number of rows) is a
keyword-only parameter: each combination of those is kept apart.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Hashable
from functools import lru_cache, update_wrapper
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Model, QuerySet, Value, prefetch_related_objects
from django.db.models.sql.compiler import SQLCompiler

from expansion import rehearsal

R = TypeVar("R")
MOST = 2**63 - 1  # the largest id that a row can have
SHAPES = 256  # kept of one query; the one unused longest is made anew


class Placeholder(Expression):
    """Stands in a query set for a value that each call brings along."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


class _Ready:
    """What Django's iterables ask of a query set, with the SQL already made."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, found: QuerySet):
        self.model, self._fields, self.db = found.model, found._fields, DEFAULT_DB_ALIAS
        self.query = found.query
        self.compiler = found.query.get_compiler(self.db)
        try:
            self.sql, self.params = self.compiler.as_sql()
        except EmptyResultSet:  # No row can fit, whatever the values.
            self.sql, self.params = "", ()
        self.compiler.connection = None  # each call has its own
        self.iterable, self.lookups = found._iterable_class, found._prefetch_related_lookups

    def filled(self, values: dict[str, Any]) -> list[Any]:
        if not self.sql:
            return []
        connection = connections[self.db]
        params = tuple(
            adapted(values[one.name], connection) if isinstance(one, Placeholder) else one
            for one in self.params
        )
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: (self.sql, params)
        asked = copy.copy(self)
        asked.query = copy.copy(self.query)
        asked.query.get_compiler = lambda *_, **__: compiler
        rows = list(self.iterable(asked))
        if self.lookups and rows:
            prefetch_related_objects(rows, *self.lookups)
        return rows


class Prepared(Generic[R]):
    """A function that makes a query set, called for the rows of that query set."""

    def __init__(self, build: Callable[..., QuerySet[Any, R]]):
        update_wrapper(self, build)
        given = inspect.signature(build).parameters.values()
        names = [one.name for one in given if one.kind is not one.KEYWORD_ONLY]
        placeholders = [Placeholder(name) for name in names]

        @lru_cache(maxsize=SHAPES)
        def ready(shape: tuple[tuple[str, Hashable], ...]) -> _Ready:
            given = dict(shape)
            given.pop("rehearsing")
            return _Ready(build(*placeholders, **given))

        self._names, self._ready = names, ready

    def __call__(self, *values: Any, **shape: Hashable) -> list[R]:
        """The rows; `values` go in for the positional parameters in their order."""
        if len(values) != len(self._names):
            raise TypeError(f"{self.__name__} takes {len(self._names)} values, not {len(values)}.")
        filled = dict(zip(self._names, values, strict=True))
        shape["rehearsing"] = rehearsal.running()  # another gate, so another query
        return self._ready(tuple(sorted(shape.items()))).filled(filled)

    def first(self, *values: Any, **shape: Hashable) -> R | None:
        return next(iter(self(*values, **shape)), None)


def prepared(build: Callable[..., QuerySet[Any, R]]) -> Prepared[R]:
    """Decorator: the function makes the query set once, a call returns its rows as a list."""
    return Prepared(build)


def adapted(value: Any, connection: Any) -> Any:
    """A value as the database's driver takes it; of a record its id.

    Raises:
        OverflowError: a number that no column can hold.
    """
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, int):
        if abs(value) > MOST:
            raise OverflowError(value)
        return value
    field = Value(value)._resolve_output_field()
    return value if field is None else field.get_db_prep_value(value, connection=connection)
