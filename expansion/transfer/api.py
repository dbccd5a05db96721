"""Imports through the API: send a workbook, read what was found, correct, write, take back."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from expansion import access
from expansion.api import Act, RecordViewSet, Shown, routes
from expansion.transfer.models import Import, ImportRow, Outcome
from expansion.transfer.registry import importer
from expansion.transfer.services import imports
from expansion.ui.forms import is_id

WRITTEN = {Outcome.CREATED, Outcome.UPDATED}


class ImportShown(Shown):
    """An import; `counts` says how many rows end how, `mapping` which position is which column."""

    list = serializers.CharField(source="importer")
    sheets = serializers.ListField(child=serializers.CharField())
    headers = serializers.DictField()
    mapping = serializers.DictField()
    counts = serializers.DictField()
    remarks = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Import
        fields = [
            "id",
            "version",
            "list",
            "name",
            "status",
            "sheet",
            "sheets",
            "headers",
            "mapping",
            "total",
            "counts",
            "remarks",
            "error",
            "created_at",
            "done_at",
            "undone_at",
        ]

    def to_representation(self, batch: Import) -> dict[str, Any]:
        """The log shows counts; what the sheet says is for whoever sent it."""
        shown = super().to_representation(batch)
        if not access.can(self.context["request"].user, "edit", batch):
            shown |= {"sheet": "", "sheets": [], "headers": {}, "mapping": {}, "remarks": []}
        return shown


class WorkbookSent(serializers.Serializer):
    """`list` is the list it is for, such as `crm.clients`."""

    list = serializers.CharField(max_length=40)
    file = serializers.FileField(allow_empty_file=True)


class CellFixed(serializers.Serializer):
    row = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    field = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=imports.LONGEST_TEXT, allow_blank=True)
    everywhere = serializers.BooleanField(default=False)


class RowDecided(serializers.Serializer):
    row = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    decision = serializers.ChoiceField(ImportRow.Decision.choices, allow_blank=True)


def receive_import(*, actor: Any, list: str, file: Any) -> Import:
    """Keeps a workbook and checks it: a small one now, a large one in the background."""
    return imports.receive_import(actor=actor, desk=importer(list), upload=file)


class ImportView(RecordViewSet):
    serializer_class = ImportShown
    creates = Act(receive_import, WorkbookSent, reads=MultiPartParser)
    verbs = {
        "fix": Act(imports.fix_cell, CellFixed),
        "decide": Act(imports.decide_row, RowDecided),
        "start": Act(imports.start_import),
        "undo": Act(imports.undo_import, asks="undo"),
    }

    def records(self) -> QuerySet:
        return Import.objects.all()


class RowShown(Shown):
    """What becomes of one row of the sheet, and why."""

    problems = serializers.ListField(child=serializers.DictField())
    record = serializers.SerializerMethodField()

    class Meta:
        model = ImportRow
        fields = [
            "id",
            "batch",
            "number",
            "kind",
            "label",
            "outcome",
            "reason",
            "problems",
            "decision",
            "record",
            "undone",
        ]

    def get_record(self, row: ImportRow) -> int | None:
        """What this row wrote; one that was there already may be somebody else's."""
        return row.record if row.outcome in WRITTEN else None


class RowView(RecordViewSet):
    """The rows of one's own imports, all of them or those of one (`batch`) and of one `outcome`."""

    serializer_class = RowShown
    queries = ("batch", "outcome")

    def records(self) -> QuerySet:
        return ImportRow.objects.all()

    def narrowed(self, records: QuerySet) -> QuerySet:
        asked = self.request.query_params
        batch, outcome = asked.get("batch", ""), asked.get("outcome", "")
        if batch:
            records = records.filter(batch_id=int(batch)) if is_id(batch) else records.none()
        return records.filter(outcome=outcome) if outcome in Outcome.values else records


urlpatterns = routes("transfer", {"imports": ImportView, "rows": RowView})
