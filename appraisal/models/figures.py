"""What was counted: the figures of a person in a cycle and the records behind them (law 5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from appraisal.models.cycle import Participant
from expansion.records import About


class Line(models.Model):
    """One part of one indicator of one person.

    `value` is in the metric's unit, for a rated part the rating; None says that there is nothing
    to judge. `corrected_by` names the appeal that changed it.
    """

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="lines")
    indicator = models.CharField(max_length=60)
    part = models.CharField(max_length=60)
    rated = models.BooleanField(default=False)
    metric = models.CharField(max_length=80, blank=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    target = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    corrected_by = models.ForeignKey(
        "appraisal.Appeal", models.PROTECT, null=True, related_name="corrections"
    )

    class Meta:
        verbose_name = _("figure")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "indicator", "part"], name="appraisal_line_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator}.{self.part}"


class Evidence(About):
    """One record behind a line as it stood when the evidence was frozen.

    Label, day and value stay; the link opens only for who may see the record itself. A record
    that was looked at and not counted says why in `note`.
    """

    line = models.ForeignKey(Line, models.CASCADE, related_name="evidence")
    label = models.CharField(max_length=200)
    on = models.DateField()
    value = models.DecimalField(max_digits=24, decimal_places=6)
    counted = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta(About.Meta):
        verbose_name = _("evidence")
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return self.label
