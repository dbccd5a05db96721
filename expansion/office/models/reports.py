"""Periodic work reports and what superiors say to them (R-exp-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from expansion.language import in_language
from expansion.records import Owned, Recorded
from expansion.worktime import Period, PeriodKind


class WorkReportQuerySet(models.QuerySet["WorkReport"]):
    def open(self) -> WorkReportQuerySet:
        """Not handed in yet, by people who still work here."""
        return self.filter(status__in=WorkReport.OPEN, owner__status="active")

    def missing(self, moment: datetime) -> WorkReportQuerySet:
        """Those whose deadline has passed and that are not handed in."""
        return self.open().filter(due_at__lt=moment)

    def of(self, kind: str, period: str) -> WorkReportQuerySet:
        return self.filter(kind=kind, period=period)


class WorkReport(Owned, Recorded):
    """What one person owes for one period: `owner` reports, in the team of that day.

    Opened from the rulebook, drafted from the period's records, frozen when handed in: figures,
    texts, plan and results are then copies that no later change of a record moves (law 8).
    `outline` keeps the words of the rulebook under which it was opened, the cut of its cadence and
    the unit for which it speaks.
    """

    class Status(models.TextChoices):
        DUE = "due", gettext_lazy("to hand in")
        DRAFT = "draft", gettext_lazy("drafted")
        SUBMITTED = "submitted", gettext_lazy("handed in")
        READ = "read", gettext_lazy("seen")

    OPEN = (Status.DUE, Status.DRAFT)

    kind = models.CharField(max_length=60)  # a key of the rulebook's reports
    period = models.CharField(max_length=10)  # Period.key
    begins_on = models.DateField()
    ends_on = models.DateField()
    due_at = models.DateTimeField(gettext_lazy("due at"))
    remind_at = models.DateTimeField()
    to_role = models.CharField(max_length=60)
    # The role of the post that gathers everybody's before they go there; empty where none does.
    gathered_by = models.CharField(max_length=14, blank=True, default="")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    outline = models.JSONField(default=dict)
    rules_version = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status, default=Status.DUE)
    figures = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    covers_from = models.DateTimeField(null=True)
    covers_until = models.DateTimeField(null=True)
    texts = models.JSONField(default=dict)
    plan = models.JSONField(default=list)
    results = models.JSONField(default=list)
    submitted_at = models.DateTimeField(gettext_lazy("handed in at"), null=True)
    late = models.BooleanField(gettext_lazy("handed in late"), default=False)
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reminded_at = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True)
    objects = WorkReportQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("work report")
        verbose_name_plural = gettext_lazy("work reports")
        ordering = ["-begins_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "period"], name="work_report_once")
        ]
        indexes = [
            models.Index(fields=["kind", "period"]),
            models.Index(fields=["owner", "-begins_on"]),
            models.Index(fields=["status", "due_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.owner}"

    def get_absolute_url(self) -> str:
        return reverse("office:report", args=[self.pk])

    @property
    def span(self) -> Period:
        return Period.parse(self.period)

    @property
    def counts(self) -> tuple[datetime, datetime]:
        """Between which moments its records count: from cut to cut where its cadence was cut when
        it was opened, else its period."""
        cut = self.outline.get("cut")
        if cut:
            return datetime.fromisoformat(cut[0]), datetime.fromisoformat(cut[1])
        return self.span.begins_at, self.span.ends_at

    @property
    def unit_id(self) -> int | None:
        """The unit whose records it counts; None where it is the owner's own report."""
        found: int | None = self.outline.get("unit", {}).get("id")
        return found

    @property
    def unit_label(self) -> str:
        """That unit by its name when the report was opened, in the reader's language."""
        return worded(self.outline.get("unit", {}))

    @property
    def label(self) -> str:
        """The report's name in the rulebook, in the reader's language."""
        return worded(self.outline) or self.kind

    @property
    def title(self) -> str:
        span = self.span
        name = _("Week %(number)s") % {"number": span.number}
        period = name if span.kind is PeriodKind.WEEK else span.label
        return _("%(period)s: %(report)s") % {"period": period, "report": self.label}

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def covers(self, moment: datetime) -> bool:
        """Whether its figures, where drawn, count what happened at this moment."""
        begin, end = self.covers_from, self.covers_until
        return begin is not None and end is not None and begin <= moment < end

    def is_missing(self, moment: datetime) -> bool:
        return self.is_open and self.due_at < moment


def worded(item: dict[str, Any]) -> str:
    """The label of an item with `zh` and `en`, in the reader's language; empty without."""
    return in_language(item.get("zh", ""), item.get("en", ""))


class ReportComment(models.Model):
    """A remark on a report that was handed in; it stays."""

    report = models.ForeignKey(WorkReport, models.PROTECT, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]
