"""`manage.py rulebook check|load|show|diff|export`: the regulation from the command line.

A regulation is named by the key of a shipped preset (`ktv`), by a preset and one of those that it
unites (`market:e11`), by a TOML file, or by a stored version (`v3`). Only `load` and what names a
version ask the database.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from expansion import clock
from expansion.errors import Invalid, Refusal
from expansion.rulebook import loading, writing
from expansion.rulebook.comparing import Difference, differences
from expansion.rulebook.models import Version
from expansion.rulebook.schema import Rules
from expansion.rulebook.selectors import rules_of
from expansion.rulebook.services.presets import load_rules

NAMED = "A preset (%s), one of those it unites (market:e11), a TOML file, or a version (v3)."


class Command(BaseCommand):
    help = "Checks, loads, shows, compares and exports a department's regulation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        named = NAMED % ", ".join(loading.preset_keys())
        check = acts.add_parser("check", help="Say everything that does not hold.")
        check.add_argument("rulebook", help=named)
        load = acts.add_parser("load", help="Make it the first version of an empty installation.")
        load.add_argument("rulebook", help=named)
        load.add_argument("--from", dest="effective_on", type=date.fromisoformat)
        show = acts.add_parser("show", help="Print every parameter.")
        show.add_argument("rulebook", help=named)
        show.add_argument("--json", action="store_true", help="The whole rulebook as JSON.")
        diff = acts.add_parser("diff", help="Print what differs between two.")
        diff.add_argument("rulebook", help=named)
        diff.add_argument("other", help=named)
        export = acts.add_parser("export", help="Print it as TOML.")
        export.add_argument("rulebook", help=named)

    def handle(self, *args: Any, **options: Any) -> None:
        acts: dict[str, Callable[..., str]] = {
            "check": self._check,
            "load": self._load,
            "show": self._show,
            "diff": self._diff,
            "export": self._export,
        }
        try:
            self.stdout.write(acts[options["act"]](**options))
        except Invalid as refusal:
            raise CommandError(_faults(options["rulebook"], refusal), returncode=2) from refusal
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}", returncode=2) from error

    def _check(self, *, rulebook: str, **_options: Any) -> str:
        rules = _named(rulebook)
        for one in rules.overlays:
            loading.narrowed_to(rules, one.key)
        return f"{rulebook}: holds. {len(rules.clauses)} clauses, version {rules.version}."

    def _load(self, *, rulebook: str, effective_on: date | None, **_options: Any) -> str:
        rules = _named(rulebook)
        if Version.objects.published().exists():
            raise CommandError("A rulebook is loaded already. Change it in the browser.")
        version = load_rules(actor=None, rules=rules, effective_on=effective_on or clock.today())
        return f"{version} is in force from {version.effective_on}."

    def _show(self, *, rulebook: str, **options: Any) -> str:
        rules = _named(rulebook)
        return _as_json(rules) if options["json"] else _as_lines(rules)

    def _diff(self, *, rulebook: str, other: str, **_options: Any) -> str:
        return "\n".join(map(_line, differences(_named(rulebook), _named(other))))

    def _export(self, *, rulebook: str, **_options: Any) -> str:
        return writing.to_toml(_named(rulebook))


def _named(name: str) -> Rules:
    """The rulebook of this name; refuses with the names that are known, and says of a file that
    does not hold which one it is."""
    if name.endswith(".toml"):
        try:
            return loading.from_file(Path(name))
        except Invalid as refusal:
            raise CommandError(_faults(name, refusal), returncode=2) from refusal
    if re.fullmatch(r"v[0-9]+", name):
        found = Version.objects.filter(number=int(name[1:])).first()
        if found is None:
            raise CommandError(f"There is no version {name}.", returncode=2)
        rules = rules_of(found)
        return rules.with_changes(found.changes, confirm=True) if found.is_open else rules
    preset, colon, overlay = name.partition(":")
    return loading.preset(preset, overlay if colon else None)


def _faults(name: str, refusal: Invalid) -> str:
    lines = [f"{path}: {text}" for path, texts in refusal.fields.items() for text in texts]
    return "\n".join(f"{name}: {line}" for line in lines or [refusal.message])


def _as_json(rules: Rules) -> str:
    data = {"version": rules.version, **loading.to_data(rules)}
    return json.dumps(data, ensure_ascii=False, indent=2)


def _as_lines(rules: Rules) -> str:
    rows = (
        f"{one.path} = {one.value} [{one.source}] {one.clause or ''}".rstrip()
        for one in rules.parameters()
    )
    return "\n".join(rows)


def _line(one: Difference) -> str:
    return f"{one.path}: {_side(one.before)} -> {_side(one.after)}"


def _side(value: Any) -> str:
    if isinstance(value, dict):
        clause = f" {value['clause']}" if value["clause"] else ""
        return f"{value['value']} [{value['source']}]{clause}"
    return "-" if value is None else str(value)
