"""`manage.py trial_score FILE.json`: what a score would be, by the arithmetic of the cycles."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from appraisal import trial
from expansion.errors import Invalid

FORMAT = """\
FILE holds one JSON object; "-" reads it from the standard input.

  preset      ktv
  team        research, client, partnership, or management (also "manager/deputy")
  cycle       quarter or year
  indicators  {key: value} for every indicator of the team and the common ones; a value is
              0-100, null (no target: its weight goes to the others), or for a rated indicator
              {party: 0-100}; here self is recorded only and superior counts
  combine     optional: common_shares_fixed, normalise or additive
  overall     only where the regulation has an overall rating
  quarters    for a year: the closed scores of its quarters
  months      only where a cycle is built from months

It prints {"score", "level", "lines": [{"key", "weight", "value", "points"}], "rulebook"}.
What does not fit ends with exit code 2 and a sentence. docs/trial-score.md has an example.
"""


class Command(BaseCommand):
    help = "Compute a score without a database."
    requires_system_checks: list[str] = []

    def create_parser(self, *args: Any, **options: Any) -> CommandParser:
        parser = super().create_parser(*args, **options)
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = FORMAT
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="A JSON file, or - for standard input.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = trial.run(trial.from_json(_read(options["file"])))
        except Invalid as refusal:
            raise CommandError(refusal.message, returncode=2) from refusal
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))


def _read(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise Invalid(_("“%(file)s” cannot be read as text.") % {"file": name}) from error
