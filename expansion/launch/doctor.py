"""What is there and what is missing on this machine, one line each, with what to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from expansion import machine
from expansion.launch import broker, catalogues, debian, guard
from expansion.launch.places import ROOT
from expansion.worktime import is_provisional

RUN_SETUP = "Run: make setup"


@dataclass(frozen=True)
class Finding:
    """One line of the report; `remedy` is empty where all is well."""

    subject: str
    state: str
    remedy: str = ""
    required: bool = True

    @property
    def stops(self) -> bool:
        return bool(self.remedy) and self.required

    def __str__(self) -> str:
        mark = "missing" if self.stops else "without" if self.remedy else "ok"
        return f"{mark:<8}{self.subject:<20}{self.state}" + (
            f"\n{'':28}{self.remedy}" if self.remedy else ""
        )


def examine(today: date) -> Iterator[Finding]:
    """Every finding of this machine, what nothing works without first."""
    yield Finding("Python", ".".join(map(str, sys.version_info[:3])))
    yield from database()
    yield writable_folder()
    yield front_end()
    yield messages()
    yield broker_answers()
    yield mail_server()
    yield printing()
    yield chinese_font()
    yield from calendars(today)
    yield demo_accounts()


def database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
        yield Finding("Database", f"{connection.vendor}, {connection.settings_dict['NAME']}")
        yield from _inside(connection.vendor)
    except DatabaseError as reason:
        yield Finding(
            "Database", str(reason).strip().splitlines()[0], "Start it, or correct DATABASE_URL."
        )


def _inside(vendor: str) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    remedy = "Run: manage.py migrate (`make run` does it)" if waiting else ""
    yield Finding("Migrations", f"{waiting} waiting" if waiting else "all applied", remedy)
    if vendor == "postgresql":
        yield character_type()


def character_type() -> Finding:
    """With LC_CTYPE `C` the trigram index finds nothing in Chinese."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        (name,) = cursor.fetchone()
    if "utf" in name.lower():
        return Finding("Database LC_CTYPE", name)
    return Finding(
        "Database LC_CTYPE",
        f"{name}: searching Chinese text would find nothing",
        "Make a new one: createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 NAME",
    )


def writable_folder() -> Finding:
    folder = settings.VAR_DIR
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if os.access(nearest, os.W_OK):
        return Finding("Writable folder", str(folder))
    return Finding(
        "Writable folder", f"{folder} cannot be written", "Set VAR_DIR to one that can be."
    )


def front_end() -> Finding:
    there = settings.NODE_MODULES.is_dir() and any(settings.NODE_MODULES.iterdir())
    return Finding(
        "Front-end packages", "there" if there else "not there", "" if there else RUN_SETUP
    )


def messages() -> Finding:
    stale = [path.parts[-3] for path in catalogues.changed(ROOT / "locale")]
    state = f"not compiled: {', '.join(stale)}" if stale else "compiled"
    return Finding("Message catalogues", state, RUN_SETUP if stale else "")


def broker_answers() -> Finding:
    """Required in production only: `make run` starts one of its own."""
    fault = broker.fault(settings.REDIS_URL)
    if fault is None:
        return Finding("Broker", "answers")
    if settings.PRODUCTION:
        return Finding("Broker", fault, "Start Redis, or correct REDIS_URL.")
    return Finding("Broker", "none runs now", "`make run` starts one of its own.", required=False)


def mail_server() -> Finding:
    if settings.MAIL_LEAVES:
        return Finding("Mail", f"leaves by {settings.EMAIL_HOST}")
    state = "no mail server: notices stand in the application alone"
    return Finding("Mail", state, "Set EMAIL_HOST, see docs/production.md.", required=False)


def printing() -> Finding:
    packages = machine.missing_packages()
    remedy = f"An administrator runs: {debian.apt_line(packages)}" if packages else ""
    state = f"without {', '.join(packages)}" if packages else "Pango is there"
    return Finding("PDF", state, remedy, required=False)


def chinese_font() -> Finding:
    there = machine.CHINESE_FONT.exists()
    return Finding(
        "Chinese PDF font", "there" if there else "not there", "" if there else RUN_SETUP, False
    )


def calendars(today: date) -> Iterator[Finding]:
    """This year's and the coming year's working days; the notice appears each November."""
    _read_notices()
    for year in (today.year, today.year + 1):
        provisional = is_provisional(year)
        yield Finding(
            f"Calendar {year}",
            "provisional, without adjusted workdays" if provisional else "published",
            "Import the yearly notice once it is out." if provisional else "",
            required=False,
        )


def _read_notices() -> None:
    """What an administrator has imported counts too, where there is a database to ask."""
    from expansion.worktime import known  # its rows need the apps to be loaded

    with suppress(DatabaseError):
        known.look()


def demo_accounts() -> Finding:
    try:
        names = guard.demo_accounts()
    except DatabaseError:
        return Finding("Demo accounts", "unknown, as the database does not answer")
    state = f"{len(names)} with the public pass phrase" if names else "none"
    remedy = "Loopback only; never in production." if names else ""
    return Finding("Demo accounts", state, remedy, required=settings.PRODUCTION)


def report(today: date, write: Callable[[str], None]) -> bool:
    """Writes the findings; whether everything required is there."""
    findings = list(examine(today))
    for finding in findings:
        write(str(finding))
    return not any(finding.stops for finding in findings)
