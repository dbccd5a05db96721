"""Metrics: the numbers that appraisal, reports and dashboards read, with the records behind them.

An app offers its metrics from its own `metrics.py`. A metric computes for many people at once, in
a number of queries that does not grow with them (quality.md), and returns evidence, so that every
score can be opened down to its records (law 5). Evidence names a record by its model and key: ten
thousand people have hundreds of thousands of records, too many to make each of them an object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from django.db import models

T = TypeVar("T")


class Evidence(NamedTuple):
    """One record that counts: its label and date of the moment, and what it counts.

    `model` and `pk` are None for what is no record. `counted` is False for a record that was
    looked at and not counted; `note` then says why.
    """

    model: type[models.Model] | None
    pk: int | None
    label: str
    on: date
    value: Decimal
    counted: bool = True
    note: str = ""


@dataclass(frozen=True)
class Reading:
    """What a metric says of one person: the value in the metric's unit, and its evidence.

    `value` is None where there is nothing to judge (no answers, no projects), never a guess.
    """

    value: Decimal | None
    evidence: Sequence[Evidence] = field(default_factory=tuple)


Readings = Mapping[int, Reading]  # by the person's id
Gathered = Mapping[int, list[Evidence]]  # likewise; a defaultdict: whoever has none has nothing


def sums(people: Sequence[Any], gathered: Gathered) -> Readings:
    """The sum of what counts, for each of these people; nought where there is none."""
    return {
        person.pk: Reading(sum(_values(found), Decimal()), tuple(found))
        for person in people
        for found in [gathered[person.pk]]
    }


def means(gathered: Gathered) -> Readings:
    """The mean of what counts, for whoever has a record; no value where none of them counts."""
    return {
        person: Reading(sum(values, Decimal()) / len(values) if values else None, tuple(found))
        for person, found in gathered.items()
        for values in [_values(found)]
    }


def _values(found: Sequence[Evidence]) -> list[Decimal]:
    return [one.value for one in found if one.counted]


@dataclass(frozen=True)
class Metric:
    """A computed indicator.

    `read(people, start, end, rules)` returns {person id: Reading} for the half-open span of aware
    moments; a person without records may be absent. `unit` is a word such as 家 or %. `direct`
    says that the value is already a score from 0 to 100; else it is set against a target.
    """

    key: str
    label: Any
    unit: Any
    read: Callable[[Sequence[Any], datetime, datetime, Any], Mapping[int, Reading]]
    direct: bool = False
    clause: str = ""


_metrics: dict[str, Metric] = {}
_read: ContextVar[dict[Any, Any] | None] = ContextVar("metrics_read", default=None)


@contextmanager
def read_together() -> Iterator[None]:
    """Inside the block, for metrics read under one rulebook, `shared` rows are read once."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def shared(read: Callable[..., T]) -> Callable[..., T]:
    """Decorator: what several metrics rest on, asked again for the same people and span inside
    `read_together`, is what was read the first time. Nobody changes it."""

    @wraps(read)
    def once(people: Sequence[Any], start: datetime, end: datetime, *rules: Any) -> T:
        known = _read.get()
        if known is None:
            return read(people, start, end, *rules)
        key = (read, start, end, tuple(person.pk for person in people))
        if key not in known:
            known[key] = read(people, start, end, *rules)
        return known[key]

    return once


def add(*metrics: Metric) -> None:
    """Registers metrics.

    Raises:
        LookupError: the key is taken.
    """
    for metric in metrics:
        if metric.key in _metrics:
            raise LookupError(f"The metric {metric.key!r} is offered twice.")
        _metrics[metric.key] = metric


def get(key: str) -> Metric:
    """The metric of this key.

    Raises:
        LookupError: no app offers it.
    """
    try:
        return _metrics[key]
    except KeyError:
        raise LookupError(f"No app offers the metric {key!r}.") from None


def no_data(
    people: Sequence[Any], start: datetime, end: datetime, rules: Any
) -> Mapping[int, Reading]:
    """The `read` of what a regulation measures and nothing records yet: no value for anybody.

    An appraisal says so and shares the indicator's weight among the others (reading 41).
    """
    return {}


def known() -> Mapping[str, Metric]:
    return dict(_metrics)
