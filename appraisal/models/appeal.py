"""Appeals against a result, and who gathers the facts before they are decided (R-apr-11)."""

from datetime import datetime

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appraisal.models.cycle import Participant
from appraisal.models.figures import Evidence, Line
from expansion import access
from expansion.records import Owned, Recorded


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, person) -> "AppealQuerySet":
        return access.visible_to(person, self)

    def pending(self) -> "AppealQuerySet":
        return self.exclude(status=Appeal.Status.DECIDED)

    def with_turn(self) -> "AppealQuerySet":
        """With `turn_until`, the day of whoever has it now: of the facts, then of the decision."""
        waiting = Preparation.objects.filter(appeal=OuterRef("pk"), at=None).exclude(since=None)
        begun = Subquery(waiting.values("due_at")[:1])
        return self.annotate(turn_until=Coalesce(begun, F("decide_until")))


class Appeal(Owned, Recorded):
    """A person contests the own result, as a whole or one record behind it; `owner` files it.

    `handled_by` is the role that decides, `lies_with` the role whose turn it is: where the rulebook
    names somebody who prepares, theirs first. `before` and `after` hold score, level and the
    corrected figures around the decision. The second instance is an appeal of its own, whose
    `first` is the one decided before.
    """

    class Status(models.TextChoices):
        FILED = "filed", _("filed")
        ACCEPTED = "accepted", _("under review")
        INVESTIGATED = "investigated", _("facts gathered")
        DECIDED = "decided", _("decided")

    OPEN = (Status.FILED, Status.ACCEPTED, Status.INVESTIGATED)

    class Ground(models.TextChoices):
        COUNTED = "counted", _("should not count")
        MISSING = "missing", _("should count")
        VALUE = "value", _("value is wrong")
        ATTRIBUTION = "attribution", _("belongs to somebody else")
        RATING = "rating", _("rating is not justified")
        OTHER = "other", _("something else")

    class Decision(models.TextChoices):
        UPHELD = "upheld", _("result stands")
        CHANGED = "changed", _("result changed")

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="appeals")
    number = models.CharField(_("number"), max_length=40, unique=True)
    first = models.OneToOneField("self", models.PROTECT, null=True, related_name="second")
    handled_by = models.CharField(max_length=60)
    lies_with = models.CharField(_("lies with"), max_length=60)
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="appeals")
    evidence = models.ForeignKey(Evidence, models.SET_NULL, null=True, related_name="appeals")
    contested = models.CharField(_("contested"), max_length=300, blank=True)
    ground = models.CharField(_("ground"), max_length=12, choices=Ground)
    text = models.TextField(_("explanation"), max_length=4000)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.FILED)
    filed_at = models.DateTimeField(_("filed"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    decide_until = models.DateTimeField(_("decision due"), null=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    findings = models.TextField(_("what was found"), blank=True, max_length=4000)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    further_until = models.DateTimeField(_("second instance until"), null=True)
    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            # One open appeal on a record, on a figure, on a result as a whole.
            models.UniqueConstraint(
                fields=["evidence"],
                condition=~Q(status="decided") & Q(evidence__isnull=False),
                name="one_open_appeal_per_record",
            ),
            models.UniqueConstraint(
                fields=["line"],
                condition=~Q(status="decided") & Q(evidence=None, line__isnull=False),
                name="one_open_appeal_per_figure",
            ),
            models.UniqueConstraint(
                fields=["participant"],
                condition=~Q(status="decided") & Q(line=None),
                name="one_open_appeal_per_result",
            ),
        ]
        indexes = [models.Index(fields=["status", "filed_at"])]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("appraisal:appeal", args=[self.pk])

    @property
    def pending(self) -> bool:
        return self.status != self.Status.DECIDED

    @property
    def in_preparation(self) -> bool:
        """Whether somebody still gathers the facts for who decides."""
        return self.pending and self.lies_with != self.handled_by

    @property
    def barred(self) -> set[int]:
        """Who has decided it in the first instance, in person or through a delegate."""
        if self.first is None:
            return set()
        return {pk for pk in (self.first.handler_id, self.first.decided_for_id) if pk}

    def may_go_further(self, moment: datetime) -> bool:
        return self.further_until is not None and moment <= self.further_until


class Preparation(models.Model):
    """Who adds the facts before an appeal is decided, each in turn (C-6.3.3, reading 13).

    The turn runs from `since` until the facts are handed on `at`.
    """

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="preparations")
    place = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=60)
    since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("facts due"), null=True)
    facts = models.TextField(_("facts"), blank=True, max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("handed on"), null=True)

    class Meta:
        verbose_name = _("preparation of an appeal")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "place"], name="appeal_prepared_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.appeal} {self.place}"
