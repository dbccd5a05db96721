"""Cases that a poor result opens; the system proposes, people decide (readings 6 to 10)."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appraisal.models.cycle import Participant
from expansion import access
from expansion.records import Owned, Recorded

MEASURE = "measure"  # the kind under which a proposed measure is decided


class CaseQuerySet(models.QuerySet["ConsequenceCase"]):
    def visible_to(self, person) -> "CaseQuerySet":
        return access.visible_to(person, self)


class ConsequenceCase(Owned, Recorded):
    """What the rulebook foresees for a run of results at one level, and the measure proposed.

    `facts` lists the cycles of the run with their scores, as they stood when the case was opened;
    `proposer` and `deciders` whom the rulebook of that day names for it. Whoever decides may waive
    with a reason (reading 10); `said` is what the person said when heard.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("measure to be proposed")
        PROPOSED = "proposed", _("measure proposed")
        DECIDED = "decided", _("measure decided")
        WAIVED = "waived", _("waived")
        LIFTED = "lifted", _("no longer founded")

    participant = models.OneToOneField(Participant, models.PROTECT, related_name="case")
    rule = models.CharField(max_length=60)  # a consequence of the cycle's rulebook
    periods = models.PositiveSmallIntegerField(_("periods in a row"))
    facts = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    proposer = models.CharField(max_length=60)  # as a chain of the rulebook names people
    deciders = models.JSONField(default=list)
    measure = models.CharField(_("measure"), max_length=60, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=4000)
    said = models.TextField(_("what the person said"), blank=True, max_length=4000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("consequence case")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.participant)

    def get_absolute_url(self) -> str:
        return reverse("appraisal:case", args=[self.pk])
