"""Sent forms and API writes by their key."""

from django.conf import settings
from django.db import models

from expansion.records import About


class Submission(About):
    """One sent form or API write, so that a second click finds the first one's answer."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(About.Meta):
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="submission_once")]

    def __str__(self) -> str:
        return self.key
