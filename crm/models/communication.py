"""Contacts with a client that are no visit: phone, e-mail, message (R-crm-07)."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.models.client import Client, Contact
from expansion import access
from expansion.records import Deletable, Owned, Recorded


class Interest(models.TextChoices):
    HIGH = "high", _("high interest")
    SOME = "some", _("some interest")
    NONE = "none", _("no interest")


class CommunicationQuerySet(models.QuerySet["Communication"]):
    def live(self) -> "CommunicationQuerySet":
        return self.filter(deleted_at=None, client__deleted_at=None)

    def visible_to(self, person) -> "CommunicationQuerySet":
        return access.visible_to(person, self)


class Communication(Owned, Recorded, Deletable):
    """One contact: over which channel of the rulebook, with whom, what was said, what is next.

    `owner` and `team` are the client's at the time; `by` made the contact.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="communications")
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="communications"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="communications",
        verbose_name=_("by"),
    )
    channel = models.CharField(_("channel"), max_length=40)  # a key of the rulebook
    at = models.DateTimeField(_("when"))
    reached = models.BooleanField(_("reached"), default=True)
    said = models.TextField(_("what was said"), max_length=4000)
    needs = models.TextField(_("needs"), blank=True, max_length=2000)
    concerns = models.TextField(_("concerns"), blank=True, max_length=2000)
    interest = models.CharField(_("interest"), max_length=4, choices=Interest, blank=True)
    next_contact_on = models.DateField(_("next contact"), null=True, blank=True)
    objects = CommunicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact record")
        verbose_name_plural = _("contact records")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["client", "-at"]),
            models.Index(fields=["by", "-at"]),
        ]

    def __str__(self) -> str:
        return self.said[:60]

    def get_absolute_url(self) -> str:
        return f"{reverse('crm:client', args=[self.client_id])}#communication-{self.pk}"
