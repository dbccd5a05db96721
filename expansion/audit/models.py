"""The trail: who did what to which record, for whom, with the values before and after."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from expansion.records import About


class Source(models.TextChoices):
    """The door by which an act came in."""

    PAGE = "page", "page"
    API = "api", "API"
    IMPORT = "import", "import"
    TASK = "task", "task"
    COMMAND = "command", "command"
    REHEARSAL = "rehearsal", "rehearsal"


class Entry(About):
    """One act. Append-only: a database trigger refuses UPDATE and DELETE (C-9.3.1, R-exp-26).

    `source` and `token` say by which door it came, `for_person` by whose mandate.
    """

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    for_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    token = models.CharField(max_length=80, blank=True)  # of the API: its name and number then
    verb = models.CharField(max_length=80, db_index=True)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta(About.Meta):
        ordering = ["-at", "-pk"]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.verb} {self.about_label}"
