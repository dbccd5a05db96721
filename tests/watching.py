"""Watches services at work: one that wrote rows in its transaction has left an entry there, whose
act has a word.

A service is told by its decorator, `@transaction.atomic` on a function of a `services` module. Only
the outermost one is asked: what it calls belongs to its act. Only this thread is watched.
"""

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import local
from types import FrameType
from typing import Any

from django.db import connection, transaction

from expansion.audit.models import Entry
from expansion.audit.services import written
from expansion.audit.wording import ACTS
from tests.let_off import let_off

ROWS = re.compile(r'\s*(INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
# Tables beside the record: whoever changes something in the house writes them too.
BESIDES = {
    "audit_entry", "jobs_job", "notices_mail", "notices_notice", "numbering_counter",
    "once_submission", "people_revision",
}  # fmt: skip


@dataclass
class Watch:
    """The service that runs, the tables it has written, and whether the trail heard of it."""

    service: str = ""
    tables: set[str] = field(default_factory=set)
    told: bool = False
    begun: list[bool] = field(default_factory=list)
    past: list[str] = field(default_factory=list)

    def begin(self, service: str) -> None:
        self.service, self.tables, self.told = service, set(), False
        connection.execute_wrappers.append(self.note)

    def end(self, failed: bool) -> None:
        with contextlib.suppress(ValueError):
            connection.execute_wrappers.remove(self.note)
        tables = sorted(self.tables - BESIDES)
        if tables and not (failed or self.told or let_off(self.service)):
            self.past.append(f"{self.service} wrote {', '.join(tables)} and left no entry")
        self.service = ""

    def note(self, execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if found := ROWS.match(sql):
            # A statement that met no row has changed none; an insertion may not know yet.
            if found[1].upper().startswith("INSERT") or context["cursor"].rowcount != 0:
                self.tables.add(found[2])
        return result


_here = local()


def _heard(*, entries: list[Entry], **signal: Any) -> None:
    watch = getattr(_here, "watch", None)
    if watch is None or not watch.service:
        return
    watch.told = True
    acts = {entry.verb.rpartition(".")[2] for entry in entries}
    watch.past += [f"{watch.service}: no word for the act {act!r}" for act in acts - set(ACTS)]


written.connect(_heard)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Gives the sentences about services that wrote past the trail inside the block."""
    before = getattr(_here, "watch", None)
    _here.watch = inside = Watch()
    try:
        yield inside.past
    finally:
        _here.watch = before


_enter, _exit = transaction.Atomic.__enter__, transaction.Atomic.__exit__


def _entered(atomic: transaction.Atomic) -> None:
    """One object stands for all calls of a decorated function, so what is begun is kept here."""
    _enter(atomic)
    if watch := getattr(_here, "watch", None):
        service = "" if watch.service else _service(sys._getframe(1))
        watch.begun.append(bool(service))
        if service:
            watch.begin(service)


def _left(atomic: transaction.Atomic, kind: Any, value: Any, trace: Any) -> None:
    watch = getattr(_here, "watch", None)
    if watch and watch.begun and watch.begun.pop():
        watch.end(failed=kind is not None)
    _exit(atomic, kind, value, trace)


transaction.Atomic.__enter__, transaction.Atomic.__exit__ = _entered, _left


def _service(frame: FrameType) -> str:
    """The decorated function that the frame is about to call, if it is a service's."""
    service = frame.f_locals.get("func") if frame.f_code.co_name == "inner" else None
    module = getattr(service, "__module__", "")
    return f"{module}.{service.__qualname__}" if "services" in module.split(".") else ""
