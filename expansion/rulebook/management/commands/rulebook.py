"""`manage.py rulebook show ktv --json`: print a shipped preset, without a database."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from expansion.errors import Refusal
from expansion.rulebook import loading
from expansion.rulebook.schema import Rules


class Command(BaseCommand):
    help = "Show a preset of the rulebook: every parameter, or with --json the whole of it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        show = acts.add_parser("show", help="Print a preset.")
        show.add_argument("preset", help=f"One of: {', '.join(loading.preset_keys())}.")
        show.add_argument("--json", action="store_true", help="The whole preset as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rules = loading.preset(options["preset"])
        except Refusal as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        self.stdout.write(_as_json(rules) if options["json"] else _as_lines(rules))


def _as_json(rules: Rules) -> str:
    data = {"version": rules.version, **loading.to_data(rules)}
    return json.dumps(data, ensure_ascii=False, indent=2)


def _as_lines(rules: Rules) -> str:
    rows = (
        f"{one.path} = {one.value} [{one.source}] {one.clause or ''}".rstrip()
        for one in rules.parameters()
    )
    return "\n".join(rows)
