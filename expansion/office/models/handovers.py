"""What somebody who leaves hands over, to whom, and what they give back (R-exp-19, A-4.4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from expansion.records import About, Recorded

UNDO_WITHIN = timedelta(days=7)


class Handover(Recorded):
    """Everything one person holds, divided among those who take it over.

    Divided while `OPEN`; offered to the receivers, each of whom accepts the own part at once;
    checked by the manager; closed by HR, which ends the account. Once it can be taken back.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("being divided")
        OFFERED = "offered", _("waits for the receivers")
        MOVED = "moved", _("handed over")
        CLOSED = "closed", pgettext_lazy("handover", "closed")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="+"
    )
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=300)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(_("handed over at"), null=True, editable=False)
    undone_at = models.DateTimeField(_("taken back at"), null=True, editable=False)
    checked_at = models.DateTimeField(_("checked at"), null=True, editable=False)
    secrecy_signed_on = models.DateField(_("statement of secrecy signed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(status__in=["open", "offered"]),
                name="handover_one_open",
            )
        ]

    def __str__(self) -> str:
        return str(_("Handover of %(name)s") % {"name": self.person})

    def get_absolute_url(self) -> str:
        return reverse("office:handover", args=[self.pk])

    @property
    def undoable_until(self) -> datetime | None:
        if self.moved_at is None or self.undone_at is not None:
            return None
        return self.moved_at + UNDO_WITHIN


class HandoverItem(About):
    """One record that is handed over. `before` is what undoing needs: owner, team and version."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("to divide")
        OFFERED = "offered", _("offered")
        MOVED = "moved", _("handed over")
        KEPT = "kept", _("not theirs any more")
        UNDONE = "undone", _("taken back")
        TOUCHED = "touched", _("changed since, not taken back")

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=60)  # the key of a holding
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.PLANNED)
    before = models.JSONField(default=dict)

    class Meta(About.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "about_type", "about_id"], name="handover_item_once"
            )
        ]
        indexes = [models.Index(fields=["receiver", "status"])]

    def __str__(self) -> str:
        return self.about_label


class HandoverThing(models.Model):
    """A document, device or key that comes back."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="things")
    label = models.CharField(_("what comes back"), max_length=120)
    returned_at = models.DateTimeField(null=True, editable=False)
    returned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label
