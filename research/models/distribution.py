"""To whom a report goes, and who has read it (A-3.1.5b)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.people.models import Unit
from expansion.records import Check
from research.models.report import ResearchReport


class Recipient(models.Model):
    """One line of a report's distribution list: a unit with all below it, or one person."""

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="recipients")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            Check(
                condition=Q(unit=None, person__isnull=False) | Q(person=None, unit__isnull=False),
                name="research_recipient_one_kind",
                sentence=_("A report goes either to a person or to a unit."),
            ),
            models.UniqueConstraint(
                fields=["report", "unit"],
                condition=Q(unit__isnull=False),
                name="research_recipient_unit",
            ),
            models.UniqueConstraint(
                fields=["report", "person"],
                condition=Q(person__isnull=False),
                name="research_recipient_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit or self.person)


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def unread(self) -> ReceiptQuerySet:
        return self.filter(read_at=None, report__deleted_at=None)

    def visible_to(self, person) -> ReceiptQuerySet:
        return access.visible_to(person, self)


class Receipt(models.Model):
    """An approved report was sent to this reader; `read_at` is the reader's own confirmation.

    `unit` is the unit through which the report came, empty where the person was named.
    """

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="receipts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("sent"))
    read_at = models.DateTimeField(_("read"), null=True)
    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "person"], name="research_receipt_once")
        ]
        indexes = [models.Index(fields=["person", "read_at"])]

    def __str__(self) -> str:
        return f"{self.person} · {self.report}"
