"""Research reports, what they rest on, and how good they were found (R-res-06, R-res-07)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.records import Check, Deletable, Graded, Owned, Recorded
from expansion.worktime import Period
from research.models.finding import Finding
from research.models.outline import Outlined
from research.models.plan import ResearchPlan


class ResearchReportQuerySet(models.QuerySet["ResearchReport"]):
    def live(self) -> ResearchReportQuerySet:
        return self.filter(deleted_at=None)

    def visible_to(self, person) -> ResearchReportQuerySet:
        return access.visible_to(person, self)

    def passed(self) -> ResearchReportQuerySet:
        """The approved ones, distributed or not."""
        return self.live().exclude(approved_at=None)


class ResearchReport(Outlined, Owned, Recorded, Deletable, Graded):
    """A market-research report in the rulebook's sections (A-3.1.4a).

    Its text can be changed while it is a draft or returned, never afterwards. `number` is given at
    the first submission, `digest` is the checksum of the document that was approved.
    `approved_owner` held it then and gets the credit for good, whoever takes it over.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_APPROVAL = "in_approval", _("in approval")
        RETURNED = "returned", _("returned")
        REJECTED = "rejected", _("rejected")
        APPROVED = "approved", _("approved")
        DISTRIBUTED = "distributed", _("distributed")

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    PASSED = (Status.APPROVED, Status.DISTRIBUTED)

    title = models.CharField(_("title"), max_length=120)
    search = models.TextField(editable=False)  # crm.searching; its trigram index stands in SQL
    number = models.CharField(_("number"), max_length=40, blank=True, editable=False)
    period = models.CharField(_("period"), max_length=10)  # worktime.Period.key
    plan = models.ForeignKey(
        ResearchPlan,
        models.PROTECT,
        verbose_name=_("plan"),
        null=True,
        blank=True,
        related_name="reports",
    )
    findings = models.ManyToManyField(Finding, through="Citation", related_name="reports")
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    approved_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("author when approved"),
        null=True,
        editable=False,
        related_name="+",
    )
    distributed_at = models.DateTimeField(_("distributed"), null=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    objects = ResearchReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("research report")
        verbose_name_plural = _("research reports")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="research_report_number"
            ),
            Check(
                condition=~Q(status__in=["approved", "distributed"]) | Q(approved_at__isnull=False),
                name="research_report_passed_has_its_moment",
                field="approved_at",
                sentence=_("Say when it was approved."),
            ),
            Check(
                condition=Q(approved_at=None, approved_owner=None)
                | Q(approved_at__isnull=False, approved_owner__isnull=False),
                name="research_report_approved_for_somebody",
                field="approved_owner",
                sentence=_("What is approved counts for whoever held it then."),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "status"]),
            models.Index(fields=["team", "status"]),
            models.Index(fields=["approved_at"]),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("research:report", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE and self.deleted_at is None

    @property
    def span(self) -> Period:
        return Period.parse(self.period)


class Citation(models.Model):
    """A report rests on a finding."""

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="citations")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="citations")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "finding"], name="research_cited_once")
        ]

    def __str__(self) -> str:
        return str(self.finding)


def points(label: str) -> models.PositiveSmallIntegerField:
    """A score from 0 to 100."""
    return models.PositiveSmallIntegerField(label, validators=[MaxValueValidator(100)])


class QualityReview(models.Model):
    """The approver's scores for one round of a report, in four respects (A-5.2.1a).

    `checklist` holds the keys of the rulebook's review list that were found met (A-3.1.4b).
    """

    RESPECTS = ("accuracy", "completeness", "depth", "usefulness")

    report = models.ForeignKey(ResearchReport, models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    accuracy = points(_("accuracy"))
    completeness = points(_("completeness"))
    depth = points(_("depth"))
    usefulness = points(_("usefulness"))
    checklist = models.JSONField(default=list)
    note = models.CharField(max_length=1000, blank=True)
    rules_version = models.CharField(max_length=40)

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["report", "round"], name="research_reviewed_once"),
            Check(
                condition=Q(
                    accuracy__lte=100, completeness__lte=100, depth__lte=100, usefulness__lte=100
                ),
                name="research_review_points",
                sentence=_("Give a whole number from 0 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.mean}"

    @property
    def mean(self) -> Decimal:
        """The mean of the four scores, unrounded: what the appraisal counts."""
        return Decimal(sum(getattr(self, name) for name in self.RESPECTS)) / len(self.RESPECTS)

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Each respect with its score."""
        labelled = {name: self._meta.get_field(name).verbose_name for name in self.RESPECTS}
        return [(label, getattr(self, name)) for name, label in labelled.items()]
