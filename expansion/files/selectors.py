"""Reads over attachments."""

from django.db import models
from django.db.models import QuerySet

from expansion.files.models import Attachment
from expansion.records import about_key


def attachments(record: models.Model, kind: str | None = None) -> QuerySet[Attachment]:
    """The files of a record, oldest first. The caller has found the record through the gate."""
    files = Attachment.objects.live().filter(**about_key(record)).select_related("added_by")
    return files.filter(kind=kind) if kind else files
