"""Links that open one public page for one submission."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.records import About


class PassQuerySet(models.QuerySet["Pass"]):
    def open(self) -> PassQuerySet:
        """Those that still take a submission."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())


class Pass(About):
    """A link for one submission about one record; of its secret only the hash is stored.

    `purpose` is the key of the `offers.GuestPage` that it opens.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        USED = "used", _("used")
        REVOKED = "revoked", _("revoked")
        EXPIRED = "expired", _("expired")

    purpose = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)  # submissions that did not hold
    tried_at = models.DateTimeField(null=True)
    objects = PassQuerySet.as_manager()

    class Meta(About.Meta):
        verbose_name = _("one-time link")
        verbose_name_plural = _("one-time links")

    def __str__(self) -> str:
        return self.about_label

    def get_absolute_url(self) -> str:
        """A link has no page for the house; it stands on that of what it is about."""
        return self.about.get_absolute_url() if self.about else ""

    @property
    def until(self) -> datetime:
        """Its last moment."""
        return self.expires_at - timedelta(microseconds=1)

    @property
    def state(self) -> Pass.State:
        """How it stands now; one that was used stays so."""
        if self.used_at:
            return self.State.USED
        if self.revoked_at:
            return self.State.REVOKED
        return self.State.OPEN if clock.now() < self.expires_at else self.State.EXPIRED
