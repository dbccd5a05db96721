"""Opportunities in their pipelines, and every move they made (R-crm-06)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.client import Client
from crm.models.lead import Lead
from expansion import access
from expansion.records import Check, Deletable, Owned, Recorded
from expansion.rulebook.models import Version

# The pipeline that every regulation has; a client shows the stage of the business in it.
CLIENT_PIPELINE = "client"
CURRENCIES = [(key, key) for key in ("CNY", "HKD", "MOP", "TWD", "USD", "EUR")]


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def live(self) -> "OpportunityQuerySet":
        return self.filter(deleted_at=None, client__deleted_at=None)

    def open(self) -> "OpportunityQuerySet":
        return self.filter(status=Opportunity.Status.OPEN)

    def stuck_since(self, moment) -> "OpportunityQuerySet":
        """Open ones that have not moved since before `moment`."""
        return self.open().filter(stage_since__lt=moment)

    def visible_to(self, person) -> "OpportunityQuerySet":
        return access.visible_to(person, self)


class Opportunity(Owned, Recorded, Deletable):
    """A piece of business with a client on its way through a pipeline.

    Stages, their order and what each requires are those of its `pipeline` in `rules_version`, the
    rulebook in force when it was opened (reading 54). It stays in the one it was opened in.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("in work")
        WON = "won", _("won")
        LOST = "lost", _("lost")

    client = models.ForeignKey(Client, models.PROTECT, related_name="opportunities")
    lead = models.ForeignKey(
        Lead, models.PROTECT, null=True, blank=True, related_name="opportunities"
    )
    title = models.CharField(_("title"), max_length=120)
    need = models.TextField(_("need"), blank=True, max_length=2000)
    rules_version = models.ForeignKey(Version, models.PROTECT, related_name="+", editable=False)
    pipeline = models.CharField(
        pgettext_lazy("stages", "pipeline"),
        max_length=60,
        default=CLIENT_PIPELINE,
        editable=False,
    )
    stage = models.CharField(_("stage"), max_length=40)
    stage_since = models.DateTimeField(_("in this stage since"), editable=False)
    amount = models.DecimalField(
        _("amount"),
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY", choices=CURRENCIES)
    probability = models.PositiveSmallIntegerField(
        _("probability"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("In percent."),
    )
    expected_on = models.DateField(_("expected signing"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=5, choices=Status, default=Status.OPEN, editable=False
    )
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_reason = models.CharField(_("reason"), max_length=1000, blank=True, editable=False)
    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["status", "stage", "owner"]),
            models.Index(fields=["status", "stage", "team"]),
            models.Index(fields=["client", "status"]),
        ]
        constraints = [
            Check(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="opportunity_amount",
                field="amount",
                sentence=_("An amount is not negative."),
            ),
            Check(
                condition=Q(status="open", closed_at=None)
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="opportunity_closed_at",
                field="closed_at",
                sentence=_("What is closed has its moment, what is open has none."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("crm:opportunity", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class StageMove(models.Model):
    """One move from stage to stage: forward, back with its reason, or by the manager's order.

    `missing` lists the requirements that were overridden, as sentences of the moment.
    """

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="moves")
    from_stage = models.CharField(max_length=40, blank=True)  # empty on opening
    to_stage = models.CharField(max_length=40)
    back = models.BooleanField(default=False)
    missing = models.JSONField(default=list)
    reason = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage}"
