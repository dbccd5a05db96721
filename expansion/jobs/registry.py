"""Which background jobs there are: apps declare theirs in `tasks.py`, by name.

A service stores a job by its name and never imports a task. `run(job)` returns the result as a
dict, or None; the page of the job links `url` (worded by `label`) and shows `text`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from celery.schedules import crontab
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

Run = Callable[[Any], dict[str, Any] | None]


@dataclass(frozen=True)
class Kind:
    """One kind of job."""

    name: str
    label: Any
    run: Run


@dataclass(frozen=True)
class Schedule:
    """When a job falls due, in the department's zone: five fields as in crontab."""

    name: str
    entry: crontab

    def after(self, moment: datetime) -> datetime:
        """The first due moment later than `moment`."""
        start, delta, _now = self.entry.remaining_delta(moment)
        following: datetime = start + delta
        return following


_kinds: dict[str, Kind] = {}
_schedules: dict[str, Schedule] = {}


def job(name: str, *, label: Any = "") -> Callable[[Run], Run]:
    """Decorator: this function does the jobs of this name.

    Raises:
        LookupError: the name is taken.
    """

    def keep(run: Run) -> Run:
        if name in _kinds:
            raise LookupError(f"The job {name!r} is declared twice.")
        _kinds[name] = Kind(name, label or name, run)
        return run

    return keep


def every(name: str, when: str | crontab, *, label: Any = "") -> Callable[[Run], Run]:
    """Decorator: this function runs by the timetable `when`, such as `*/10 * * * *`.

    However many runs were missed, one run makes up for them: the function asks what the moment
    asks for, not what this run asks for.
    """
    entry = crontab.from_string(when) if isinstance(when, str) else when

    def keep(run: Run) -> Run:
        job(name, label=label)(run)
        _schedules[name] = Schedule(name, entry)
        return run

    return keep


@cache
def _load() -> None:
    autodiscover_modules("tasks")


def kind(name: str) -> Kind:
    """The kind of this name.

    Raises:
        LookupError: no app declares it.
    """
    _load()
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"No app declares the job {name!r}.") from None


def label(name: str) -> Any:
    """Its words; a job that no app declares any more is called so."""
    _load()
    known = _kinds.get(name)
    return known.label if known else _("a job of an earlier version (%(name)s)") % {"name": name}


def schedules() -> list[Schedule]:
    """Every timetable, by name."""
    _load()
    return [_schedules[name] for name in sorted(_schedules)]
