"""What came out: scores, levels, and the workbooks that HR took (R-apr-08, R-apr-16)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from appraisal.models.cycle import Cycle, Participant
from expansion.records import Recorded


class Result(Recorded):
    """The score of one person in one cycle, with its arithmetic.

    `computed` is what the arithmetic gives, rounded once; `score` adds the manager's adjustment.
    `breakdown` holds every step (appraisal.scoring). The appeal window runs from `delivered_at`.
    """

    participant = models.OneToOneField(Participant, models.PROTECT, related_name="result")
    computed = models.DecimalField(max_digits=6, decimal_places=2)
    adjustment = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    adjusted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2)
    level = models.CharField(_("level"), max_length=60)  # a key of the cycle's rulebook
    breakdown = models.JSONField(encoder=DjangoJSONEncoder)
    rulebook = models.ForeignKey("rulebook.Version", models.PROTECT, related_name="+")
    finalized_at = models.DateTimeField(_("fixed"), null=True)
    finalized_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    finalized_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    appeal_until = models.DateTimeField(_("appeal until"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)

    class Meta:
        verbose_name = _("result")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.participant} {self.score:f}"

    def get_absolute_url(self) -> str:
        return self.participant.get_absolute_url()

    def may_be_appealed(self, moment: datetime) -> bool:
        return self.appeal_until is not None and moment <= self.appeal_until


class WorkbookExport(models.Model):
    """One workbook that left the system; its id stands in every sheet as the watermark."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="exports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    exported = models.PositiveIntegerField()
    held = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("appraisal workbook")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.watermark

    @property
    def watermark(self) -> str:
        """What leads back from a printed sheet to this row."""
        return f"KH-{self.cycle.period.key}-{self.pk:05d}"

    def facts(self) -> dict[str, Any]:
        return {"exported": [None, self.exported], "held": [None, self.held]}
