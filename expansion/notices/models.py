"""Notices in the application, the e-mail outbox, and each person's wishes (R-exp-11)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from expansion.records import About


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(About):
    """Something a person is told: in the application always, exactly once per `key`.

    `kind` is the event, such as `office.report_due`; `url` a path of this installation, `text` one
    sentence more. The words are those of the person's language at that moment.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=160, blank=True)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=1000, blank=True)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    objects = NoticeQuerySet.as_manager()

    class Meta(About.Meta):
        ordering = ["-at", "-pk"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            *About.Meta.indexes,
            models.Index(fields=["person", "-at"]),
            models.Index(
                fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"], condition=~Q(key=""), name="notice_once"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notices:notice", args=[self.pk])


class Preference(models.Model):
    """What a person wants besides the notices in the application; without a row: nothing."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preference"
    )
    email = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.person)


class MailQuerySet(models.QuerySet["Mail"]):
    def ready(self, moment: datetime) -> MailQuerySet:
        return self.filter(state=Mail.State.WAITING, ready_at__lte=moment).order_by("pk")

    def interrupted(self, before: datetime) -> MailQuerySet:
        """Those whose sender died between handing them over and marking them."""
        return self.filter(state=Mail.State.SENDING, claimed_at__lt=before)


class Mail(models.Model):
    """The outbox: one e-mail for one notice, stored with it and sent after commit.

    `message_id` is fixed at birth, so that a mail sent twice is recognised as one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("in the queue")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    notice = models.OneToOneField(Notice, models.CASCADE, related_name="mail")
    to = models.EmailField()
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    ready_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "ready_at"])]

    def __str__(self) -> str:
        return self.message_id
