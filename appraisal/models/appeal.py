"""Appeals against a result (A-5.4.4, R-apr-11)."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
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


class Appeal(Owned, Recorded):
    """A person contests the own result, as a whole or one record behind it; `owner` files it.

    `before` and `after` hold score, level and the corrected figures around the decision.
    """

    class Status(models.TextChoices):
        FILED = "filed", _("filed")
        ACCEPTED = "accepted", _("under review")
        DECIDED = "decided", _("decided")

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
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="appeals")
    evidence = models.ForeignKey(Evidence, models.SET_NULL, null=True, related_name="appeals")
    contested = models.CharField(_("contested"), max_length=300, blank=True)
    ground = models.CharField(_("ground"), max_length=12, choices=Ground)
    text = models.TextField(_("explanation"), max_length=4000)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.FILED)
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
