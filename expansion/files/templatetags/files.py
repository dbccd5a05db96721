"""What `files/_list.html` asks of the record it is included for."""

from django import template
from django.db import models
from django.db.models import QuerySet

from expansion.files.models import Attachment
from expansion.files.selectors import attachments

register = template.Library()


@register.simple_tag
def attachments_of(record: models.Model) -> QuerySet[Attachment]:
    """The record's files; the page has found the record through the gate."""
    return attachments(record)


@register.filter
def subject_key(record: models.Model) -> str:
    """How the address of the adding form names the record's kind: `crm.client`."""
    return record._meta.label_lower
