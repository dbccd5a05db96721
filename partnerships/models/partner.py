"""What makes a client a partner (R-par-01)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.models import Client
from expansion import access
from expansion.records import Check, Recorded


class PartnerQuerySet(models.QuerySet["Partner"]):
    def live(self) -> "PartnerQuerySet":
        return self.filter(client__deleted_at=None)

    def active(self) -> "PartnerQuerySet":
        return self.live().exclude(status=Partner.Status.ENDED)

    def visible_to(self, person) -> "PartnerQuerySet":
        return access.visible_to(person, self)


class Partner(Recorded):
    """The partner profile of one client; name, people, contracts and owner stay the client's."""

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("possible partner")
        TALKS = "talks", _("in talks")
        PARTNER = "partner", _("partner")
        ENDED = "ended", _("cooperation ended")

    client = models.OneToOneField(
        Client, models.PROTECT, verbose_name=_("client"), related_name="partner"
    )
    kind = models.CharField(_("kind of partner"), max_length=40)  # a key of the rulebook
    source = models.CharField(_("source"), max_length=40, blank=True)  # a key of the rulebook
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROSPECT)
    capacity = models.TextField(_("what they can contribute"), max_length=1000, blank=True)
    rating = models.PositiveSmallIntegerField(_("relation, 1 to 5"), null=True, blank=True)
    since = models.DateField(_("since"), editable=False)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["-pk"]
        constraints = [
            Check(
                condition=Q(rating=None) | Q(rating__range=(1, 5)),
                name="partner_rating",
                field="rating",
                sentence=_("Rate from 1 to 5."),
            )
        ]

    def __str__(self) -> str:
        return self.client.name

    def get_absolute_url(self) -> str:
        return reverse("partnerships:partner", args=[self.pk])
