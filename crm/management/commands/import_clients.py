"""`manage.py import_clients FILE.xlsx --actor USERNAME --report REPORT.json [--dry-run]`."""

import json
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.transfer import ClientImporter
from expansion.errors import Refusal
from expansion.people.models import User
from expansion.transfer import keeping
from expansion.transfer.models import Import, ImportRow
from expansion.transfer.services.imports import receive_import, write_import
from expansion.transfer.staging import drafts_of

WRONG = 2


class Command(BaseCommand):
    help = "Imports a workbook of clients, by the same services as the page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--actor", required=True, help="user name of who imports")
        parser.add_argument("--report", required=True, type=Path, help="where the account goes")
        parser.add_argument("--dry-run", action="store_true", help="write no clients")

    def handle(self, *, file: Path, actor: str, report: Path, dry_run: bool, **_options) -> None:
        person = self._person(actor)
        with translation.override(person.language):
            self._check_target(report)
            try:
                account = self._import(person, file, dry_run)
            except Refusal as refusal:
                raise CommandError(refusal.message, returncode=WRONG) from None
        text = json.dumps(account, ensure_ascii=False, indent=1)
        report.write_text(text + "\n", encoding="utf-8")

    def _person(self, username: str) -> User:
        person = User.objects.active().filter(username__iexact=username).first()
        if person is None:
            message = _("Nobody with the user name “%(name)s” is active.") % {"name": username}
            raise CommandError(message, returncode=WRONG)
        return person

    def _check_target(self, report: Path) -> None:
        """Before anything is written: an import without its account helps nobody."""
        try:
            with report.open("a", encoding="utf-8"):
                return
        except OSError as error:
            message = _("The report cannot be written to %(path)s: %(why)s")
            words = {"path": report, "why": error.strerror}
            raise CommandError(message % words, returncode=WRONG) from error

    def _import(self, person: User, file: Path, dry_run: bool) -> list[dict[str, Any]]:
        try:
            with file.open("rb") as opened, transaction.atomic():
                upload = UploadedFile(opened, file.name, size=file.stat().st_size)
                batch = receive_import(
                    actor=person, desk=ClientImporter(), upload=upload, at_once=True
                )
                write_import(actor=person, record=batch, undecided=ImportRow.Decision.CREATE)
                account = self._account(batch, with_ids=not dry_run)
                transaction.set_rollback(dry_run)
        except OSError as error:
            message = _("The file %(path)s cannot be read: %(why)s")
            words = {"path": file, "why": error.strerror or error}
            raise CommandError(message % words, returncode=WRONG) from error
        if dry_run:
            keeping.forget(batch.key)
        return account

    def _account(self, batch: Import, *, with_ids: bool) -> list[dict[str, Any]]:
        """Every row of the sheet, in its order."""
        rows = list(batch.rows.all())
        drafts = drafts_of(batch, [row for row in rows if row.is_data])
        values = {draft.row.number: draft.values for draft in drafts}
        return [_line(row, values.get(row.number, {}), with_ids) for row in rows]


def _line(row: ImportRow, values: dict[str, Any], with_id: bool) -> dict[str, Any]:
    day = values.get("next_contact_on")
    return {
        "row": row.number,
        "outcome": row.outcome,
        "reason": row.reason,
        "client": row.record if with_id else None,
        "phones": [phone.text for phone in values.get("phones", [])],
        "date": day.isoformat() if day else None,
    }
