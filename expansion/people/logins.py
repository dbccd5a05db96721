"""How people and their programs come in: failed tries, sessions, links and tokens."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expansion import clock
from expansion.records import Recorded
from expansion.ui import formats


class FailedLogin(models.Model):
    """Wrong passwords, counted per account and per network; they delay and never lock."""

    key = models.CharField(max_length=120, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class LoginSession(AbstractBaseSession):
    """A session of the pages: whose it is, on what device, from where, and when it was last seen.

    Its columns beside Django's own are what a list of one's sessions shows. allauth.usersessions
    keeps the same in a table beside the sessions and reads that on each request; here the row that
    is read anyway has it.
    """

    person = models.ForeignKey("people.User", models.CASCADE, null=True, related_name="sessions")
    # What it was opened with; it opens nothing once the person's own has become another one.
    stamp = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=45, blank=True)
    since = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.device

    @property
    def mark(self) -> str:
        """What stands for it in an address: its key opens the session, so no page shows that."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:32]

    @classmethod
    def get_session_store_class(cls) -> type:
        from expansion.people.sessions import SessionStore

        return SessionStore


class AccountLink(models.Model):
    """A link with which its person sets a password, once; only its hash is stored."""

    person = models.ForeignKey("people.User", models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # used, replaced, or the account was closed

    def __str__(self) -> str:
        return str(self.person)

    def get_absolute_url(self) -> str:
        """A link has no page of its own; it was made on its person's."""
        return self.person.get_absolute_url()


class LoginPolicy(Recorded):
    """What the house asks of a login, in one row; without it, nothing beyond the password."""

    # Whoever holds one of these roles, for somebody else too, needs a second factor.
    factor_roles = models.JSONField(default=list)

    class Meta:
        verbose_name = _("rules for logging in")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def get_absolute_url(self) -> str:
        return reverse("people:login-policy")

    @staticmethod
    def change_words(name: str, before: Any, after: Any) -> dict[str, Any]:
        """The roles in words, for the trail."""
        from expansion.people.models import Role

        def words(roles: list[str] | None) -> str:
            return ", ".join(str(Role(role).label) for role in roles or ()) or formats.NOTHING

        label = gettext("a second factor is needed")
        return {"label": label, "before": words(before), "after": words(after)}


class TokenQuerySet(models.QuerySet["Token"]):
    def open_on(self, day) -> TokenQuerySet:
        return self.filter(revoked_at=None, expires_on__gte=day)


class Token(Recorded):
    """An API token of a person; only its hash is stored."""

    class Scope(models.TextChoices):
        READ = "read", _("reads only")
        WRITE = "write", _("reads and writes")

    user = models.ForeignKey("people.User", models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("what it may do"), max_length=5, choices=Scope, default=Scope.READ)
    expires_on = models.DateField(_("expires on"))
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name
