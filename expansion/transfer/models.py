"""Imports with every row of their sheet, and the log of exports."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion.people.selectors import home_unit
from expansion.records import Recorded

UNDO_WITHIN = timedelta(days=7)
EXPORT_KEPT = timedelta(days=7)


class Outcome(models.TextChoices):
    """What becomes of a source row. `SUSPECT` stands only until the import is written."""

    CREATED = "created", _("New records")
    UPDATED = "updated", _("Filled in")
    SUSPECT = "suspect", _("Likely duplicate")
    DUPLICATE = "duplicate", _("There already")
    REFUSED = "refused", _("Not imported")
    IGNORED = "ignored", _("No record")


class Import(Recorded):
    """One workbook on its way into a list: received, checked, written, perhaps undone.

    `importer` is the key under which an app has offered the list (transfer.registry). `mapping`
    says which position of the sheet (0 is A, as text) is which column. `last_entry` is the newest
    entry of the trail when the import ended: what came later touched its records.
    """

    class Status(models.TextChoices):
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        WRITING = "writing", _("being imported")
        DONE = "done", _("imported")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("not readable")

    importer = models.CharField(max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    key = models.CharField(max_length=64, blank=True)  # where the file is stored; blank later on
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CHECKING)
    sheet = models.CharField(max_length=100, blank=True)
    sheets = models.JSONField(default=list)
    header_row = models.PositiveIntegerField(default=0)
    headers = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    year = models.PositiveSmallIntegerField(null=True)
    from_1904 = models.BooleanField(default=False)
    remarks = models.JSONField(default=list)
    total = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    last_entry = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["actor", "-id"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("transfer:import", args=[self.pk])

    def count(self, *outcomes: str) -> int:
        return sum(self.counts.get(outcome, 0) for outcome in outcomes)

    def undoable_until(self) -> datetime | None:
        return self.done_at + UNDO_WITHIN if self.done_at else None


class ImportRow(models.Model):
    """One row of the sheet with its account: what it is, what becomes of it and why.

    `cells` is the row as it stands in the file, with the corrections made here. `identity` is
    equal for two rows that mean the same record. `match` is the record that is there already,
    `record` the one the row ended in, `written` what undoing needs to know.
    """

    class Decision(models.TextChoices):
        MERGE = "merge", _("Merge into the one there")
        CREATE = "create", _("Create anyway")
        SKIP = "skip", _("Skip this row")

    batch = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)  # transfer.rowkinds
    cells = models.JSONField(default=list)
    label = models.CharField(max_length=200, blank=True)
    identity = models.CharField(max_length=400, blank=True)
    problems = models.JSONField(default=list)
    marked = models.BooleanField(default=False)  # has problems
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.IGNORED)
    reason = models.CharField(max_length=500, blank=True)
    decision = models.CharField(max_length=6, choices=Decision, blank=True)
    match = models.BigIntegerField(null=True)
    record = models.BigIntegerField(null=True)
    written = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    undone = models.BooleanField(null=True)  # None: nobody tried

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="import_row_number")
        ]
        indexes = [
            models.Index(fields=["batch", "outcome", "number"]),
            models.Index(fields=["batch", "identity"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    @property
    def is_data(self) -> bool:
        return self.kind == "data"


class Export(Recorded):
    """One export of a list: who, which selection, how many rows, why; its id marks the file.

    The file itself is kept for a week and goes to nobody but who asked for it. A large one waits
    until it is approved, and is written then (R-exp-18).
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waits for approval")
        REFUSED = "refused", _("not approved")
        WRITING = "writing", _("being written")
        READY = "ready", _("ready")
        FORGOTTEN = "forgotten", _("file deleted")

    UNWRITTEN = (Status.WAITING, Status.REFUSED, Status.WRITING)  # nothing has left the house

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel workbook (.xlsx)")
        CSV = "csv", _("Text table (.csv)")

    listing = models.CharField(max_length=60)
    label = models.CharField(_("list"), max_length=100)
    query = models.TextField(_("selection"), blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    file_format = models.CharField(_("format"), max_length=4, choices=Format)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WRITING)
    count = models.PositiveIntegerField(_("rows"), default=0)
    revealed = models.PositiveIntegerField(_("numbers in full"), default=0)
    key = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["actor", "-id"])]

    def __str__(self) -> str:
        return f"{self.label} · {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("transfer:export", args=[self.pk])

    @property
    def number(self) -> str:
        """What the file carries as its watermark."""
        return f"E{self.pk:06d}"

    @property
    def owner(self) -> Any:
        """Whose matter it is when it is approved."""
        return self.actor

    @property
    def owner_id(self) -> int:
        return self.actor_id

    @property
    def team(self) -> Any:
        """Where it is approved: the unit of who asked for it."""
        return home_unit(self.actor)

    @property
    def team_id(self) -> int:
        return int(self.team.pk)

    @property
    def file_name(self) -> str:
        return f"{self.label}-{self.number}.{self.file_format}"

    def facts(self) -> dict[str, Any]:
        """What the trail keeps of it."""
        return {
            "query": [None, self.query],
            "count": [None, self.count],
            "revealed": [None, self.revealed],
            "format": [None, self.file_format],
        } | ({"reason": [None, self.reason]} if self.reason else {})
