"""The log of the workbooks that left the system (R-exp-26)."""

from django.db import transaction

from appraisal.models import Cycle, WorkbookExport
from expansion import access, worktime
from expansion.audit.services import write
from expansion.people.models import User


@transaction.atomic
def record_export(*, actor: User, record: Cycle, exported: int, held: int) -> WorkbookExport:
    """Writes down who takes which workbook; its id becomes the watermark of every sheet."""
    access.require(actor, "export", record)
    export = WorkbookExport.objects.create(
        cycle=record, by=actor, at=worktime.now(), exported=exported, held=held
    )
    write(
        actor=actor,
        verb="appraisal.workbook.exported",
        about=record,
        changes={"watermark": [None, export.watermark], **export.facts()},
    )
    return export
