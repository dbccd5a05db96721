"""Cooperation projects with their phases and checks (R-par-09, R-par-10)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.models import Client, Contract
from expansion import access
from expansion.records import Check, Deletable, Owned, Recorded
from expansion.rulebook.models import Version
from partnerships.models.partner import Partner


class ProjectQuerySet(models.QuerySet["Project"]):
    def live(self) -> "ProjectQuerySet":
        return self.filter(deleted_at=None)

    def open(self) -> "ProjectQuerySet":
        return self.filter(status__in=Project.OPEN)

    def visible_to(self, person) -> "ProjectQuerySet":
        return access.visible_to(person, self)


class Project(Owned, Recorded, Deletable):
    """One piece of cooperation with one partner; its owner leads it.

    Stages are those of `rules_version`, the rulebook in force when it was opened (reading 54). It
    counts as signed from the signature of its `contract`, for good for its lead of that moment,
    `signed_owner`. Its scheme is decided over by the chain
    `cooperation_scheme`; `SCHEME` is what was decided, so that a change of it is decided anew, and
    `SHOWN` what else its deciders read, which rests while they do.
    """

    class SchemeStatus(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_APPROVAL = "in_approval", _("in approval")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        REJECTED = "rejected", _("rejected")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    OPEN = (Status.PLANNED, Status.RUNNING)
    SCHEME = ("scheme", "resources", "amount", "currency")
    SHOWN = (*SCHEME, "title", "planned_start", "planned_end")

    partner = models.ForeignKey(
        Partner, models.PROTECT, verbose_name=_("partner"), related_name="projects"
    )
    title = models.CharField(_("title"), max_length=120)
    search = models.TextField(editable=False)
    rules_version = models.ForeignKey(Version, models.PROTECT, related_name="+", editable=False)
    stage = models.CharField(_("stage"), max_length=40, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PLANNED, editable=False
    )
    planned_start = models.DateField(_("planned start"))
    planned_end = models.DateField(_("planned end"))
    started_on = models.DateField(_("started on"), null=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    amount = models.DecimalField(
        _("expected amount"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    scheme = models.TextField(_("cooperation scheme"), max_length=8000, blank=True)
    scheme_status = models.CharField(
        _("state of the scheme"),
        max_length=11,
        choices=SchemeStatus,
        default=SchemeStatus.DRAFT,
        editable=False,
    )
    scheme_approved_at = models.DateTimeField(_("scheme last approved"), null=True, editable=False)
    resources = models.TextField(_("people, material, money"), max_length=2000, blank=True)
    evaluation = models.TextField(_("evaluation"), max_length=8000, blank=True)
    contract = models.OneToOneField(
        Contract, models.PROTECT, null=True, editable=False, related_name="project"
    )
    signed_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("lead when signed"),
        null=True,
        editable=False,
        related_name="+",
    )
    closed_reason = models.CharField(_("reason"), max_length=1000, blank=True, editable=False)
    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["owner", "status"]),
            models.Index(fields=["team", "status"]),
            models.Index(fields=["status", "stage"]),
        ]
        constraints = [
            Check(
                condition=Q(planned_end__gte=F("planned_start")),
                name="project_dates",
                field="planned_end",
                sentence=_("The end lies before the start."),
            ),
            Check(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="project_amount",
                field="amount",
                sentence=_("An amount is not negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("partnerships:project", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN and self.deleted_at is None

    @property
    def client(self) -> Client:
        return self.partner.client

    @property
    def client_id(self) -> int:
        return self.partner.client_id

    @property
    def kind(self) -> str:
        """Which kind of cooperation it is: the kind of its partner."""
        return self.partner.kind


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def live(self) -> "MilestoneQuerySet":
        return self.filter(project__deleted_at=None)

    def running(self) -> "MilestoneQuerySet":
        """Open ones of open projects: those whose due date counts."""
        return self.live().filter(done_on=None, project__status__in=Project.OPEN)

    def overdue(self, day: date) -> "MilestoneQuerySet":
        return self.running().filter(due_on__lt=day)

    def due_by(self, person, day: date) -> "MilestoneQuerySet":
        """This person's open ones due on `day` or before; one without owner is the lead's."""
        theirs = Q(owner=person) | Q(owner=None, project__owner=person)
        return self.running().filter(theirs, due_on__lte=day)

    def visible_to(self, person) -> "MilestoneQuerySet":
        return access.visible_to(person, self)


class Milestone(Recorded):
    """One phase of a project: who answers for it and until when (A-3.3.5a).

    One without owner is flagged; meanwhile the project's lead answers for it. `done_owner` answered
    for it when it was done and gets the credit for good, whoever takes the project over.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    title = models.CharField(_("phase"), max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        related_name="+",
    )
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    done_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("responsible when done"),
        null=True,
        editable=False,
        related_name="+",
    )
    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["done_on", "due_on"]),
            models.Index(fields=["owner", "due_on"]),
        ]
        constraints = [
            Check(
                condition=Q(done_on=None, done_owner=None)
                | Q(done_on__isnull=False, done_owner__isnull=False),
                name="milestone_done_for_somebody",
                field="done_owner",
                sentence=_("What is done counts for whoever answered for it then."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}#milestone-{self.pk}"

    @property
    def answerable_id(self) -> int:
        """Who answers for it: its owner, else the project's lead."""
        return self.owner_id or self.project.owner_id

    def is_overdue(self, day: date) -> bool:
        return self.done_on is None and self.due_on < day


class ProjectCheck(models.Model):
    """One check of a running project: progress, quality, what was found (A-3.3.5b)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="checks")
    checked_on = models.DateField(_("checked on"))
    progress = models.PositiveSmallIntegerField(_("progress, percent"))
    rating = models.PositiveSmallIntegerField(_("quality, 1 to 5"))
    findings = models.TextField(_("what was found"), max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["-checked_on", "-pk"]
        constraints = [
            Check(
                condition=Q(progress__range=(0, 100), rating__range=(1, 5)),
                name="project_check_range",
                sentence=_("Progress lies between 0 and 100 percent, the rating between 1 and 5."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.checked_on}"

    def get_absolute_url(self) -> str:
        return self.project.get_absolute_url()
