"""Research plans (R-res-01)."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.records import Deletable, Owned, Recorded
from research.models.outline import Outlined


class ResearchPlanQuerySet(models.QuerySet["ResearchPlan"]):
    def live(self) -> ResearchPlanQuerySet:
        return self.filter(deleted_at=None)

    def visible_to(self, person) -> ResearchPlanQuerySet:
        return access.visible_to(person, self)

    def collecting(self) -> ResearchPlanQuerySet:
        """Those under which information may be collected (A-3.1.1b)."""
        return self.live().filter(status__in=ResearchPlan.COLLECTING)


class ResearchPlan(Outlined, Owned, Recorded, Deletable):
    """What is to be found out, how and until when; it runs only after its approval (A-3.1.1).

    The first finding collected under an approved plan starts it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_APPROVAL = "in_approval", _("in approval")
        RETURNED = "returned", _("returned")
        REJECTED = "rejected", _("rejected")
        APPROVED = "approved", _("approved")
        RUNNING = "running", _("being carried out")
        FINISHED = "finished", _("finished")

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    COLLECTING = (Status.APPROVED, Status.RUNNING)

    title = models.CharField(_("title"), max_length=120)
    due_on = models.DateField(_("information due by"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    objects = ResearchPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("research plan")
        verbose_name_plural = _("research plans")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["team", "status"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("research:plan", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE and self.deleted_at is None
