"""The log of collected information (R-res-02, R-res-04)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.records import Check, Deletable, Owned, Recorded
from research.models.plan import ResearchPlan


class FindingQuerySet(models.QuerySet["Finding"]):
    def live(self) -> FindingQuerySet:
        return self.filter(deleted_at=None)

    def visible_to(self, person) -> FindingQuerySet:
        return access.visible_to(person, self)

    def usable(self) -> FindingQuerySet:
        """What analysis may count: everything that nobody has found invalid (A-3.1.3a)."""
        return self.live().exclude(validity=Finding.Validity.INVALID)

    def adopted(self) -> FindingQuerySet:
        return self.usable().exclude(adopted_at=None)


class Finding(Owned, Recorded, Deletable):
    """One piece of information: where it comes from, what it says, whether it holds (A-3.1.2a).

    `owner` collected it. `due_at` and `late` are settled when it is logged, by the plan's date or
    by the rulebook's limit; what becomes of the plan later moves neither.
    """

    class Validity(models.TextChoices):
        UNSCREENED = "unscreened", _("to be screened")
        VALID = "valid", _("valid")
        INVALID = "invalid", _("invalid")

    title = models.CharField(_("title"), max_length=120)
    search = models.TextField(editable=False)  # crm.searching; its trigram index stands in SQL
    source = models.CharField(_("source"), max_length=60)  # a key of the rulebook
    origin = models.CharField(_("publication or person"), max_length=200, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    category = models.CharField(_("topic"), max_length=60, blank=True)  # a key, see wording.topics
    collected_on = models.DateField(_("collected on"))
    period = models.CharField(_("period it speaks of"), max_length=40, blank=True)
    text = models.TextField(_("what it says"), max_length=8000)
    plan = models.ForeignKey(
        ResearchPlan,
        models.PROTECT,
        verbose_name=_("plan"),
        null=True,
        blank=True,
        related_name="findings",
    )
    logged_at = models.DateTimeField(_("logged"), editable=False)
    due_at = models.DateTimeField(_("due"), null=True, editable=False)
    late = models.BooleanField(_("late"), default=False, editable=False)
    validity = models.CharField(
        _("validity"),
        max_length=10,
        choices=Validity,
        default=Validity.UNSCREENED,
        editable=False,
    )
    invalid_reason = models.CharField(max_length=300, blank=True, editable=False)
    screened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    adopted_at = models.DateTimeField(_("adopted"), null=True, editable=False)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    adopted_for = models.CharField(_("decision it served"), max_length=300, blank=True)
    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["-pk"]
        constraints = [
            Check(
                condition=~Q(validity="invalid") | ~Q(invalid_reason=""),
                name="finding_invalid_with_reason",
                field="invalid_reason",
                sentence=_("Say why it does not hold."),
            ),
            Check(
                condition=Q(published_at=None) | Q(validity="valid"),
                name="finding_published_is_valid",
                field="published_at",
                sentence=_("Screen it first: only what holds goes to the department."),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "logged_at"]),
            models.Index(fields=["team", "-id"]),
            models.Index(fields=["adopted_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("research:finding", args=[self.pk])

    @property
    def plan_names_day(self) -> bool:
        """Whether the plan says until when it is logged, so that nothing is counted."""
        return self.plan is not None and self.plan.due_on is not None

    @property
    def counted_due_at(self) -> datetime | None:
        """`due_at` where the calendar gave it; None where a person named the day."""
        return None if self.plan_names_day else self.due_at
