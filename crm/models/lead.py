"""Leads and the conditions that make one count as effective information (R-crm-02)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.models.client import Client
from expansion import access
from expansion.records import Check, Deletable, Owned, Recorded


class LeadQuerySet(models.QuerySet["Lead"]):
    def live(self) -> "LeadQuerySet":
        return self.filter(deleted_at=None, client__deleted_at=None)

    def open(self) -> "LeadQuerySet":
        return self.filter(status__in=Lead.OPEN)

    def effective_in(self, start, end) -> "LeadQuerySet":
        """Those that became effective on a day from `start` to `end`, both included."""
        return self.filter(effective_on__gte=start, effective_on__lte=end)

    def visible_to(self, person) -> "LeadQuerySet":
        return access.visible_to(person, self)


class Lead(Owned, Recorded, Deletable):
    """A need of a client that may become business.

    One that takes long for a reason, such as a building under construction, is followed up at the
    rulebook's longer interval (R-crm-10).
    `effective_on` is the day on which the last of the rulebook's conditions became true; it is
    empty while one of them is not. A lead keeps it when it is converted. `effective_owner` held it
    then and gets the credit for good, whoever takes it over.
    """

    class Status(models.TextChoices):
        NEW = "new", _("new")
        WORKING = "working", _("in work")
        EFFECTIVE = "effective", _("effective")
        CONVERTED = "converted", _("converted")
        INVALID = "invalid", _("invalid")

    OPEN = (Status.NEW, Status.WORKING, Status.EFFECTIVE)

    client = models.ForeignKey(Client, models.PROTECT, related_name="leads")
    title = models.CharField(_("title"), max_length=120)
    need = models.TextField(_("need"), blank=True, max_length=2000)
    source = models.CharField(_("source"), max_length=40, blank=True)  # a key of the rulebook
    long_cycle = models.CharField(_("why it takes long"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    effective_on = models.DateField(_("effective since"), null=True, editable=False)
    effective_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("owner when effective"),
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    closed_reason = models.CharField(_("reason"), max_length=1000, blank=True, editable=False)
    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["owner", "status"]),
            models.Index(fields=["team", "status"]),
            models.Index(fields=["effective_owner", "effective_on"]),
        ]
        constraints = [
            Check(
                condition=Q(effective_on=None) | Q(status__in=["effective", "converted"]),
                name="lead_effective_counts",
                field="effective_on",
                sentence=_("Only an effective lead has the day on which it became so."),
            ),
            Check(
                condition=Q(effective_on=None, effective_owner=None)
                | Q(effective_on__isnull=False, effective_owner__isnull=False),
                name="lead_effective_for_somebody",
                field="effective_owner",
                sentence=_("What is effective counts for whoever held it then."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("crm:lead", args=[self.pk])


class LeadCondition(models.Model):
    """One mark on one condition. Append-only: the latest of a key holds, the earlier are history.

    `key` is a condition of the rulebook; `on` is the day since which it holds. An overruling is the
    manager's and carries its reason in `evidence`.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="conditions")
    key = models.CharField(max_length=40)
    met = models.BooleanField()
    on = models.DateField()
    evidence = models.CharField(_("evidence"), max_length=500)
    overruled = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["lead", "key", "-id"])]

    def __str__(self) -> str:
        return f"{self.key}: {self.met}"
