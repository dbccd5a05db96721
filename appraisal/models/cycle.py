"""Cycles, the people appraised in them, and the targets set for them (R-apr-03)."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion import access
from expansion.records import Check, Owned, Recorded
from expansion.rulebook.schema import Rules
from expansion.rulebook.scoring import KpiSet
from expansion.rulebook.selectors import rules_of
from expansion.worktime import Period


class Stage(models.TextChoices):
    """The steps of an appraisal, in order; a cycle stands at the step of its slowest person."""

    PLANNED = "planned", _("planned")
    COLLECTING = "collecting", _("collecting figures")
    SELF_REVIEW = "self_review", _("self-review")
    EVALUATION = "evaluation", _("superior's evaluation")
    REVIEW = "review", _("manager's review")
    FEEDBACK = "feedback", _("result delivered")
    CLOSED = "closed", _("cycle closed")

    @property
    def place(self) -> int:
        return list(type(self)).index(self)

    def reached(self, other: "Stage") -> bool:
        """Whether this step is `other` or lies behind it."""
        return self.place >= other.place

    @classmethod
    def since(cls, first: "Stage") -> "list[Stage]":
        """The step and all that follow."""
        return [stage for stage in cls if stage.reached(first)]

    @classmethod
    def earliest(cls, stages: "Iterable[str]") -> "Stage":
        return min((cls(stage) for stage in stages), key=lambda stage: stage.place)


class CycleQuerySet(models.QuerySet["Cycle"]):
    def visible_to(self, person) -> "CycleQuerySet":
        return access.visible_to(person, self)

    def running(self) -> "CycleQuerySet":
        """Those that are open: past planning and not closed."""
        return self.exclude(stage__in=[Stage.PLANNED, Stage.CLOSED])

    def of_period(self, period: Period) -> "CycleQuerySet":
        return self.filter(kind=period.kind, start=period.start)


class Cycle(Recorded):
    """One appraisal period of the department, under the rulebook version that it keeps (A-5.3a).

    `opened_at` starts the clock of every step; `frozen_at` is the moment at which figures and
    evidence became what everybody reads.
    """

    class Kind(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    start = models.DateField(_("from"))
    end = models.DateField(_("to"))
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.PLANNED)
    rulebook = models.ForeignKey("rulebook.Version", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"), null=True)
    self_due_at = models.DateTimeField(_("self-review due"), null=True)
    evaluation_due_at = models.DateTimeField(_("evaluation due"), null=True)
    frozen_at = models.DateTimeField(_("evidence frozen"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("appraisal cycle")
        ordering = ["-start", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "start"], name="appraisal_cycle_once")
        ]

    def __str__(self) -> str:
        return self.period.label

    def get_absolute_url(self) -> str:
        return reverse("appraisal:cycle", args=[self.pk])

    @property
    def period(self) -> Period:
        return Period.containing(self.kind, self.start)

    @property
    def rules(self) -> Rules:
        """The rules this cycle was planned under; a later version does not reach it (law 4)."""
        return rules_of(self.rulebook)

    @property
    def at(self) -> Stage:
        return Stage(self.stage)


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, person) -> "ParticipantQuerySet":
        return access.visible_to(person, self)

    def complete(self) -> "ParticipantQuerySet":
        """With all that a page or a computation of several people reads of them."""
        return self.select_related("cycle__rulebook", "owner", "team", "superior", "result")


class Participant(Owned, Recorded):
    """One person appraised in one cycle; `owner` is that person.

    `final_by` is the role that fixes the score: the manager's for everybody (A-5.4.3), the
    leadership's for the manager (reading 2). `appeals_by` is the role that handles appeals: the
    same in one regulation (A-5.4.4), the leadership's in another (C-6.3.3, reading 13).
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="participants")
    post = models.CharField(max_length=60)  # a key of the cycle's rulebook
    kpi_set = models.CharField(max_length=60)  # a key of the cycle's rulebook
    superior = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    final_by = models.CharField(max_length=60)
    appeals_by = models.CharField(max_length=60)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.COLLECTING)
    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("appraisal")
        ordering = ["team__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "owner"], name="appraised_once_per_cycle")
        ]
        indexes = [
            models.Index(fields=["owner", "stage"]),
            models.Index(fields=["superior", "stage"]),
        ]

    def __str__(self) -> str:
        return f"{self.owner} · {self.cycle}"

    def get_absolute_url(self) -> str:
        return reverse("appraisal:score", args=[self.pk])

    @property
    def at(self) -> Stage:
        return Stage(self.stage)

    @property
    def indicators(self) -> KpiSet:
        return self.cycle.rules.kpi_set(self.kpi_set)


class Target(Recorded):
    """The target of one part of an indicator in one cycle, for a person or for a team.

    The person's goes before the team's, the team's before the rulebook's (reading 41).
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="targets")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=60)
    part = models.CharField(max_length=60)
    value = models.DecimalField(_("target"), max_digits=18, decimal_places=4)

    class Meta:
        verbose_name = _("target")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "person", "indicator", "part"],
                condition=models.Q(person__isnull=False),
                name="one_target_per_person",
            ),
            models.UniqueConstraint(
                fields=["cycle", "team", "indicator", "part"],
                condition=models.Q(person=None),
                name="one_target_per_team",
            ),
            Check(
                condition=models.Q(value__gt=0),
                name="appraisal_target_above_0",
                field="value",
                sentence=_("A target is more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}.{self.part} = {self.value:f}"
