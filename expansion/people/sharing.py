"""The two tables of shares that a kind of record has: with persons and with teams (R-exp-03).

    class ClientPersonShare(PersonShare):
        content_object = models.ForeignKey(Client, models.CASCADE, related_name="+")

A row's permission says for what: `view_client` for reading, `change_client` for working on it.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from expansion import clock
from expansion.shares import WORK


class Terms(models.Model):
    """Until when, why, and by whom: the last day is included."""

    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("shared by")
    )
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    @property
    def for_work(self) -> bool:
        return self.permission.codename.startswith(f"{WORK}_")


class PersonShare(Terms, UserObjectPermissionBase):
    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_object"], name="%(app_label)s_%(class)s_once"
            )
        ]
        indexes = [models.Index(fields=["user", "until", "content_object"])]

    who, whom = "person", "user"

    @property
    def receiver(self) -> str:
        return str(self.user)


class TeamShare(Terms, GroupObjectPermissionBase):
    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["group", "content_object"], name="%(app_label)s_%(class)s_once"
            )
        ]
        indexes = [models.Index(fields=["group", "until", "content_object"])]

    who, whom = "team", "group__unit"

    @property
    def receiver(self) -> str:
        return str(self.group.unit)
